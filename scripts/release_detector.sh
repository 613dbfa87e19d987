#!/usr/bin/env bash
# Makes the detector that can ship as assets/detector.safetensors, from CBIS-DDSM's training split alone, and takes
# its one look at the test split and at mini-MIAS. A stage whose result exists is not run again, and a training that was
# killed continues: the same command finishes what is left.
#
#   scripts/release_detector.sh OUT [DATA]
#
# OUT is the folder to work in; DATA (../shared/data) holds cbis-ddsm-800/ and mini-mias/. Variables:
#   MAMMOGRAFT  the program (build/bin/mammograft)       STEPS    of the training (4400)
#   NAME        of the release (cbis-ddsm-light)         VERSION  of the release (0.2.0)
#   THREADS     of the training (2)                      SEED     of everything (1)
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

prepare_cbis train "$OUT/train" --outlines refine  # for the mask head: this copy has boxes only
prepare_cbis test "$OUT/test"
stage prepare mias "$DATA/mini-mias" --out "$OUT/mias"

# Learnt from nine tenths of the training patients.
stage split "$OUT/train" --folds 10 --out "$OUT/folds.json"
HELD_OUT=(--cohort "$OUT/train" --folds "$OUT/folds.json" --fold 0)
stage train detector "${HELD_OUT[@]}" --lengths "${STEPS:-4400}" --validation-share 0 \
  --data-mask-from any --threads "${THREADS:-2}" ${TRAIN_OPTIONS[@]+"${TRAIN_OPTIONS[@]}"} --out "$OUT/run"

# What its scores are worth: thresholds, chances, places.
stage detect --model "$OUT/run/model.safetensors" "${HELD_OUT[@]}" --out "$OUT/held-out"
stage operating-points --model "$OUT/run/model.safetensors" --truth "$OUT/train" --rule centre \
  --detections "$OUT/held-out/detections.json" --out "$OUT/with-points.safetensors"
stage export --model "$OUT/with-points.safetensors" --release "$OUT/detector.safetensors" \
  --name "${NAME:-cbis-ddsm-light}" --version "${VERSION:-0.2.0}"

# What it makes of images that it learnt from, another tenth, beside those that it did not.
stage detect --model "$OUT/run/model.safetensors" --cohort "$OUT/train" --folds "$OUT/folds.json" --fold 1 --out "$OUT/learnt"
stage detect --model "$OUT/run/model.safetensors" "${HELD_OUT[@]}" --mirrors xy --out "$OUT/held-out-mirrors"
for part in learnt held-out held-out-mirrors; do
  stage evaluate --truth "$OUT/train" --detections "$OUT/$part/detections.json" --rule centre --allow-leak \
    --out "$OUT/$part-centre"
done

# One look at each set: as it ships (scores as chances, by place where that helped), the same with mirror images, which held-out patients
# speak for, and what was trained, untouched.
for cohort in test mias; do
  stage detect --model "$OUT/detector.safetensors" --cohort "$OUT/$cohort" --probabilities platt \
    --out "$OUT/$cohort-shipped"
  stage detect --model "$OUT/detector.safetensors" --cohort "$OUT/$cohort" --probabilities platt --mirrors xy \
    --out "$OUT/$cohort-mirrors"
  stage detect --model "$OUT/run/model.safetensors" --cohort "$OUT/$cohort" --out "$OUT/$cohort-trained"
  for rule in centre iou iou-0.2; do
    threshold=0.5
    if [ "$rule" = iou-0.2 ]; then threshold=0.2; fi
    stage evaluate --truth "$OUT/$cohort" --rule "${rule%-0.2}" --threshold "$threshold" --run "$OUT/run" \
      --system "as it ships=$OUT/$cohort-shipped/detections.json" \
      --system "as trained=$OUT/$cohort-trained/detections.json" \
      --system "with mirrors=$OUT/$cohort-mirrors/detections.json" --out "$OUT/$cohort-$rule"
  done
done
"$(dirname "$0")/release_figures.py" "$OUT" "$OUT/figures"

echo "release_detector: all done in $SECONDS s; $OUT/detector.safetensors goes to assets/, $OUT/figures to"
echo "docs/results/released-detector; the reports:"
ls "$OUT"/*/report.html
