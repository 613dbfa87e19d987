#!/usr/bin/env bash
# How real do the grafts look? The measurements of docs/graft-study.md: every method of `synthesize`, and the
# blender with parts left out (who judges it: adversary_study.sh), on patients that no blender has seen.
#
#   scripts/graft_study.sh OUT [DATA]
#
# OUT is the folder to work in; DATA (../shared/data) holds mini-mias/ and cbis-ddsm-800/. For every fold and seed a
# blender learns from the other folds and grafts this fold's lesions onto this fold's normal images; `assess` then
# compares all methods. A stage whose result exists is not run again, and a training that was killed continues: the
# same command finishes what is left. Variables:
#   MAMMOGRAFT  the program (build/bin/mammograft)     JOBS   blenders trained side by side (one for each core)
#   FOLDS       folds by patient (3)                   STEPS  steps of a blender (200)
#   SEEDS       seeds of paste, pie, fuse, blend ("1 2 3")   COUNT  grafts for each fold and seed (60)
#   PART_SEEDS  seeds of all else ("1")
#   ARMS, FROM_CBIS_ARMS, IN_CBIS_ARMS, PHANTOM_ARMS  what to run (empty: nothing): see below
# Other numbers belong into another OUT.
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: scripts/graft_study.sh OUT [DATA]" >&2; exit 2; }
OUT=$1
DATA=${2:-../shared/data}
PROGRAM=${MAMMOGRAFT:-build/bin/mammograft}
CORES=$(nproc)
JOBS=${JOBS:-$CORES}
FOLDS=${FOLDS:-3}
SEEDS=${SEEDS:-1 2 3}
PART_SEEDS=${PART_SEEDS:-1}
STEPS=${STEPS:-200}
COUNT=${COUNT:-60}
ARMS=${ARMS-paste pie pie-import fuse fuse-match fuse-glandular blend blend-match coarse paper noprior vanilla no-adversary one-scale offset no-jitter few}
FROM_CBIS_ARMS=${FROM_CBIS_ARMS-paste pie fuse fuse-match fuse-glandular blend noprior paper}
IN_CBIS_ARMS=${IN_CBIS_ARMS-$FROM_CBIS_ARMS}
PHANTOM_ARMS=${PHANTOM_ARMS-paste pie fuse blend noprior paper}
THREADS=$(((CORES + JOBS - 1) / JOBS))
COMMON=(--quiet --threads "$THREADS")
. "$(dirname "$0")/stages.sh"

[ -x "$PROGRAM" ] || { echo "graft_study: $PROGRAM: not there: run 'make build' first" >&2; exit 2; }
mkdir -p "$OUT"

# method ARM: what `synthesize` calls it.
method() {
  case $1 in
    paste | pie | fuse | noprior | vanilla) echo "$1" ;;
    pie-import) echo pie ;;
    fuse-match | fuse-glandular) echo fuse ;;
    *) echo blend ;;
  esac
}

# training ARM: how its network differs from the default one.
training() {
  case $1 in
    noprior | vanilla) echo "--method $1" ;;
    no-adversary) echo "--loss-adversarial-weight 0" ;;
    paper) echo "--preset paper" ;;
    coarse) # texture is the background's: the form before fusion
      echo "--generator-body coarse --generator-feather-px 5 --loss-guidance vector --loss-mixed-scales 1"
      ;;
    one-scale) echo "--loss-scales 1" ;;
    no-body) echo "--generator-body none" ;;
    offset) echo "--match offset" ;;
    no-jitter) echo "--no-jitter-enabled" ;;
    few) echo "--data-max-lesions 20 --data-max-backgrounds 40" ;;
    blend | blend-match) ;;
    *) echo "graft_study: no arm $1" >&2; exit 2 ;;
  esac
}

seeds_of() {
  case $1 in
    paste | pie | pie-import | fuse* | blend*) echo "$SEEDS" ;;
    *) echo "$PART_SEEDS" ;;
  esac
}

# one TABLE ARM SEED FOLD: the grafts of one fold, and the blender behind them.
# The table says: SOURCES, cohorts; TRAINING_INPUT, options of the blender; PLACING, options of `synthesize`, and
# GREY_LEVELS, those of methods without a blender, which knows them.
one() {
  local table=$1 arm=$2 seed=$3 fold=$4 run=$1/$2/seed-$3-fold-$4 how=() steps=$STEPS graft
  local model=$OUT/$1/${2%-match}/seed-$3-fold-$4/model  # how places are drawn changes no blender
  local part=("${SOURCES[@]}" --folds "$OUT/$FOLDS_FILE" --fold "$fold" --seed "$seed")
  graft=(--method "$(method "$arm")" --count "$COUNT" "${PLACING[@]}")
  case $arm in
    fuse-match | blend-match) graft+=(--conspicuity match) ;;
    fuse-glandular) graft+=(--placement-tissue glandular) ;;
    paper) graft+=(--placement-contrast-growth 0) ;;
  esac
  case $arm in
    paste | pie | fuse | fuse-match | fuse-glandular) graft+=("${GREY_LEVELS[@]}") ;;
    pie-import) graft+=("${GREY_LEVELS[@]}" --pie-gradients source) ;;
    *)
      [ "$arm" = vanilla ] && steps=$((4 * STEPS))  # it has a whole image to learn
      read -ra how <<<"$(training "$arm")"
      stage train blender "${part[@]}" "${TRAINING_INPUT[@]}" \
        ${how[@]+"${how[@]}"} --steps "$steps" --out "$model"
      graft+=(--model "$model/model.safetensors")
      ;;
  esac
  if [ "$arm" = vanilla ]; then
    part=(--seed "$seed$fold") graft=("${graft[@]:0:4}" --model "$model/model.safetensors")
  else
    part+=(--held-out)
  fi
  stage synthesize "${part[@]}" "${graft[@]}" --out "$OUT/$run/grafts"
}

# study TABLE ARMS...: the grafts of all arms, JOBS at a time, then their comparison.
study() {
  local table=$1 arm seed fold sets=()
  shift
  [ $# -gt 0 ] || return 0
  for arm in "$@"; do
    for seed in $(seeds_of "$arm"); do
      for ((fold = 0; fold < FOLDS; ++fold)); do
        while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n; done
        one "$table" "$arm" "$seed" "$fold" &
        sets+=(--synthetic "$arm=$OUT/$table/$arm/seed-$seed-fold-$fold/grafts")
      done
    done
  done
  while [ -n "$(jobs -rp)" ]; do wait -n; done
  judge "$table/assessment" "${sets[@]}"
}

# judge NAME SETS...: compares them, with every core.
judge() {
  local name=$1
  shift
  COMMON=(--quiet --threads "$CORES")
  stage assess --real "$OUT/$REAL" "${LESIONS[@]}" "$@" --folds "$OUT/$FOLDS_FILE" \
    --out "$OUT/$name"
  COMMON=(--quiet --threads "$THREADS")
}

stage prepare mias "$DATA/mini-mias" --outlines refine --out "$OUT/mias"
prepare_cbis train "$OUT/cbis" --outlines refine
stage split "$OUT/mias" "$OUT/cbis" --folds "$FOLDS" --seed 1 --out "$OUT/folds.json"

# mini-MIAS onto itself.
REAL=mias
FOLDS_FILE=folds.json
SOURCES=(--cohort "$OUT/mias")
LESIONS=()
TRAINING_INPUT=()
PLACING=()
GREY_LEVELS=()
# shellcheck disable=SC2086  # a list of words
study from-mias $ARMS

# Each seed of the blender by itself, against what was left out with the same seed (where these arms were asked for).
apart=()
for ((fold = 0; fold < FOLDS; ++fold)); do
  for seed in $SEEDS; do
    apart+=(--synthetic "blend-seed-$seed=$OUT/from-mias/blend/seed-$seed-fold-$fold/grafts")
  done
  for arm in no-adversary offset; do
    apart+=(--synthetic "$arm=$OUT/from-mias/$arm/seed-${PART_SEEDS%% *}-fold-$fold/grafts")
  done
done
case " $ARMS " in *" blend "*" no-adversary "*" offset "*) judge from-mias/seeds "${apart[@]}" ;; esac

# CBIS-DDSM's lesions onto the normal images of mini-MIAS. This copy tells no pixel size: films of about 24 cm on
# 800 rows make 0.3 mm. Two devices, so grey levels are compared within the breasts.
SOURCES=(--cohort "$OUT/mias" --lesions "$OUT/cbis")
LESIONS=(--lesions "$OUT/cbis" --mm-per-px 0.3)
TRAINING_INPUT=(--data-intensity-range breast --data-mm-per-px 0.3 --data-placement-view any)
PLACING=(--mm-per-px 0.3 --placement-view any)
GREY_LEVELS=(--intensity-range breast)
SEEDS=$PART_SEEDS
# shellcheck disable=SC2086
study from-cbis $FROM_CBIS_ARMS

# CBIS-DDSM's lesions onto CBIS-DDSM: it has no normal images, so onto images with a finding elsewhere.
REAL=cbis
SOURCES=(--cohort "$OUT/cbis")
LESIONS=(--mm-per-px 0.3)
TRAINING_INPUT=(--data-mm-per-px 0.3 --data-placement-background any)
PLACING=(--mm-per-px 0.3 --placement-background any)
GREY_LEVELS=()
# shellcheck disable=SC2086
study in-cbis $IN_CBIS_ARMS

# Phantoms as fine as digital mammograms, with spicules and calcifications: what lesions lose of their detail.
if [ -n "$PHANTOM_ARMS" ]; then
  stage phantom --patients 60 --mass-fraction 0.6 --mm-per-px 0.1 --seed 1 --out "$OUT/phantoms"
  stage split "$OUT/phantoms" --folds "$FOLDS" --seed 1 --out "$OUT/phantom-folds.json"
fi
REAL=phantoms
FOLDS_FILE=phantom-folds.json
SOURCES=(--cohort "$OUT/phantoms")
LESIONS=()
TRAINING_INPUT=()
PLACING=()
# shellcheck disable=SC2086
study in-phantoms $PHANTOM_ARMS

echo "graft_study: all done in $SECONDS s; the reports:"
ls "$OUT"/*/assessment/report.html
