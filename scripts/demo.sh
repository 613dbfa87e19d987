#!/usr/bin/env bash
# The main job on built-in data, all in demo/: a phantom cohort, a blender, grafts, a detector trained
# with and one without them, both on the same held-out patients, one report. It also shows what the blender makes of
# lesions, beside fusion without a network, Poisson editing and plain paste at the same places, and what the detector that
# ships finds in two real mammograms.
# `make demo` calls it after the build. Killed, it finishes what is left when it is called again. Where another
# configuration made what is there, the program says which option differs: remove the folder then.
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
[ -f "$OUT/report.html" ] || echo "demo: about a quarter of an hour on two cores, most of it the two trainings of the detector"

stage phantom --out "$OUT/cohort"
stage inspect "$OUT/cohort" --out "$OUT/sheets"
stage split "$OUT/cohort" --out "$OUT/folds.json"
HELD_OUT=(--cohort "$OUT/cohort" --folds "$OUT/folds.json" --fold 0)
stage train blender "${HELD_OUT[@]}" --out "$OUT/blender"
stage synthesize "${HELD_OUT[@]}" --model "$OUT/blender/model.safetensors" \
  --out "$OUT/grafts"
stage inspect "$OUT/grafts" --out "$OUT/grafts-sheets"
# The same lesions at the same places (one seed) by the other methods, for the report.
OTHERS=(fuse pie paste)
for method in "${OTHERS[@]}"; do
  stage synthesize "${HELD_OUT[@]}" --method "$method" --count 24 --out "$OUT/grafts-$method"
done
# Both trainings at once, the second one with a progress bar.
JOBS=2
beside train detector "${HELD_OUT[@]}" --out "$OUT/run-real-only"
stage train detector "${HELD_OUT[@]}" --cohort "$OUT/grafts" --threads "$(share_of_cores)" \
  --out "$OUT/run-with-grafts"
wait_for_all
for arm in real-only with-grafts; do
  stage detect --model "$OUT/run-$arm/model.safetensors" "${HELD_OUT[@]}" --out "$OUT/$arm"
done
# Two real mammograms, looked at by the detector that ships.
stage detect assets/mammograms --overlays all --out "$OUT/mammograms"
stage evaluate --truth "$OUT/cohort" --system "with grafts=$OUT/with-grafts/detections.json" \
  --system "real only=$OUT/real-only/detections.json" --run "$OUT/run-with-grafts" \
  --grafts "$OUT/grafts" "${OTHERS[@]/#/--grafts=$OUT/grafts-}" \
  --search "$OUT/mammograms" --out "$OUT"

echo "demo: all done in $SECONDS s; open the report in a browser:"
echo "$OUT/report.html"
