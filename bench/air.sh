#!/bin/sh
# A national year of hours in Parquet to its evaluation, beside DuckDB, Polars and pandas: bench/air.sh [FOLDER]
#
# Makes the files in FOLDER (default /tmp/national), never in the repository; needs a Python with duckdb, polars, pandas and
# pyarrow in $PEERS. Every engine has 2 threads and the files in the system's cache; rounds are interleaved, medians printed.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-/tmp/national}
python=${PEERS:-$HOME/.cache/qingyuan/peers/bin/python}
target=${CARGO_TARGET_DIR:-target}/release
rounds=${ROUNDS:-5}
mkdir -p "$folder"
if [ -z "${NO_BUILD:-}" ]; then
    cargo build --release --workspace --bin qingyuan --example air_national
fi
national=$target/examples/air_national
peer="$python bench/air_peer.py"

make_file() { # NAME ARGUMENTS-OF-GENERATE LIBRARY COMPRESSION
    [ -e "$folder/$1.parquet" ] && return
    "$national" generate "$folder/raw.parquet" $2 >/dev/null
    $peer rewrite "$folder/raw.parquet" "$folder/$1.parquet" "$3" "$4"
    rm "$folder/raw.parquet"
}
make_file 1y-time "--by time" pyarrow snappy
make_file 1y-station "--by station" pyarrow snappy
make_file 1y-time-polars "--by time" polars zstd
for years in 2 4; do
    make_file ${years}y-time "--by time --years $years" pyarrow snappy
done
[ -e "$folder/1y-absent.parquet" ] || "$national" generate "$folder/1y-absent.parquet" --by time --absent >/dev/null
ls -l "$folder" | awk '/parquet/ { printf "%s %.0f MB\n", $NF, $5 / 1e6 }'

ours() { # FILE OUT: seconds of the whole command
    "$python" - "$target/qingyuan" "$1" "$2" <<'PY'
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run([sys.argv[1], "air", "annual", sys.argv[2], "--edition", "2012", "--by", "both", "--format", "parquet", "--out", sys.argv[3], "--threads", "2", "--with-control-points"],
               check=True, stderr=subprocess.DEVNULL)
print(f"ours {time.perf_counter() - start:.4f}")
print(f"memory_peak_mb {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.1f}")
PY
}

for file in 1y-time 1y-station 1y-time-polars; do
    path=$folder/$file.parquet
    results=$folder/$file.txt
    : > "$results"
    for round in $(seq "$rounds"); do
        ours "$path" "$folder/ours.parquet" | sed 's/^memory/ours_memory/' >> "$results"
        "$national" decode "$path" 2 | grep decode >> "$results"
        $peer scan "$path" | grep scan >> "$results"
        $peer polars "$path" "$folder/polars.parquet" | sed 's/^memory/polars_memory/' >> "$results"
        $peer duckdb "$path" "$folder/duckdb.parquet" | sed 's/^memory/duckdb_memory/' >> "$results"
        if [ "$round" = 1 ]; then
            $peer pandas "$path" "$folder/pandas.parquet" | sed 's/^memory/pandas_memory/' >> "$results"
            for engine in polars duckdb pandas; do
                echo "$file, ours and $engine: $($peer compare "$folder/ours.parquet" "$folder/$engine.parquet" | tail -1)"
            done
        fi
    done
    "$python" - "$file" "$results" <<'PY'
import statistics, sys
values = {}
for line in open(sys.argv[2]):
    what, value = line.split()
    values.setdefault(what, []).append(float(value))
median = {what: statistics.median(all) for what, all in values.items()}
for engine in ("decode", "scan", "polars", "duckdb", "pandas"):
    ratios = [other / mine for other, mine in zip(values[engine], values["ours"])]
    print(f"{sys.argv[1]}: {engine} {median[engine]:.3f} s, ours {median['ours']:.3f} s, {engine} / ours {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})")
for what in median:
    if "memory" in what:
        print(f"{sys.argv[1]}: {what} {median[what]:.0f}")
PY
done

echo "stage by stage, and each further edition (seconds)"
"$national" evaluate "$folder/1y-time.parquet" 2
for file in 1y-time 2y-time 4y-time 1y-absent; do
    echo "$file: $(ours "$folder/$file.parquet" "$folder/ours.parquet" | tr '\n' ' ')"
done
