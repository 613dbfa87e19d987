#!/usr/bin/env bash
# Fuzzes the readers, as many at a time as there are cores. New inputs go to build-fuzz/found/NAME, crashes to
# build-fuzz/crashes/NAME: mend, then add the input to fuzz/corpus/NAME.
#
#   FUZZ_SECONDS  for each target (600)
#   FUZZ_JOBS     at a time (as many as there are cores)
#   FUZZ_TARGETS  names, "dicom coco" (all)
set -euo pipefail
cd "$(dirname "$0")/.."

SECONDS_EACH=${FUZZ_SECONDS:-600}
command -v clang++ >/dev/null || { echo "fuzz: clang++: not there; install clang" >&2; exit 2; }
cmake --preset fuzz >/dev/null
read -r -a targets <<<"${FUZZ_TARGETS:-$(ls fuzz/corpus | tr '\n' ' ')}"
cmake --build build-fuzz -j "$(nproc)" --target "${targets[@]/#/fuzz_}"

fuzz_one() {
  local name=$1 work=build-fuzz/found/$1 crashes=build-fuzz/crashes/$1 log=build-fuzz/$1.log
  mkdir -p "$work" "$crashes"
  # Inputs of at most 64 kB, of which none may take a gigabyte or ten seconds.
  if build-fuzz/bin/fuzz_"$name" -max_total_time="$SECONDS_EACH" -max_len=65536 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
    -timeout=10 -artifact_prefix="$crashes/" "$work" "fuzz/corpus/$name" >"$log" 2>&1; then
    echo "fuzz: $name: $(grep -oE 'Done [0-9]+ runs in [0-9]+ second' "$log")s, no crash"
  else
    echo "fuzz: $name: CRASHED, see $log and $crashes" && return 1
  fi
}
export -f fuzz_one
export SECONDS_EACH
printf '%s\n' "${targets[@]}" | xargs -P "${FUZZ_JOBS:-$(nproc)}" -I{} bash -c 'fuzz_one {}'
