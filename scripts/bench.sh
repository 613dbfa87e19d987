#!/usr/bin/env bash
# Times kernels (Google Benchmark), the detector beside torchvision, and trainings side by side against one
# after the other; results as JSON in bench-results/.
#
#   BENCH_ROUNDS  turns of each side (5)    BENCH_PYTHON  a Python with torchvision (/usr/bin/python3)
#
# On Debian: apt-get install libbenchmark-dev python3-torchvision libopenblas0-pthread
set -euo pipefail
cd "$(dirname "$0")/.."
OUT=bench-results
mkdir -p "$OUT"
cmake --build build --target bench_worker
if cmake --build build --target help | grep -q '^bench_kernels'; then
  cmake --build build --target bench_kernels
  build/bin/bench_kernels --benchmark_repetitions=5 --benchmark_report_aggregates_only=true \
    --benchmark_out="$OUT/kernels.json" --benchmark_out_format=json
else
  echo "bench: no Google Benchmark (libbenchmark-dev): kernels are left out" >&2
fi
PYTHON=${BENCH_PYTHON:-/usr/bin/python3}
if ! "$PYTHON" -c 'import torchvision' 2>/dev/null; then
  echo "bench: $PYTHON has no torchvision (python3-torchvision): nothing to compare with" >&2
  exit 1
fi
"$PYTHON" bench/side_by_side.py build/bin/bench_worker "$OUT" --rounds "${BENCH_ROUNDS:-5}"
bench/trainings.py build/bin/mammograft "$OUT"
