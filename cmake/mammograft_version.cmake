# Makes core/version.h in the build folder.
set(MAMMOGRAFT_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
configure_file(${PROJECT_SOURCE_DIR}/cmake/version.h.in
  ${MAMMOGRAFT_GENERATED_DIR}/core/version.h @ONLY)
