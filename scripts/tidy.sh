#!/usr/bin/env bash
# Lints every source file (.clang-tidy) through the CMake preset `tidy`. Puts the clang-tidy that
# decides into .venv: Debian 12's own (14) cannot read LibTorch's headers in C++20.
set -euo pipefail
cd "$(dirname "$0")/.."
VERSION=19.1.0

if ! .venv/bin/clang-tidy --version 2>/dev/null | grep -q "version ${VERSION%%.*}\."; then
  [ -x .venv/bin/python ] || python3 -m venv .venv
  echo "tidy: installing clang-tidy $VERSION into .venv"
  .venv/bin/python -m pip install --disable-pip-version-check --quiet "clang-tidy==$VERSION"
fi
cmake --preset tidy
cmake --build --preset tidy -j "${JOBS:-$(nproc)}"
echo "tidy: clean"
