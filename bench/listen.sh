#!/bin/sh
# The HJ 212 listener: frames and points a second that are durable and acknowledged, over loopback, devices and listener
# on the same cores.
#   bench/listen.sh [STATIONSxHOURS] [RUNS]     QINGYUAN names the binary, else target/release/qingyuan
# A frame is an hour of six items. "points" are values on the disk (fsync) whose frame was answered by 9014.
set -eu
cd "$(dirname "$0")/.."
size=${1:-1500x100} runs=${2:-3}
qingyuan=${QINGYUAN:-${CARGO_TARGET_DIR:-target}/release/qingyuan}
work=$(mktemp -d)
listener=
trap '[ -z "$listener" ] || kill "$listener" 2>/dev/null || true; rm -rf "$work"' EXIT
"$qingyuan" hj212 replay --generate "$size" --write-stations "$work/stations.toml"
echo "== $size frames of 6 values; $(nproc) cores; $(stat -f -c %T "$work") under $work"

# connections, and frames that may wait for their answers on each: 1 is how devices behave.
for shape in "20 1" "200 1" "1000 1" "200 16" "1000 16"; do
  set -- $shape
  for run in $(seq "$runs"); do
    rm -rf "$work/city" "$work/address"
    "$qingyuan" hj212 listen --lake "$work/city" --stations "$work/stations.toml" --bind 127.0.0.1:0 \
      --flush-every 100000 >"$work/address" 2>/dev/null &
    listener=$!
    while [ ! -s "$work/address" ]; do sleep 0.05; done
    "$qingyuan" hj212 replay --generate "$size" --to "$(head -1 "$work/address")" \
      --connections "$1" --window "$2" >"$work/summary"
    ticks=$(awk '{ print $14 + $15 }' "/proc/$listener/stat")
    memory=$(awk '/VmHWM/ { print $2 }' "/proc/$listener/status")
    kill "$listener"; wait "$listener" || true; listener=
    python3 - "$1" "$2" "$ticks" "$memory" "$work/summary" <<'PYTHON'
import json, os, sys
connections, window, ticks, memory, path = sys.argv[1:]
told = json.load(open(path))
cpu = int(ticks) / os.sysconf("SC_CLK_TCK")
print(f"   {connections:>5} connections, {window:>2} waiting: {told['frames_per_second']:>9,.0f} frames/s "
      f"{told['points_per_second']:>11,.0f} points/s   listener {cpu / told['acknowledged'] * 1e6:.1f} µs CPU a frame, "
      f"{int(memory) / 1024:.0f} MiB at most; {told['unanswered']} unanswered")
PYTHON
  done
done
