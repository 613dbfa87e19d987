# Sourced by the scripts that run the program in stages (demo.sh, real_data.sh, release_detector.sh, the studies).
#
# stage ARGUMENTS...: runs the program with ARGUMENTS and those in COMMON. A stage that is finished says so and does
# nothing, one that was killed goes on: a killed script, called again, finishes what is left.
#
# beside ARGUMENTS...: the same, but goes on beside what follows, silently, until wait_for_all; no more than
# JOBS at a time, which share the cores. Trainings gain by it: a step with two threads is less than twice as fast as
# with one (bench/trainings.py).
#
# Expects: PROGRAM, OUT (the folder to work in), COMMON (arguments of every stage), JOBS for `beside`, DATA for
# prepare_cbis.
SELF=$(basename "$0" .sh)

# What --out names (of export --release).
output_of() {
  local before=
  for argument in "$@"; do
    case $before in --out | --release) echo "$argument" ;; esac
    before=$argument
  done
}

stage() {
  local start=$SECONDS out
  out=$(output_of "$@")
  echo "$SELF: $out ..."
  "$PROGRAM" "$@" "${COMMON[@]}"
  echo "$SELF: $out: $((SECONDS - start)) s"
}

# prepare_cbis PART OUT [OPTIONS]: CBIS-DDSM's train or test split, of DATA, most of the stretching taken back.
# prepare_cbis_of FILE PART OUT [OPTIONS]: the same of the images that a COCO file of that split names.
prepare_cbis() {
  local part=$1 out=$2
  shift 2
  prepare_cbis_of "$DATA/cbis-ddsm-800/$part/_annotations.coco.json" "$part" "$out" "$@"
}

prepare_cbis_of() {
  local file=$1 part=$2 out=$3
  shift 3
  stage prepare coco "$file" --images "$DATA/cbis-ddsm-800/$part" \
    --dataset cbis-ddsm --file-regex '^([0-9]+)_(LEFT|RIGHT)_(CC|MLO)' --file-groups patient,laterality,view \
    --resize 480,800 --split "$part" "$@" --out "$out"
}

RUNNING=()
trap 'kill "${RUNNING[@]}" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Threads for each of JOBS programs.
share_of_cores() {
  local share=$(($(nproc) / JOBS))
  echo $((share > 0 ? share : 1))
}

beside() {
  while ((${#RUNNING[@]} >= JOBS)); do wait_for_one; done
  echo "$SELF: $(output_of "$@"), beside others ..."
  "$PROGRAM" "$@" "${COMMON[@]}" --threads "$(share_of_cores)" --quiet &
  RUNNING+=($!)
}

# Ends the script when what it waited for failed.
wait_for_one() {
  local pid ended=0 code=0 left=()
  wait -n -p ended "${RUNNING[@]}" || code=$?
  for pid in "${RUNNING[@]}"; do
    if ((pid != ended)); then left+=("$pid"); fi
  done
  RUNNING=("${left[@]}")
  if ((code != 0)); then exit "$code"; fi
}

wait_for_all() {
  while ((${#RUNNING[@]} > 0)); do wait_for_one; done
}
