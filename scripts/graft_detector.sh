#!/usr/bin/env bash
# Do grafts help a detector? The experiments of docs/results/README.md.
#
#   scripts/graft_detector.sh OUT [DATA]
#
# OUT is the folder to work in; DATA (../shared/data) holds cbis-ddsm-800/ and mini-mias/. The plans are those of
# docs/results/graft-detector: of CBIS-DDSM a learning curve from its training split to its test split, its ends with
# `light` too; from 100 patients of the training split to the 591 others all arms after 1,200 steps, other shares of
# grafts, and two arms after 3,600; of mini-MIAS every arm in five folds, and the shares in three. OUT/kept* hold the
# ten highest detections of every image. Killed, the same command goes on. Needs Ninja. Variables: MAMMOGRAFT, the
# program (build/bin/mammograft); PLANS, which ("curve curve-light all dose long mias-arms mias").
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
prepare_cbis train "$OUT/train" --outlines refine
prepare_cbis test "$OUT/test"
stage prepare mias "$DATA/mini-mias" --outlines refine --out "$OUT/mias"

# study PLAN STUDY KEPT
study() {
  cp "$HERE/../docs/results/graft-detector/$1.toml" "$OUT/$1.toml"
  "$PROGRAM" experiment run "$OUT/$1.toml" --out "$OUT/$2"
  "$PROGRAM" experiment report "$OUT/$1.toml" --study "$OUT/$2" --out "$OUT/report-$1" --force
  "$HERE/kept_detections.py" "$OUT/$2" "$OUT/$3"
}
for plan in ${PLANS:-curve curve-light all dose long mias-arms mias}; do
  case $plan in
    curve) study plan-curve study-curve kept-curve ;;
    curve-light) study plan-curve-light study-curve kept-curve-light ;;
    all) study plan study kept ;;
    dose | long) study "plan-$plan" study kept ;;
    mias-arms) study plan-mias-arms study-mias kept-mias-arms ;;
    mias) study plan-mias study-mias kept-mias ;;
    *) echo "graft_detector: PLANS: found $plan, expected curve, curve-light, all, dose, long, mias-arms or mias" >&2; exit 2 ;;
  esac
done
