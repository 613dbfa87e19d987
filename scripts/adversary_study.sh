#!/usr/bin/env bash
# Can the adversary win? Blenders that differ in who judges them, on two thirds of the patients of mini-MIAS, two seeds
# each: docs/graft-study.md, "The adversary".
#
#   scripts/adversary_study.sh OUT [DATA]
#
# OUT is the folder to work in; DATA (../shared/data) holds mini-mias/ and cbis-ddsm-800/. Killed, the same command goes on; what is there is
# not done again. The table at the end has, of each blender's held-out windows, the discriminator's share of right answers
# (0.5 is chance) and the score that chooses a state (0 is best). Variables:
#   MAMMOGRAFT  the program (build/bin/mammograft)   STEPS  of a blender (200)   SEEDS  ("1 2")
#   JOBS        blenders side by side (one a core)    ARMS   which to run, of those below
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: scripts/adversary_study.sh OUT [DATA]" >&2; exit 2; }
OUT=$1
DATA=${2:-../shared/data}
PROGRAM=${MAMMOGRAFT:-build/bin/mammograft}
JOBS=${JOBS:-$(nproc)}
STEPS=${STEPS:-200}
SEEDS=${SEEDS:-1 2}
ARMS=${ARMS:-none patch-16 r1 moved patch-32 patch-64 imagenet imagenet-fierce none-more patch-16-more imagenet-more}
HERE=$(cd "$(dirname "$0")" && pwd)
COMMON=()
. "$HERE/stages.sh"

[ -x "$PROGRAM" ] || { echo "adversary_study: $PROGRAM: not there: run 'make build' first" >&2; exit 2; }
mkdir -p "$OUT"

# judge ARM: how its discriminator differs from the default, patches of 16.
judge() {
  case ${1%-more} in
    none) echo "--loss-adversarial-weight 0" ;;
    patch-16) ;;
    r1) echo "--discriminator-gradient-penalty 1" ;;
    moved) echo "--jitter-shift 0.125 --jitter-cutout 0.25" ;; # Zhao et al. 2020
    patch-32)
      echo "--discriminator-kernels 4,3,3,3,1 --discriminator-strides 2,2,2,1,1" \
        "--discriminator-widths 32,64,128,128"
      ;;
    patch-64)
      echo "--discriminator-kernels 4,5,4,4,2 --discriminator-strides 2,2,2,2,1" \
        "--discriminator-widths 32,64,128,128"
      ;;
    imagenet) echo "--discriminator-features imagenet --discriminator-gain 2" ;;
    imagenet-fierce) # five times the rate, and the blending loss counts a tenth
      echo "--discriminator-features imagenet --discriminator-gain 2 --discriminator-rate 5 --loss-lambda-p 1"
      ;;
    *) echo "adversary_study: no arm $1" >&2; exit 2 ;;
  esac
}

stage prepare mias "$DATA/mini-mias" --outlines refine --out "$OUT/mias"
stage split "$OUT/mias" --folds 3 --seed 1 --out "$OUT/folds.json"
MIAS=(--cohort "$OUT/mias" --folds "$OUT/folds.json" --fold 0)
case " $ARMS " in
  *-more*)
    prepare_cbis train "$OUT/cbis" --outlines refine
    stage split "$OUT/mias" "$OUT/cbis" --folds 3 --seed 1 --out "$OUT/folds-more.json"
    ;;
esac
# Twenty times the masses: CBIS-DDSM's as well, whose films are another device's. Scores compare with none-more.
MORE=(--cohort "$OUT/mias" --cohort "$OUT/cbis" --folds "$OUT/folds-more.json" --fold 0
  --data-mm-per-px 0.3 --data-intensity-range breast --data-placement-view any)
for arm in $ARMS; do
  read -ra how <<<"$(judge "$arm")"
  case $arm in *-more) cohorts=("${MORE[@]}") ;; *) cohorts=("${MIAS[@]}") ;; esac
  for seed in $SEEDS; do
    beside train blender "${cohorts[@]}" --seed "$seed" --steps "$STEPS" \
      ${how[@]+"${how[@]}"} --out "$OUT/$arm/seed-$seed"
  done
done
wait_for_all

echo "adversary_study: all done in $SECONDS s"
python3 - "$OUT" "$ARMS" "$SEEDS" <<'TABLE'
import json, pathlib, sys
out, arms, seeds = pathlib.Path(sys.argv[1]), sys.argv[2].split(), sys.argv[3].split()
print(f"{'judge':16} seed  D is right  score")
for arm in arms:
    for seed in seeds:
        last = json.loads((out / arm / f"seed-{seed}" / "validation.jsonl").read_text().splitlines()[-1])
        right = f"{last['d_accuracy']:.3f}" if last.get("d_accuracy") is not None else "-"
        print(f"{arm:16} {seed:>4}  {right:>10}  {last['score']:.3f}")
TABLE
