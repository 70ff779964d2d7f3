#!/usr/bin/env bash
# Finding the quantities of a text: how fast, that the time grows with the length and no faster, and beside
# recognizers-text (PyPI) how well and how many times as fast, in one run.
# Usage: bench/quantities.sh [FILE…]   (annotated passages as JSON lines; those of the crate's tests come first)
# Needs python3 with recognizers-text-suite and emoji below 2. Fails when the ratio is below 30.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo bench --quiet --package quantity --bench read
cargo build --release --quiet --package quantity --example read_peer
ours="${CARGO_TARGET_DIR:-target}/release/examples/read_peer"
python3 bench/quantities_peer.py "$ours" crates/quantity/tests/passages.jsonl "$@"
