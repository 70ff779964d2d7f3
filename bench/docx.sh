#!/bin/sh
# A report of 12,000 figures as DOCX: ours, from template text to bytes, against docxtpl (PyPI) making the
# same document, in one run. Usage: bench/docx.sh [FIGURES]. Fails when the ratio is below 100.
set -eu
cd "$(dirname "$0")/.."
figures=${1:-12000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ours=$(cargo bench --quiet -p report --bench docx -- "$figures" "$folder/ours.docx")
python3 bench/docx_peer.py "$folder/ours.docx" 3 > "$folder/peer"
each=$(sed -n 1p "$folder/peer")
loop=$(sed -n 2p "$folder/peer")
awk -v ours="$ours" -v each="$each" -v loop="$loop" -v figures="$figures" 'BEGIN {
    printf "docx, %d figures: ours %.4f s\n", figures, ours
    printf "  docxtpl, a variable for each figure: %.3f s, %.0f times ours\n", each, each / ours
    printf "  docxtpl, a loop over paragraphs:     %.3f s, %.0f times ours\n", loop, loop / ours
    exit each / ours < 100
}'
