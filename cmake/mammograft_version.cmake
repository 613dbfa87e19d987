# Makes core/version.h in the build folder. Configures again when the checked-out commit changes.
set(MAMMOGRAFT_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
set(MAMMOGRAFT_GIT "")
find_package(Git QUIET)
if(GIT_FOUND AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} describe --always --dirty --tags
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE MAMMOGRAFT_GIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(EXISTS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
    set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY
      CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
  endif()
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/version.h.in
  ${MAMMOGRAFT_GENERATED_DIR}/core/version.h @ONLY)
