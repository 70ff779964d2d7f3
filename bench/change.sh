#!/usr/bin/env bash
# One changed record to its new figure, in the demo city and in its small sister, whose register of docks is as large
# but whose other registers are not. Usage: bench/change.sh HOME_OF_THE_DEMO_CITY
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cargo build --release --quiet --workspace --example change
ours="${CARGO_TARGET_DIR:-target}/release/examples/change"
cp -r "$1" "$work/full"
"${QINGYUAN:-${CARGO_TARGET_DIR:-target}/release/qingyuan}" demo "$work/small" --scale small 2>/dev/null
for size in small full small full; do
  printf '%-6s' "$size"
  "$ours" "$work/$size" packs/jiangcheng
done
