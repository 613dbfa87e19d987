#!/usr/bin/env bash
# The measurements of docs/real-data.md on CBIS-DDSM and mini-MIAS. A stage whose result exists is not
# run again, and a training that was killed continues: the same command finishes what is left.
#
#   scripts/real_data.sh OUT [DATA]
#
# OUT is the folder to work in; DATA (../shared/data) holds cbis-ddsm-800/ and mini-mias/. Variables:
#   MAMMOGRAFT  the program (build/bin/mammograft)
#   CBIS_STEPS  steps on CBIS-DDSM (1200)        LONG_SIDE  long side of the network's image, px (512)
#   MIAS_STEPS  steps a fold on mini-MIAS (400)  CHANNELS   channels of the feature pyramid (128)
#   FOLDS       folds of mini-MIAS (5)           SEED       of everything (1)
# Other numbers belong into another OUT.
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: scripts/real_data.sh OUT [DATA]" >&2; exit 2; }
OUT=$1
DATA=${2:-../shared/data}
PROGRAM=${MAMMOGRAFT:-build/bin/mammograft}
CBIS_STEPS=${CBIS_STEPS:-1200}
MIAS_STEPS=${MIAS_STEPS:-400}
LONG_SIDE=${LONG_SIDE:-512}
CHANNELS=${CHANNELS:-128}
FOLDS=${FOLDS:-5}
SEED=${SEED:-1}
NETWORK=(--model-input-long-side-px "$LONG_SIDE" --model-backbone-fpn-channels "$CHANNELS")
CBIS_NAMES=(--file-regex '^([0-9]+)_(LEFT|RIGHT)_(CC|MLO)' --file-groups patient,laterality,view)

[ -x "$PROGRAM" ] || { echo "real_data: $PROGRAM: not there: run 'make build' first" >&2; exit 2; }
mkdir -p "$OUT"

# stage MARKER ARGUMENTS...: runs the program unless MARKER, which it writes last, exists.
stage() {
  local marker=$OUT/$1 start=$SECONDS
  shift
  if [ -f "$marker" ]; then
    echo "real_data: $marker: done before"
    return
  fi
  echo "real_data: $marker ..."
  "$PROGRAM" "$@" --seed "$SEED"
  echo "real_data: $marker: $((SECONDS - start)) s"
}

# CBIS-DDSM, official split: learn from `train`, be tested on `test`.
for part in train test; do
  stage "cbis-$part/cohort.json" prepare coco "$DATA/cbis-ddsm-800/$part/_annotations.coco.json" \
    --images "$DATA/cbis-ddsm-800/$part" --dataset cbis-ddsm "${CBIS_NAMES[@]}" \
    --resize 480,800 --split "$part" --out "$OUT/cbis-$part"
done
stage cbis-run/model.safetensors train detector --cohort "$OUT/cbis-train" \
  --lengths "$CBIS_STEPS" "${NETWORK[@]}" --out "$OUT/cbis-run"
stage cbis-found/detections.json detect --model "$OUT/cbis-run/model.safetensors" \
  --cohort "$OUT/cbis-test" --out "$OUT/cbis-found"
stage cbis-report/report.html evaluate --truth "$OUT/cbis-test" --force --run "$OUT/cbis-run" \
  --detections "$OUT/cbis-found/detections.json" --out "$OUT/cbis-report"

# mini-MIAS, the CBIS-DDSM detector as it is, on all images.
stage mias/cohort.json prepare mias "$DATA/mini-mias" --out "$OUT/mias"
stage mias-untouched/detections.json detect --model "$OUT/cbis-run/model.safetensors" \
  --cohort "$OUT/mias" --out "$OUT/mias-untouched"
stage mias-untouched-report/report.html evaluate --truth "$OUT/mias" --force \
  --detections "$OUT/mias-untouched/detections.json" --out "$OUT/mias-untouched-report"

# mini-MIAS, cross-validated: from ImageNet and from the CBIS-DDSM detector, the same folds and steps.
stage mias-folds.json split "$OUT/mias" --folds "$FOLDS" --out "$OUT/mias-folds.json"
for start in imagenet cbis; do
  init=imagenet
  if [ "$start" = cbis ]; then init=$OUT/cbis-run/model.safetensors; fi
  found=()
  for ((fold = 0; fold < FOLDS; ++fold)); do
    part=(--cohort "$OUT/mias" --folds "$OUT/mias-folds.json" --fold "$fold")
    run=mias-$start/fold-$fold
    stage "$run/run/model.safetensors" train detector "${part[@]}" --init "$init" \
      --lengths "$MIAS_STEPS" "${NETWORK[@]}" --out "$OUT/$run/run"
    stage "$run/found/detections.json" detect --model "$OUT/$run/run/model.safetensors" \
      "${part[@]}" --out "$OUT/$run/found"
    found+=(--detections "$OUT/$run/found/detections.json")
  done
  stage "mias-$start/report.html" evaluate --truth "$OUT/mias" --force --pool yes \
    "${found[@]}" --out "$OUT/mias-$start"
done

echo "real_data: all done in $SECONDS s; the reports:"
ls "$OUT"/*/report.html
