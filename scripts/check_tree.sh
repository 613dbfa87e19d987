#!/usr/bin/env bash
# Checks the tree itself, as a test: no path of one person's machine, no large file, a small whole,
# laid-out sources (where the pinned clang-format is there; CONTRIBUTING.md says how to get it).
set -euo pipefail
cd "$(dirname "$0")/.."
failures=0
complain() { echo "check_tree: $*" >&2; failures=$((failures + 1)); }

# What is tracked, or would be: in a clone from git; in an unpacked archive everything but outputs.
list_files() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard
  else
    find . \( -name .venv -o -name .cache -o -name demo -o -name 'build*' -o -name .git \) -prune \
      -o -type f -print0
  fi
}
files=()
while IFS= read -r -d '' file; do
  [ -f "$file" ] && files+=("$file")
done < <(list_files)
[ ${#files[@]} -gt 0 ] || complain "found no files"

# The pattern is put together so that this line does not match itself.
places='home|work|root|Users'
if grep -nIE "(^|[^A-Za-z0-9_.~/}-])/($places)/[A-Za-z0-9_.]" "${files[@]}"; then
  complain "the lines above name a place on somebody's machine"
fi

total=0
while read -r size file; do
  total=$((total + size))
  [ "$size" -le 20000000 ] || complain "$file: found $size bytes, expected at most 20000000"
done < <(stat -c '%s %n' "${files[@]}")
[ "$total" -le 60000000 ] || complain "the tree: found $total bytes, expected at most 60000000"

# Files of a folder may be compiled as one, in batches of any size (cmake/mammograft_folder.cmake): constants and
# types that they keep to themselves must not share a name, even where today's batches part them.
clashes() {  # [file ...]: of one folder
  awk '
    FNR == 1 { hidden = 0 }
    /^namespace \{/ { hidden = 1 }
    /^\}  \/\/ namespace$/ { hidden = 0 }
    hidden && match($0, /^(struct|class|enum class|enum) [A-Za-z_0-9]+ *[:{]|^(inline )?(constexpr|const) .*[ *&]k[A-Z][A-Za-z_0-9]*[[ ={]/) {
      name = substr($0, RSTART, RLENGTH)
      sub(/ *[:{[= ]$/, "", name)
      sub(/.*[ *&]/, "", name)
      if (name in first && first[name] != FILENAME) print FILENAME ": " name " is also in " first[name]
      else first[name] = FILENAME
    }' "$@"
}
for folder in $(find src -type d); do
  # Those of src/nn are compiled by themselves (CMakeLists.txt).
  alone='_test\.cc$|nn/winograd.*\.cc$|nn/openvino_network\.cc$'
  for these in "$(ls "$folder"/*.cc 2>/dev/null | grep -vE "$alone")" "$(ls "$folder"/*_test.cc 2>/dev/null)"; do
    [ -z "$these" ] || { found=$(clashes $these); [ -z "$found" ] || complain "$found"; }
  done
done

scripts/format.sh --check || complain "run: make format"

if [ "$failures" -gt 0 ]; then exit 1; fi
echo "check_tree: ${#files[@]} files, $total bytes: fine"
