#!/usr/bin/env bash
# The web application under load: bench/web.sh HOME
#
# Starts the server over a copy of a city, signs in by an invitation like anybody, and asks for pages at a stated rate
# with `hey` (Debian's package; apt-get install hey). Prints the start's time, percentiles, memory, and an export.
set -euo pipefail
cd "$(dirname "$0")/.."

city="${1:?a city, such as demo-city}"
target="${CARGO_TARGET_DIR:-target}"
qingyuan="${QINGYUAN:-$target/release/qingyuan}"
rate="${RATE:-200}"      # requests a second
seconds="${SECONDS_EACH:-20}"
workers="${WORKERS:-20}"
port="${PORT:-7390}"
command -v hey >/dev/null || { echo "hey is missing: apt-get install hey"; exit 2; }

work="$(mktemp -d)"
server=
trap 'if [ -n "$server" ]; then kill "$server"; wait "$server" || true; fi; rm -rf "$work"' EXIT
cp -r "$city" "$work/city"
rm -f "$work/city/accounts.db"*

secret="$("$qingyuan" account first --home "$work/city" --name bench --lang en 2>/dev/null | grep -oE 'invitation/[A-Za-z0-9_-]+' | head -1)"
begun="$(date +%s.%N)"
"$qingyuan" serve --home "$work/city" --listen "127.0.0.1:$port" 2>"$work/log" &
server=$!
until curl -sf -o /dev/null "http://127.0.0.1:$port/public"; do sleep 0.02; done
echo "start to first page: $(echo "$(date +%s.%N) - $begun" | bc) s"

base="http://127.0.0.1:$port"
csrf() { grep -oE 'name="csrf" value="[0-9a-f]+"' | head -1 | grep -oE '[0-9a-f]{100,}'; }
token="$(curl -s -c "$work/jar" -b "$work/jar" -H 'accept: text/html' "$base/$secret" | csrf)"
curl -s -o /dev/null -c "$work/jar" -b "$work/jar" "$base/$secret" \
  --data-urlencode "csrf=$token" --data-urlencode 'password=a long sentence for benches 5' --data-urlencode 'again=a long sentence for benches 5'
cookie="$(awk '$6 == "qingyuan" { print "qingyuan=" $7 }' "$work/jar")"
[ -n "$cookie" ] || { echo "signing in failed"; exit 1; }

memory() { awk '/VmRSS|VmHWM/ { printf "%s %.0f MB  ", $1, $2 / 1024 } END { print "" }' "/proc/$server/status"; }
ask() { # name path
  curl -s -o /dev/null -H "cookie: $cookie" "$base$2"
  status="$(curl -s -o "$work/page" -w '%{http_code} %{size_download} bytes' -H "cookie: $cookie" "$base$2")"
  hey -z "${seconds}s" -c "$workers" -q "$((rate / workers))" -H "cookie: $cookie" -H 'accept: text/html' "$base$2" >"$work/hey"
  printf '%-28s %s  ' "$1" "$status"
  awk '/Requests\/sec/ { printf "%.0f/s  ", $2 }
       /50%|95%|99%/ { printf "p%s %.1f ms  ", substr($1, 1, 2), $3 * 1000 }
       /\[[0-9]+\]/ { printf "%s %s  ", $1, $2 } END { print "" }' "$work/hey"
}

echo "at $rate requests a second for $seconds s each:"
while read -r name path; do ask "$name" "$path"; done <"${PAGES:-bench/web.pages}"
echo "memory: $(memory)"

# A list of the largest register, filtered and sorted, one request after another.
for query in 'q=2022&sort=-effective' 'sort=effective' 'q=%E6%B1%9F&sort=volunteer'; do
  for _ in 1 2 3 4 5; do
    curl -s -o /dev/null -w '%{time_total}\n' -H "cookie: $cookie" "$base/registers/turnouts?$query"
  done | sort -n | sed -n 3p | awk -v q="$query" '{ printf "turnouts?%s: %.0f ms (median of 5)\n", q, $1 * 1000 }'
done

# An export of 200,000 rows and more.
curl -s -o "$work/turnouts.xlsx" -w 'XLSX of turnouts: %{http_code}, %{size_download} bytes, %{time_total} s\n' \
  -H "cookie: $cookie" "$base/registers/turnouts/export.xlsx"
echo "memory after it: $(memory)"
