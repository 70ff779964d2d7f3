#!/bin/sh
# Reading and validating an XLSX of 100,000 rows and ten columns: ours against pandas with openpyxl (PyPI), the best of
# three in one run. Usage: bench/import.sh [ROWS]. Fails when the ratio is below 10.
set -eu
cd "$(dirname "$0")/.."
rows=${1:-100000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo build --quiet --release --workspace --example import_rows
ours=${CARGO_TARGET_DIR:-target}/release/examples/import_rows
python3 bench/import_peer.py make "$folder/rows.xlsx" "$rows"
for round in 1 2 3; do
    "$ours" "$folder/rows.xlsx" "$rows" >> "$folder/ours"
    python3 bench/import_peer.py check "$folder/rows.xlsx" "$rows" >> "$folder/peer"
done
best_ours=$(sort -n "$folder/ours" | head -n 1)
best_peer=$(sort -n "$folder/peer" | head -n 1)
awk -v ours="$best_ours" -v peer="$best_peer" -v rows="$rows" 'BEGIN {
    printf "import of %d rows of XLSX, read and validated: ours %.3f s\n", rows, ours
    printf "  pandas + openpyxl: %.3f s, %.1f times ours\n", peer, peer / ours
    exit peer / ours < 10
}'
