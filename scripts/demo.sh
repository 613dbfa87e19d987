#!/usr/bin/env bash
# The main job on built-in data, all in demo/: a phantom cohort, a blender, grafts, a detector trained
# with and one without them, both on the same held-out patients, one report.
# `make demo` calls it after the build. A stage whose result exists is not run again, and a training
# that was killed continues: the same command always finishes what is left.
#
#   MAMMOGRAFT         the program (build/bin/mammograft)
#   MAMMOGRAFT_DEMO    the folder to work in (demo)
#   MAMMOGRAFT_CONFIG  the numbers (configs/demo.toml)
set -euo pipefail
cd "$(dirname "$0")/.."

PROGRAM=${MAMMOGRAFT:-build/bin/mammograft}
OUT=${MAMMOGRAFT_DEMO:-demo}
CONFIG=${MAMMOGRAFT_CONFIG:-configs/demo.toml}
COMMON=(--config "$CONFIG")
. scripts/stages.sh

die() { echo "demo: $*" >&2; exit 2; }

[ -x "$PROGRAM" ] || die "$PROGRAM: not there, expected the program: run 'make build' first"
[ -f "$CONFIG" ] || die "$CONFIG: not there, expected the demo's configuration"
mkdir -p "$OUT"
if [ -f "$OUT/demo.toml" ]; then
  cmp -s "$CONFIG" "$OUT/demo.toml" ||
    die "$OUT was made with another $CONFIG: remove the folder $OUT and run the demo again"
else
  cp "$CONFIG" "$OUT/demo.toml.part" && mv "$OUT/demo.toml.part" "$OUT/demo.toml"
fi
[ -f "$OUT/report.html" ] || echo "demo: about 20 minutes on two cores, most of them the two trainings of the detector"

stage cohort/cohort.json phantom --out "$OUT/cohort"
stage sheets/summary.json inspect "$OUT/cohort" --out "$OUT/sheets"
stage folds.json split "$OUT/cohort" --out "$OUT/folds.json"
HELD_OUT=(--cohort "$OUT/cohort" --folds "$OUT/folds.json" --fold 0)
stage blender/model.safetensors train blender "${HELD_OUT[@]}" --out "$OUT/blender"
stage grafts/cohort.json synthesize "${HELD_OUT[@]}" --model "$OUT/blender/model.safetensors" \
  --out "$OUT/grafts"
stage grafts-sheets/summary.json inspect "$OUT/grafts" --out "$OUT/grafts-sheets"
# Both trainings at once, the second one with a progress bar.
JOBS=2
beside run-real-only/model.safetensors train detector "${HELD_OUT[@]}" --out "$OUT/run-real-only"
stage run-with-grafts/model.safetensors \
  train detector "${HELD_OUT[@]}" --cohort "$OUT/grafts" --threads "$(share_of_cores)" \
  --out "$OUT/run-with-grafts"
wait_for_all
for arm in real-only with-grafts; do
  stage "$arm/detections.json" \
    detect --model "$OUT/run-$arm/model.safetensors" "${HELD_OUT[@]}" --out "$OUT/$arm"
done
# --force: a killed evaluation may have left its metrics.json, which it writes before the report.
stage report.html evaluate --truth "$OUT/cohort" --force --detections "$OUT/with-grafts/detections.json" \
  --detections "$OUT/real-only/detections.json" --run "$OUT/run-with-grafts" --out "$OUT"

echo "demo: all done in $SECONDS s; open the report in a browser:"
echo "$OUT/report.html"
