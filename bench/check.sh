#!/bin/sh
# Checking a report against a city: the figures it needs with the city's columns loaded, a check whose figures nobody
# computed before, one whose figures were kept, and a thousand reports in one call.
#   bench/check.sh HOME REPORT [PERIOD]     QINGYUAN names the binary, else target/release/qingyuan
set -eu
cd "$(dirname "$0")/.."
home=$1 report=$2 period=${3:-2022}
target=${CARGO_TARGET_DIR:-target}
qingyuan=${QINGYUAN:-$target/release/qingyuan}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build --release --quiet --workspace --example all_figures

# Five checks, with what is named done ahead of each; all must tell the same.
run() {
  for run in 1 2 3 4 5; do
    "$@"
    begun=$(date +%s%N)
    "$qingyuan" check "$report" --home "$home" --period "$period" >"$work/told" 2>/dev/null || true
    echo "   $((($(date +%s%N) - begun) / 1000000)) ms"
    cmp "$work/told" "$work/expected"
  done
}
forget() { rm -f "$home"/cache/*-figures.*; }

"$qingyuan" check "$report" --home "$home" --period "$period" --format json >"$work/check.json" || true
"$qingyuan" check "$report" --home "$home" --period "$period" >"$work/expected" 2>/dev/null || true
keys=$(python3 -c '
import json, sys
claims = json.load(open(sys.argv[1]))["claims"]
print(",".join(sorted({claim["indicator"] for claim in claims if claim["indicator"]})))' "$work/check.json")
echo "== the figures that the report needs: $(echo "$keys" | tr , '\n' | wc -l) indicators, none kept"
pack=$home/packs/$(sed -n 's/^pack = "\(.*\)"$/\1/p' "$home/city.toml")
"$target/release/examples/all_figures" "$home" "$pack" "$period" --runs 10 --only "$keys" >/dev/null

echo "== one check, the process from start to end, no figure kept"
run forget

echo "== one check, the process from start to end, its figures kept"
run true

echo "== 1,000 reports in one call"
for number in $(seq 1000); do cp "$report" "$work/$number.${report##*.}"; done
"$qingyuan" check "$work"/[0-9]*.* --home "$home" --period "$period" --lang en 2>&1 >/dev/null | tail -1
