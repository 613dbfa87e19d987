#!/usr/bin/env bash
# Do grafts help a detector? The experiment of docs/graft-study.md: 100 patients of CBIS-DDSM's training split to learn
# from, the 591 others of the same split to be tested on.
#
#   scripts/graft_detector.sh OUT [DATA]
#
# OUT is the folder to work in; DATA (../shared/data) holds cbis-ddsm-800/ and mini-mias/. The plans are those of
# docs/results/graft-detector: all arms after 1,200 steps, other shares of grafts, 25 and 50 of the patients, two arms after 3,600, and
# the shares on mini-MIAS, in three folds. OUT/kept and OUT/kept-mias hold the ten highest detections of every
# image. Killed, the same command goes on. Needs Ninja. Variable: MAMMOGRAFT, the program (build/bin/mammograft).
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
stage prepare mias "$DATA/mini-mias" --outlines refine --out "$OUT/mias"

# study PLAN STUDY KEPT
study() {
  cp "$HERE/../docs/results/graft-detector/$1.toml" "$OUT/$1.toml"
  "$PROGRAM" experiment run "$OUT/$1.toml" --out "$OUT/$2"
  "$PROGRAM" experiment report "$OUT/$1.toml" --study "$OUT/$2" --out "$OUT/report-$1" --force
  "$HERE/kept_detections.py" "$OUT/$2" "$OUT/$3"
}
for plan in plan plan-dose plan-patients plan-long; do study "$plan" study kept; done
study plan-mias study-mias kept-mias
