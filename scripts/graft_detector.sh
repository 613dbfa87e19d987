#!/usr/bin/env bash
# Do grafts help a detector? The experiment of docs/graft-study.md: 100 patients of CBIS-DDSM's training split to learn
# from, the 591 others of the same split to be tested on.
#
#   scripts/graft_detector.sh OUT [DATA]
#
# OUT is the folder to work in; DATA (../shared/data) holds cbis-ddsm-800/. The plans are those of
# docs/results/graft-detector: all arms after 1,200 steps, other shares of grafts, then two arms after 3,600; OUT/kept holds the ten highest
# detections of every image. Killed, the same command goes on. Needs Ninja. Variable: MAMMOGRAFT, the program (build/bin/mammograft).
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: scripts/graft_detector.sh OUT [DATA]" >&2; exit 2; }
OUT=$1
DATA=${2:-../shared/data}
PROGRAM=${MAMMOGRAFT:-build/bin/mammograft}
HERE=$(cd "$(dirname "$0")" && pwd)
COMMON=()
. "$HERE/stages.sh"

[ -x "$PROGRAM" ] || { echo "graft_detector: $PROGRAM: not there: run 'make build' first" >&2; exit 2; }
mkdir -p "$OUT"
[ -e "$OUT/held-out.json" ] ||
  "$HERE/draw_patients.py" "$DATA/cbis-ddsm-800/train/_annotations.coco.json" "$OUT" learn=100 held-out=591
prepare_cbis_of "$OUT/learn.json" train "$OUT/learn" --outlines refine
prepare_cbis_of "$OUT/held-out.json" train "$OUT/held-out"
for plan in plan plan-dose plan-long; do
  cp "$HERE/../docs/results/graft-detector/$plan.toml" "$OUT/$plan.toml"
  "$PROGRAM" experiment run "$OUT/$plan.toml" --out "$OUT/study"
  "$PROGRAM" experiment report "$OUT/$plan.toml" --study "$OUT/study" --out "$OUT/report-$plan" --force
  "$HERE/kept_detections.py" "$OUT/study" "$OUT/kept"
done
