#!/usr/bin/env bash
# Installs, moves the tree, and then uses it: the program runs, and a project of its own finds the
# package, links all of it and runs.   run.sh CMAKE BUILD_FOLDER TORCH_FOLDER
set -euo pipefail
cmake=$1
build=$2
torch=$3
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$cmake" --install "$build" --prefix "$scratch/first" >/dev/null
mv "$scratch/first" "$scratch/moved"
tree=$scratch/moved

"$tree/bin/mammograft" --version
"$tree/bin/mammograft" --help >"$scratch/help"  # the program behind it, with LibTorch
test -f "$tree/share/mammograft/assets/resnet50-imagenet-c1-c4-bf16.safetensors"
if grep -rlF "$scratch/first" "$tree"; then
  echo "the files above name the place where they were first installed" >&2
  exit 1
fi

MAMMOGRAFT_TORCH_DIR=$torch "$cmake" -S "$here" -B "$scratch/consumer" -G Ninja \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$tree" >/dev/null
"$cmake" --build "$scratch/consumer"
"$scratch/consumer/consumer"
