#!/usr/bin/env bash
# Makes the detector that can ship as assets/detector.safetensors, from CBIS-DDSM's training split alone, and takes
# its one look at the test split and at mini-MIAS. A stage whose result exists is not run again, and a training that was
# killed continues: the same command finishes what is left.
#
#   scripts/release_detector.sh OUT [DATA]
#
# OUT is the folder to work in; DATA (../shared/data) holds cbis-ddsm-800/ and mini-mias/. Variables:
#   MAMMOGRAFT  the program (build/bin/mammograft)       STEPS    of the training (20000)
#   NAME        of the release (cbis-ddsm-light)         VERSION  of the release (1.0.0)
#   THREADS     of the training (1)                      SEED     of everything (1)
#   TRAIN       more options of the training
# A tenth of the training patients never teach the network: from them it learns what its scores are worth. Nothing of
# the test split or of mini-MIAS touches anything before the last stages.
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: scripts/release_detector.sh OUT [DATA]" >&2; exit 2; }
OUT=$1
DATA=${2:-../shared/data}
PROGRAM=${MAMMOGRAFT:-build/bin/mammograft}
COMMON=(--seed "${SEED:-1}")
read -ra TRAIN_OPTIONS <<<"${TRAIN:-}"
. "$(dirname "$0")/stages.sh"

[ -x "$PROGRAM" ] || { echo "release_detector: $PROGRAM: not there: run 'make build' first" >&2; exit 2; }
mkdir -p "$OUT"

for part in train test; do prepare_cbis "$part" "$OUT/$part"; done
stage prepare mias "$DATA/mini-mias" --out "$OUT/mias"

# Learnt from nine tenths of the training patients, a tenth of them held out by the training itself.
stage split "$OUT/train" --folds 10 --out "$OUT/folds.json"
HELD_OUT=(--cohort "$OUT/train" --folds "$OUT/folds.json" --fold 0)
stage train detector "${HELD_OUT[@]}" --lengths "${STEPS:-20000}" --validation-every 2000 \
  --threads "${THREADS:-1}" ${TRAIN_OPTIONS[@]+"${TRAIN_OPTIONS[@]}"} --out "$OUT/run"

# What its scores are worth: thresholds, chances, places.
stage detect --model "$OUT/run/model.safetensors" "${HELD_OUT[@]}" --out "$OUT/held-out"
stage operating-points --model "$OUT/run/model.safetensors" --truth "$OUT/train" --rule centre \
  --detections "$OUT/held-out/detections.json" --out "$OUT/with-points.safetensors"
stage export --model "$OUT/with-points.safetensors" --release "$OUT/detector.safetensors" \
  --name "${NAME:-cbis-ddsm-light}" --version "${VERSION:-1.0.0}"

# One look, as it ships (scores by place, as chances), and beside it what was trained, untouched.
for cohort in test mias; do
  stage detect --model "$OUT/detector.safetensors" --cohort "$OUT/$cohort" --probabilities platt \
    --out "$OUT/$cohort-shipped"
  stage detect --model "$OUT/run/model.safetensors" --cohort "$OUT/$cohort" --out "$OUT/$cohort-trained"
  for rule in centre iou; do
    stage evaluate --truth "$OUT/$cohort" --rule "$rule" --run "$OUT/run" \
      --system "as it ships=$OUT/$cohort-shipped/detections.json" \
      --system "as trained=$OUT/$cohort-trained/detections.json" --out "$OUT/$cohort-$rule"
  done
done

echo "release_detector: all done in $SECONDS s; $OUT/detector.safetensors, to be copied to assets/; the reports:"
ls "$OUT"/*/report.html
