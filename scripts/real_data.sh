#!/usr/bin/env bash
# The measurements of docs/real-data.md on CBIS-DDSM and mini-MIAS. A stage whose result exists is not
# run again, and a training that was killed continues: the same command finishes what is left.
#
#   scripts/real_data.sh OUT [DATA]
#
# OUT is the folder to work in; DATA (../shared/data) holds cbis-ddsm-800/ and mini-mias/. Variables:
#   MAMMOGRAFT  the program (build/bin/mammograft)
#   CBIS_STEPS  steps on CBIS-DDSM (2300)        FOLDS  folds of mini-MIAS (5)
#   MIAS_STEPS  steps a fold on mini-MIAS (250)  SEED   of everything (1)
#   JOBS        folds trained side by side, one thread each (as many as there are cores; bench/trainings.py)
# Other numbers belong into another OUT.
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: scripts/real_data.sh OUT [DATA]" >&2; exit 2; }
OUT=$1
DATA=${2:-../shared/data}
PROGRAM=${MAMMOGRAFT:-build/bin/mammograft}
CBIS_STEPS=${CBIS_STEPS:-2300}
MIAS_STEPS=${MIAS_STEPS:-250}
FOLDS=${FOLDS:-5}
JOBS=${JOBS:-$(nproc)}
COMMON=(--seed "${SEED:-1}")
. "$(dirname "$0")/stages.sh"

[ -x "$PROGRAM" ] || { echo "real_data: $PROGRAM: not there: run 'make build' first" >&2; exit 2; }
mkdir -p "$OUT"

# score NAME ARGUMENTS...: evaluates by both rules of a hit, into NAME-iou and NAME-centre.
score() {
  local name=$1 rule
  shift
  for rule in iou centre; do
    stage evaluate "$@" --rule "$rule" --out "$OUT/$name-$rule"
  done
}

# CBIS-DDSM, official split: learn from `train`, be tested on `test`.
for part in train test; do prepare_cbis "$part" "$OUT/cbis-$part"; done
stage train detector --cohort "$OUT/cbis-train" \
  --lengths "$CBIS_STEPS" --out "$OUT/cbis-run"
stage detect --model "$OUT/cbis-run/model.safetensors" \
  --cohort "$OUT/cbis-test" --out "$OUT/cbis-found"
score cbis-report --truth "$OUT/cbis-test" --run "$OUT/cbis-run" \
  --detections "$OUT/cbis-found/detections.json"

# mini-MIAS, the CBIS-DDSM detector as it is, on all images.
stage prepare mias "$DATA/mini-mias" --out "$OUT/mias"
stage detect --model "$OUT/cbis-run/model.safetensors" \
  --cohort "$OUT/mias" --out "$OUT/mias-untouched"
score mias-untouched --truth "$OUT/mias" --detections "$OUT/mias-untouched/detections.json"

# mini-MIAS, cross-validated: from ImageNet and from the CBIS-DDSM detector, the same folds and steps.
stage split "$OUT/mias" --folds "$FOLDS" --out "$OUT/mias-folds.json"
for start in imagenet cbis; do
  init=imagenet
  if [ "$start" = cbis ]; then init=$OUT/cbis-run/model.safetensors; fi
  found=()
  for ((fold = 0; fold < FOLDS; ++fold)); do
    part=(--cohort "$OUT/mias" --folds "$OUT/mias-folds.json" --fold "$fold")
    beside train detector "${part[@]}" --init "$init" \
      --lengths "$MIAS_STEPS" --out "$OUT/mias-$start/fold-$fold/run"
  done
  wait_for_all
  for ((fold = 0; fold < FOLDS; ++fold)); do
    part=(--cohort "$OUT/mias" --folds "$OUT/mias-folds.json" --fold "$fold")
    run=mias-$start/fold-$fold
    stage detect --model "$OUT/$run/run/model.safetensors" \
      "${part[@]}" --out "$OUT/$run/found"
    found+=(--detections "$OUT/$run/found/detections.json")
  done
  score "mias-$start" --truth "$OUT/mias" --pool yes "${found[@]}"
done

echo "real_data: all done in $SECONDS s; the reports:"
ls "$OUT"/*/report.html
