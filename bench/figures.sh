#!/bin/sh
# All figures of a city, ours against DuckDB's on Parquet: the same queries over the same rows, in one run.
#   bench/figures.sh HOME [PACK] [PERIOD]
# Needs python3 with duckdb and pyarrow. Prints both times, whether the results are equal, and the ratio.
set -eu
cd "$(dirname "$0")/.."
home=$1 pack=${2:-packs/jiangcheng} period=${3:-2022}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# All crates are selected, so that DataFusion is not built a second time with other features.
cargo build --release --quiet --workspace --example all_figures
ours=${CARGO_TARGET_DIR:-target}/release/examples/all_figures

echo "== opening, from the book alone"
rm -rf "$home/cache"
"$ours" "$home" "$pack" "$period" --runs 1 >"$work/cold.tsv"
echo "== opening, with the cache"
"$ours" "$home" "$pack" "$period" --runs 5 --export "$work/tables" >"$work/warm.tsv" 2>"$work/ours.txt"
cat "$work/ours.txt"
cmp "$work/cold.tsv" "$work/warm.tsv" && echo "cold and warm figures are equal"

echo "== the whole city"
theirs=$(python3 bench/figures_peer.py "$work/tables" "$work/warm.tsv")
best() { awk '/ run [0-9]+: /{ if (!b || $1 < b) b = $1 } END { print b }' "$1"; }
ratio() { awk "BEGIN { printf \"%s: ours %.3f s, DuckDB %.3f s, ratio %.2f\\n\", \"$1\", $2, $3, $2 / $3 }"; }
first=$(awk '/ run 0: /{ print $1 }' "$work/ours.txt")
ratio "loading from the cache included" "$first" "$theirs"
ratio "loaded" "$(best "$work/ours.txt")" "$theirs"

echo "== and by every dimension"
"$ours" "$home" "$pack" "$period" --runs 5 --by >"$work/by.tsv" 2>"$work/by.txt"
cat "$work/by.txt"
theirs=$(python3 bench/figures_peer.py "$work/tables" "$work/by.tsv" --by)
ratio "loaded" "$(best "$work/by.txt")" "$theirs"
