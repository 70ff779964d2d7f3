#!/bin/sh
# HJ 212: a stream of uploads decoded on one core: frames found, length and CRC checked, every item walked; and three ways
# to the CRC. Usage: bench/hj212.sh [MEGABYTES [RUNS]]. Fails below 300 MB/s.
# There is no public parser of HJ 212 on PyPI to stand beside it.
set -eu
cd "$(dirname "$0")/.."
cargo build --release --quiet --package hj212 --example throughput
ours=${CARGO_TARGET_DIR:-target}/release/examples/throughput
pin=
if command -v taskset >/dev/null; then pin="taskset -c 0"; fi
out=$($pin "$ours" "${1:-128}" "${2:-7}")
echo "$out"
echo "$out" | awk '/whole buffer/ { for (field = 1; field <= NF; field++) if ($field == "MB/s") exit $(field - 1) < 300 }'
