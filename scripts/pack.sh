#!/usr/bin/env bash
# Packs what a machine without package registries (a lent GPU, a hospital's cluster) needs besides its compiler, CMake,
# ninja and LibTorch (CPU or CUDA, >= 2.11): the source, the libraries, and some images of a cohort.
#
#   scripts/pack.sh OUT [--cohort DIR] [--images N] [--no-source]
#
#   OUT          a new folder: source/, deps/, cohort/ and build.sh
#   --cohort DIR put images of this cohort into the pack
#   --images N   so many, evenly spread over the cohort (100)
#   --no-source  only what the source does not hold: for a checkout that travels by itself
#
# There: `OUT/build.sh` configures and builds (how: OUT/build.sh --help). The libraries are those of this machine, so its
# processor family and C library must not be newer than over there. Run scripts/setup.sh here first.
set -euo pipefail
cd "$(dirname "$0")/.."

# Whose files the build reads (scripts/setup.sh has the whole list).
PACKAGES=(libopencv-core-dev libopencv-imgproc-dev libspng-dev libjpeg-dev libjpeg62-turbo-dev libfmt-dev
  nlohmann-json3-dev libtomlplusplus-dev libcli11-dev libkainjow-mustache-dev libgtest-dev googletest
  libdcmtk-dev libopenjp2-7-dev zlib1g-dev libexpat1-dev libxlsxwriter-dev libprotozero-dev)
# What every machine has of its own.
COMMON_LIBRARIES='/(ld-linux|libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s|libgomp)[-.]'

die() { echo "pack: $*" >&2; exit 2; }

OUT=
COHORT=
IMAGES=100
SOURCE=yes
while [ $# -gt 0 ]; do
  case $1 in
    --help) sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0"; exit ;;
    --cohort) COHORT=${2:?--cohort: expected a folder}; shift ;;
    --images) IMAGES=${2:?--images: expected a number}; shift ;;
    --no-source) SOURCE=no ;;
    -*) die "$1: not known (see --help)" ;;
    *) [ -z "$OUT" ] || die "$1: one folder only, found $OUT too"; OUT=$1 ;;
  esac
  shift
done
[ -n "$OUT" ] || die "expected a folder to pack into (see --help)"
[ ! -e "$OUT" ] || die "$OUT: exists; remove it first"
[ -z "$COHORT" ] || [ -f "$COHORT/cohort.json" ] || die "$COHORT/cohort.json: not there, expected a cohort"
[[ $IMAGES =~ ^[1-9][0-9]*$ ]] || die "--images: found $IMAGES, expected 1 or more"

PART=$OUT.part
rm -rf "$PART"
mkdir -p "$PART/deps"

# Headers, CMake files and the libraries to link with, then what those need at run time.
mapfile -t installed < <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${PACKAGES[@]}" 2>/dev/null |
  sed -n 's/^installed //p')
for package in libopencv-core-dev libspng-dev libfmt-dev libgtest-dev; do
  [[ " ${installed[*]} " == *" $package "* ]] || die "$package: not installed: run scripts/setup.sh first"
done
dpkg -L "${installed[@]}" | grep -E '^/usr/(include|lib|share/(cmake|pkgconfig))/' | awk '!/\.a$/ || /lib(gtest|gmock)/' | sort -u |
  while read -r file; do [ -d "$file" ] || echo "$file"; done |
  tar --create --no-recursion --files-from=- 2>/dev/null | tar --extract --directory="$PART/deps"
LIBRARIES=$PART/deps/usr/lib/$(uname -m)-linux-gnu
mkdir -p "$LIBRARIES"
{
  find "$PART/deps" -name '*.so*' | sed "s|^$PART/deps||"
  find "$PART/deps" -name '*.so*' | sed "s|^$PART/deps||" | xargs ldd 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 }'
} | sort -u | grep -Ev "$COMMON_LIBRARIES" | while read -r library; do
  real=$(readlink -f "$library")
  cp "$real" "$LIBRARIES/$(basename "$real")"
  [ "$(basename "$library")" = "$(basename "$real")" ] ||
    ln -sf "$(basename "$real")" "$LIBRARIES/$(basename "$library")"
done

PATH=$PATH:/sbin:/usr/sbin ldconfig -n "$LIBRARIES"  # the names under which programs ask for them

# DCMTK reads its dictionary at run time.
dictionary=$(find /usr/share -path '*dcmtk*/dicom.dic' | head -n 1)
[ -n "$dictionary" ] || die "dicom.dic: not there, expected DCMTK's dictionary: run scripts/setup.sh first"
cp "$dictionary" "$PART/deps/usr/share/"

if [ $SOURCE = yes ]; then
  mkdir "$PART/source"
  git archive HEAD | tar --extract --directory="$PART/source"
fi

if [ -n "$COHORT" ]; then
  python3 - "$COHORT" "$PART/cohort" "$IMAGES" <<'PYTHON'
import json
import os
import shutil
import sys

source, target, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(os.path.join(source, "cohort.json")) as file:
    cohort = json.load(file)
images = cohort["images"]
count = min(count, len(images))
cohort["images"] = [images[i * len(images) // count] for i in range(count)]
ids = {image["id"] for image in cohort["images"]}
cohort["annotations"] = [a for a in cohort["annotations"] if a["image_id"] in ids]
for image in cohort["images"]:
    path = os.path.join(target, image["file_name"])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    shutil.copyfile(os.path.join(source, image["file_name"]), path)
with open(os.path.join(target, "cohort.json"), "w") as file:
    json.dump(cohort, file)
print(f"pack: {count} images, {len(cohort['annotations'])} masses")
PYTHON
fi

cat >"$PART/build.sh" <<'BUILD'
#!/usr/bin/env bash
# Builds mammograft on a machine without package registries, from this pack.
#
#   build.sh [SOURCE] [TARGET ...]
#
#   SOURCE       the source (source/ beside this script); its build folder becomes SOURCE/build-pack
#   TARGET ...   what to build (mammograft detect_test nn_test)
#   TORCH_PYTHON the python whose torch is used (python3), or
#   TORCH_DIR    a LibTorch folder
set -euo pipefail
if [ "${1:-}" = --help ]; then sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0"; exit; fi
PACK=$(cd "$(dirname "$0")" && pwd)
SOURCE=${1:-$PACK/source}
shift || true
[ -f "$SOURCE/CMakeLists.txt" ] || { echo "build: $SOURCE/CMakeLists.txt: not there" >&2; exit 2; }
LIBRARIES=$PACK/deps/usr/lib/$(uname -m)-linux-gnu
TORCH=(-DMAMMOGRAFT_TORCH_PYTHON="${TORCH_PYTHON:-python3}")
if [ -n "${TORCH_DIR:-}" ]; then TORCH=(-DMAMMOGRAFT_TORCH_DIR="$TORCH_DIR"); fi
cmake -S "$SOURCE" -B "$SOURCE/build-pack" -G Ninja -DCMAKE_BUILD_TYPE=Release "${TORCH[@]}" \
  -DCMAKE_PREFIX_PATH="$PACK/deps/usr" -DCMAKE_INCLUDE_PATH="$PACK/deps/usr/include" \
  -DCMAKE_LIBRARY_PATH="$LIBRARIES" -DCMAKE_BUILD_RPATH="$LIBRARIES" \
  -DCMAKE_EXE_LINKER_FLAGS="-Wl,-rpath-link,$LIBRARIES -Wl,--disable-new-dtags"  # RPATH: libraries of libraries too
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(mammograft detect_test nn_test)
cmake --build "$SOURCE/build-pack" --target "${targets[@]}"
echo "build: $SOURCE/build-pack/bin/"
echo "build: to read DICOM files: export DCMDICTPATH=$PACK/deps/usr/share/dicom.dic"
BUILD
chmod +x "$PART/build.sh"
mv "$PART" "$OUT"
du -sh "$OUT"/* | sed 's/^/pack: /'
echo "pack: $OUT: $(du -sh "$OUT" | cut -f1), $(tar --create --directory="$OUT" . | gzip -1 | wc -c | numfmt --to=iec) compressed"
