#!/usr/bin/env bash
# Every benchmark, each against its peer in the same run. Prints ratios; bench/RESULTS.md holds what one machine gave.
# Usage: bench/run.sh [path of the qingyuan binary]
set -euo pipefail
cd "$(dirname "$0")/.."
qingyuan="$(realpath "${1:-target/release/qingyuan}")"
export QINGYUAN="$qingyuan"

# The peers live in a virtual environment outside the checkout.
peers="${XDG_CACHE_HOME:-$HOME/.cache}/qingyuan/peers"
[ -x "$peers/bin/python3" ] || python3 -m venv "$peers"
"$peers/bin/python3" -m pip install --quiet --disable-pip-version-check duckdb pyarrow pandas openpyxl python-docx docxtpl polars
# It was made for an emoji of its own time, and does not say so.
"$peers/bin/python3" -m pip install --quiet --disable-pip-version-check recognizers-text-suite 'emoji<2'
export PATH="$peers/bin:$PATH"

city="${CITY:-$(mktemp -d)/city}"
[ -e "$city/city.toml" ] || "$qingyuan" demo "$city"
[ -e "$city/reports/work-report.docx" ] || "$qingyuan" report work-report --home "$city"

printf '\n# Durable appends against bare SQLite inserts\n'
cargo bench --quiet --package ledger --bench append
printf '\n# Every figure of the demo city against DuckDB on Parquet\n'
bench/figures.sh "$city"
printf '\n# One changed record to its new figure\n'
bench/change.sh "$city"
printf '\n# A report of 12,000 figures against docxtpl\n'
bench/docx.sh
printf '\n# Importing 100,000 rows of XLSX against pandas and openpyxl\n'
bench/import.sh
printf '\n# Finding quantities against recognizers-text\n'
bench/quantities.sh
printf '\n# A national year of air against DuckDB, Polars and pandas\n'
PEERS="$peers/bin/python3" bench/air.sh
printf '\n# Days of stations and their AQI\n'
cargo bench --quiet --package standards --bench air
printf '\n# Decoding HJ 212\n'
bench/hj212.sh
printf '\n# Frames that are durable and acknowledged\n'
bench/listen.sh
printf '\n# Checking reports against the city\n'
bench/check.sh "$city" "$city/reports/work-report.docx"
printf '\n# The web application under load\n'
cargo build --release -p cli -p web --bin qingyuan --example load
bench/web.sh "$city"
