#!/usr/bin/env bash
# The web application under load: bench/web.sh HOME
#
# Starts the server over a copy of a city, signs in by an invitation like anybody, and asks for pages at a stated rate
# (crates/web/examples/load.rs: constant rate, times from when a request was due). Each kind of page is asked for at many
# addresses in turn, so that what is measured is not one kept answer. Prints the start's time, percentiles, memory, lists
# of the largest register, and an export.
set -euo pipefail
cd "$(dirname "$0")/.."

city="${1:?a city, such as demo-city}"
target="${CARGO_TARGET_DIR:-target}"
qingyuan="${QINGYUAN:-$target/release/qingyuan}"
rate="${RATE:-200}"      # requests a second
seconds="${SECONDS_EACH:-20}"
workers="${WORKERS:-20}"
port="${PORT:-7390}"
load="$target/release/examples/load"
[ -x "$load" ] || { echo "missing $load: cargo build --release -p cli -p web --example load"; exit 2; }

work="$(mktemp -d)"
server=
trap 'if [ -n "$server" ]; then kill "$server"; wait "$server" || true; fi; rm -rf "$work"' EXIT
cp -r "$city" "$work/city"
rm -f "$work/city/accounts.db"*

secret="$("$qingyuan" account first --home "$work/city" --name bench --role office --lang en 2>/dev/null | grep -oE 'invitation/[A-Za-z0-9_-]+' | head -1)"
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
page() { curl -sf -H "cookie: $cookie" "$base$1"; }
ask() { # name, addresses on standard input
  cat >"$work/addresses"
  printf '%-12s %4d addresses  ' "$1" "$(wc -l <"$work/addresses")"
  "$load" "$base" "$cookie" "$rate" "$seconds" "$workers" <"$work/addresses"
}

registers() { page /api/v1/registers | grep -oE '"key":"[a-z_]+","label":"[^"]*","fields"' | cut -d'"' -f4; }
register_pages() {
  for register in $(registers); do
    for query in '' '?page=2' '?sort=-@effective' '?q=1' '?sort=-@effective&page=3'; do echo "/registers/$register$query"; done
  done
}
record_pages() {
  for register in $(registers); do
    page "/api/v1/registers/$register/records?limit=8" | grep -oE '"id":[0-9]+' | sed 's|"id":|/records/|'
  done
}
figure_pages() {
  page '/api/v1/figures' | grep -oE '"key":"[a-z_]+\.[a-z_0-9]+"' | cut -d'"' -f4 | sort -u | sed 's|^|/figures/|'
}
tiles() { # the city at zooms 9 to 13, several layers and days
  awk 'BEGIN {
    west = 113.83; east = 114.77; south = 30.24; north = 30.96; pi = atan2(0, -1)
    for (z = 9; z <= 13; z++) {
      n = 2 ^ z
      for (x = int((west + 180) / 360 * n); x <= int((east + 180) / 360 * n); x += (z > 11 ? 3 : 1))
        for (y = row(north, n); y <= row(south, n); y += (z > 11 ? 3 : 1))
          printf "%d/%d/%d.mvt\n", z, x, y
    }
  }
  function row(lat, n, s) { s = sin(lat * pi / 180); return int((1 - log((1 + s) / (1 - s)) / 2 / pi) / 2 * n) }' |
  while read -r tile; do for layer in 'docks/Z?at=2016-12-31' 'docks/Z?at=2022-12-31' 'parks/Z?at=2022-12-31' 'base/Z'; do
    echo "/tiles/${layer/Z/$tile}"
  done; done
}

echo "at $rate requests a second for $seconds s each:"
for round in ${ROUNDS:-first second}; do
  echo "$round round:"
  tiles | ask tile
  register_pages | ask register
  record_pages | ask record
  figure_pages | ask figure
done

# The same while somebody enters a dock a second: what was computed before no longer holds.
me="$(page /me | csrf)"
secret="$(curl -s -b "$work/jar" "$base/me/tokens" --data-urlencode "csrf=$me" -d label=bench -d days=30 -d action=enter -d action=view \
  | grep -oE 'qy_[A-Za-z0-9_-]+' | head -1)"
[ -n "$secret" ] || { echo "no token"; exit 1; }
dock="$(page '/api/v1/registers/docks/records?limit=1')"
owner="$(grep -oE '"owner":\{"code":"[^"]+"' <<<"$dock" | cut -d'"' -f6)"
district="$(grep -oE '"district":\{"record":[0-9]+' <<<"$dock" | grep -oE '[0-9]+$')"
while :; do
  number=$((${number:-0} + 1))
  curl -s -o /dev/null -w '%{http_code} %{time_total}\n' "$base/api/v1/registers/docks/records" -H "authorization: Bearer $secret" \
    -H 'content-type: application/json' -H "idempotency-key: bench-$number" -d '{"values": {"name": "压测'"$number"'号码头", "river": "han", "bank": "left",
      "district": {"record": '"$district"'}, "purpose": "cargo", "berths": 3}, "owner": "'"$owner"'", "effective": "2023-03-01"}'
  sleep 1
done >"$work/entered" &
writer=$!
echo "while a dock is entered every second:"
tiles | ask tile
register_pages | ask register
record_pages | ask record
figure_pages | ask figure
kill "$writer"
sort "$work/entered" | awk '{ count[$1]++; sum[$1] += $2 } END { for (s in count) printf "entered: %d answered %s, %.0f ms each\n", count[s], s, sum[s] / count[s] * 1000 }'
echo "memory: $(memory)"

# A list of the largest register, filtered and sorted, one request after another.
for query in 'q=2022&sort=-@effective' 'sort=@effective' 'q=%E6%B1%9F&sort=volunteer' 'page=9000&sort=volunteer'; do
  for _ in 1 2 3 4 5; do
    curl -sf -o /dev/null -w '%{time_total}\n' -H "cookie: $cookie" "$base/registers/turnouts?$query"
  done | sort -n | sed -n 3p | awk -v q="$query" '{ printf "turnouts?%s: %.0f ms (median of 5)\n", q, $1 * 1000 }'
done

# An export of 200,000 rows and more.
curl -s -o "$work/turnouts.xlsx" -w 'XLSX of turnouts: %{http_code}, %{size_download} bytes, %{time_total} s\n' \
  -H "cookie: $cookie" "$base/registers/turnouts/export.xlsx"
echo "memory after it: $(memory)"

# All rows of a figure: half a million with their entries' numbers, and a million of the figure that divides two such.
for figure in volunteers.hours volunteers.hours_per_turnout; do
  for kind in csv xlsx; do
    curl -s -o "$work/rows" -w "$kind of $figure: %{http_code}, %{size_download} bytes, begins after %{time_starttransfer} s, %{time_total} s\n" \
      -H "cookie: $cookie" "$base/figures/$figure/rows.$kind"
  done
done
echo "memory after them: $(memory)"
