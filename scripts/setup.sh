#!/usr/bin/env bash
# Sets up what the build needs: system packages (Debian 12, Ubuntu 24.04) and LibTorch.
# Does nothing, quickly, where everything is there. `make` calls it before every build.
#
#   MAMMOGRAFT_TORCH_DIR     use this LibTorch folder (>= 2.11; with include/ and lib/)
#   MAMMOGRAFT_TORCH_PYTHON  use the torch of this python (CPU or CUDA build)
#   MAMMOGRAFT_TORCH_PIP_ARGS  more arguments for pip when it installs torch, e.g. '--index-url URL' of an index of CPU wheels
#   MAMMOGRAFT_PIP_ARGS      the same, for torch and for what tests need
#   MAMMOGRAFT_NO_PACKAGES=1 leave system packages alone (you have their equivalents)
#   MAMMOGRAFT_OPENVINO=1    also OpenVINO (60 MB), for detect --engine openvino, into .cache/openvino
# With neither of the first two, torch goes into .venv.
#
# `setup.sh --tests`, which `make test` calls, sets up other programs that read what mammograft writes
# (tests/dicom/), ONNX Runtime, which runs its detectors, and Snakemake, which runs its experiments. The
# tests that want them are skipped where they cannot be had.
set -euo pipefail
cd "$(dirname "$0")/.."

TORCH_VERSION=2.13.0
OPENVINO_VERSION=2026.4.1
PACKAGES=(
  g++ cmake ninja-build make git ca-certificates python3
  libopencv-core-dev libopencv-imgproc-dev libspng-dev libjpeg-dev
  nlohmann-json3-dev libtomlplusplus-dev libcli11-dev libfmt-dev
  libkainjow-mustache-dev gnuplot-nox libgtest-dev
  libdcmtk-dev libopenjp2-7-dev zlib1g-dev libexpat1-dev libxlsxwriter-dev libprotozero-dev
  libopenmpi-dev openmpi-bin  # optional: without them trainings run in one process
)
TEST_PACKAGES=(dicom3tools libpixelmed-java default-jre-headless)
TEST_MODULES=(pydicom==3.0.2 highdicom==0.28.2 pylibjpeg==2.1.0 pylibjpeg_libjpeg==2.5.0
  pylibjpeg_openjpeg==2.6.0 snakemake==9.27.1 onnxruntime==1.20.1)
PYTHON_PACKAGES=(python3-venv python3-pip)  # only where pip installs something

say() { echo "setup: $*"; }
die() { echo "setup: $*" >&2; exit 1; }

own_torch() { [ -n "${MAMMOGRAFT_TORCH_DIR:-}" ] || [ -n "${MAMMOGRAFT_TORCH_PYTHON:-}" ]; }

missing_packages() {
  local wanted=("${PACKAGES[@]}") installed package
  own_torch && [ "${MAMMOGRAFT_OPENVINO:-0}" != 1 ] || wanted+=("${PYTHON_PACKAGES[@]}")
  installed=" $(dpkg-query -W -f='${db:Status-Status}:${Package} ' "${wanted[@]}" 2>/dev/null || true)"
  for package in "${wanted[@]}"; do
    [[ $installed == *" installed:$package "* ]] || echo "$package"
  done
}

install_packages() {
  if [ "${MAMMOGRAFT_NO_PACKAGES:-0}" = 1 ]; then return; fi
  if ! command -v dpkg-query apt-get >/dev/null; then
    say "no apt-get here: install the equivalents of: ${PACKAGES[*]}" >&2
    die "then run again with MAMMOGRAFT_NO_PACKAGES=1"
  fi
  local missing as_root=()
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ]; then
    # Asks for a password only where someone can type one.
    if ! command -v sudo >/dev/null || { ! sudo -n true 2>/dev/null && ! { [ -t 0 ] && sudo -v; }; }; then
      say "system packages are missing, and neither root nor sudo is available" >&2
      die "ask an administrator to run: apt-get install ${missing[*]}"
    fi
    as_root=(sudo)
  fi
  say "installing system packages: ${missing[*]}"
  local log
  log=$(mktemp)
  apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" \
      >>"$log" 2>&1 </dev/null
  }
  # An out-of-date package list (or none, in a container) is refreshed; one that cannot be may do.
  apt -qq update || say "apt-get update failed; trying with the package lists that are there"
  if ! apt -y install --no-install-recommends "${missing[@]}"; then
    tail -n 20 "$log" >&2
    die "apt-get install failed (above); whole log: $log"
  fi
  rm -f "$log"
}

# The version of the torch that .venv holds, without importing it (that takes seconds).
venv_torch_version() {
  [ -x .venv/bin/python ] || return 0
  local info
  for info in .venv/lib/python3*/site-packages/torch-*.dist-info; do
    if [ -d "$info" ]; then info=${info##*/torch-}; echo "${info%.dist-info}"; fi
  done
}

install_torch() {
  if own_torch; then return; fi
  # A build tag ("+cpu") may follow the version.
  if [ "$(venv_torch_version | sed 's/+.*//')" = "$TORCH_VERSION" ] && [ -f .venv/.complete ]; then
    return
  fi
  say "installing torch $TORCH_VERSION into .venv: about 200 MB for the CPU build, but some GIGABYTES"
  say "for the CUDA build, which the public Python package index gives by default. To stop that:"
  say "ctrl-C, then choose with MAMMOGRAFT_TORCH_PIP_ARGS, MAMMOGRAFT_TORCH_DIR or MAMMOGRAFT_TORCH_PYTHON"
  say "(explained at the top of scripts/setup.sh)."
  if [ -x .venv/bin/python ] && ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv  # left by an interrupted set-up, or by a python that is gone
  fi
  [ -x .venv/bin/python ] || python3 -m venv .venv
  # shellcheck disable=SC2086  # the arguments are meant to be split
  .venv/bin/python -m pip install --disable-pip-version-check --quiet ${MAMMOGRAFT_PIP_ARGS:-} \
    ${MAMMOGRAFT_TORCH_PIP_ARGS:-} "torch==$TORCH_VERSION" || die "pip could not install torch $TORCH_VERSION (above)"
  touch .venv/.complete
}

# The wheel is unpacked beside the build, not installed: nothing of it is for Python, and .venv must not
# depend on it. Unpacked under another name first, so that an interrupted set-up starts again.
install_openvino() {
  if [ "${MAMMOGRAFT_OPENVINO:-0}" != 1 ]; then return; fi
  local info=.cache/openvino/openvino-$OPENVINO_VERSION.dist-info
  if [ -d "$info" ]; then return; fi
  say "installing OpenVINO $OPENVINO_VERSION into .cache/openvino: about 60 MB"
  local python=python3
  if [ -x .venv/bin/python ]; then python=.venv/bin/python; fi
  rm -rf .cache/openvino .cache/openvino.part
  mkdir -p .cache
  "$python" -m pip install --disable-pip-version-check --quiet --no-deps --target .cache/openvino.part \
    "openvino==$OPENVINO_VERSION" ||
    die "pip could not install openvino $OPENVINO_VERSION (above)"
  mv .cache/openvino.part .cache/openvino
}

has_test_modules() {
  local module
  for module in "${TEST_MODULES[@]}"; do
    compgen -G ".venv/lib/python3*/site-packages/${module/==/-}.dist-info" >/dev/null || return 1
  done
}

install_test_modules() {
  if has_test_modules; then return; fi
  say "installing ${TEST_MODULES[*]} into .venv, for tests"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  # shellcheck disable=SC2086  # the arguments are meant to be split
  .venv/bin/python -m pip install --disable-pip-version-check --quiet ${MAMMOGRAFT_PIP_ARGS:-} \
    "${TEST_MODULES[@]}"
}

# In shells of their own: without these programs there are fewer tests, and that is all.
install_for_tests() {
  PACKAGES=("${TEST_PACKAGES[@]}" "${PYTHON_PACKAGES[@]}")
  (install_packages) && (install_test_modules) || say "some tests will be skipped" >&2
}

# Written only when the choice of LibTorch or OpenVINO changes: the build then configures again.
record_torch() {
  local choice="dir=${MAMMOGRAFT_TORCH_DIR:-} python=${MAMMOGRAFT_TORCH_PYTHON:-}"
  own_torch || choice="venv=$(venv_torch_version)"
  if [ -d .cache/openvino ]; then choice+=" openvino=$OPENVINO_VERSION"; fi
  mkdir -p .cache
  if [ ! -f .cache/torch ] || [ "$(cat .cache/torch)" != "$choice" ]; then
    echo "$choice" >.cache/torch
  fi
}

if [ "${1:-}" = --tests ]; then
  install_for_tests
  exit
fi
install_packages
install_torch
install_openvino
record_torch
