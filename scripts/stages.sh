# Sourced by the scripts that run the program in stages (demo.sh, real_data.sh).
#
# stage MARKER ARGUMENTS...: runs the program with ARGUMENTS and those in COMMON, unless OUT/MARKER, the file
# that it writes last, exists. A killed script, called again, thus finishes what is left.
#
# Expects: PROGRAM, OUT (the folder to work in), COMMON (arguments of every stage).
SELF=$(basename "$0" .sh)

stage() {
  local marker=$OUT/$1 start=$SECONDS
  shift
  if [ -f "$marker" ]; then
    echo "$SELF: $marker: done before"
    return
  fi
  echo "$SELF: $marker ..."
  "$PROGRAM" "$@" "${COMMON[@]}"
  echo "$SELF: $marker: $((SECONDS - start)) s"
}
