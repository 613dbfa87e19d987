#!/usr/bin/env bash
# The main job on built-in data: phantom, inspect, split, train, detect, evaluate, all in demo/.
# `make demo` calls it after the build. A stage whose result exists is not run again, and a training
# that was killed continues: the same command always finishes what is left.
#
#   MAMMOGRAFT         the program (build/bin/mammograft)
#   MAMMOGRAFT_DEMO    the folder to work in (demo)
#   MAMMOGRAFT_CONFIG  the numbers (configs/demo.toml)
set -euo pipefail
cd "$(dirname "$0")/.."

PROGRAM=${MAMMOGRAFT:-build/bin/mammograft}
DEMO=${MAMMOGRAFT_DEMO:-demo}
CONFIG=${MAMMOGRAFT_CONFIG:-configs/demo.toml}

die() { echo "demo: $*" >&2; exit 2; }

[ -x "$PROGRAM" ] || die "$PROGRAM: not there, expected the program: run 'make build' first"
[ -f "$CONFIG" ] || die "$CONFIG: not there, expected the demo's configuration"
mkdir -p "$DEMO"
if [ -f "$DEMO/demo.toml" ]; then
  cmp -s "$CONFIG" "$DEMO/demo.toml" ||
    die "$DEMO was made with another $CONFIG: remove the folder $DEMO and run the demo again"
else
  cp "$CONFIG" "$DEMO/demo.toml.part" && mv "$DEMO/demo.toml.part" "$DEMO/demo.toml"
fi

# stage NAME MARKER ARGUMENTS...: runs the program unless MARKER, which it writes last, exists.
stage() {
  local name=$1 marker=$2 start=$SECONDS
  shift 2
  if [ -f "$DEMO/$marker" ]; then
    echo "demo: $name: done before ($DEMO/$marker)"
    return
  fi
  echo "demo: $name ..."
  "$PROGRAM" "$@" --config "$CONFIG"
  echo "demo: $name: $((SECONDS - start)) s"
}

stage phantom cohort/cohort.json phantom --out "$DEMO/cohort"
stage inspect sheets/summary.json inspect "$DEMO/cohort" --out "$DEMO/sheets"
# Half of the patients to learn from, half to be tested on.
stage split folds.json split "$DEMO/cohort" --folds 2 --out "$DEMO/folds.json"
HELD_OUT=(--cohort "$DEMO/cohort" --folds "$DEMO/folds.json" --fold 0)
stage train run/model.safetensors train detector "${HELD_OUT[@]}" --out "$DEMO/run"
stage detect found/detections.json \
  detect --model "$DEMO/run/model.safetensors" "${HELD_OUT[@]}" --out "$DEMO/found"
# --force: a killed evaluation may have left its metrics.json, which it writes before the report.
stage evaluate report.html evaluate --truth "$DEMO/cohort" --force \
  --detections "$DEMO/found/detections.json" --run "$DEMO/run" --out "$DEMO"

echo "demo: all done in $SECONDS s; open the report in a browser:"
echo "$DEMO/report.html"
