#!/usr/bin/env bash
# Lays out every C++ file by .clang-format; with --check only says which ones are not.
# clang-format's taste changes between versions, so one version decides:
#   .venv/bin/python -m pip install clang-format==19.1.7
set -euo pipefail
cd "$(dirname "$0")/.."
MAJOR=19

tool=
for candidate in .venv/bin/clang-format clang-format-$MAJOR clang-format; do
  if "$candidate" --version 2>/dev/null | grep -q "version $MAJOR\."; then tool=$candidate; break; fi
done
if [ -z "$tool" ]; then
  echo "format: clang-format $MAJOR is not here (see CONTRIBUTING.md): layout not looked at"
  [ "${1:-}" = --check ]
  exit
fi
arguments=(-i)
if [ "${1:-}" = --check ]; then arguments=(--dry-run --Werror); fi
find src tests bench fuzz -name '*.cc' -print0 -o -name '*.h' -print0 |
  xargs -0 -n 20 -P "$(nproc)" "$tool" "${arguments[@]}"
