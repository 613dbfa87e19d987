# Finds OpenVINO's runtime in a folder, without its own CMake package (which also looks for a TBB of its
# own and sets options for the whole project):
#   MAMMOGRAFT_OPENVINO_DIR  the folder `openvino` of the Python wheel (with include/ and libs/), a CMake or
#                            an environment variable; by default .cache/openvino/openvino of the source
#                            tree, where scripts/setup.sh puts it
# Defines the target mammograft_openvino and MAMMOGRAFT_OPENVINO_FOUND_DIR.
include(FindPackageHandleStandardArgs)

if(NOT MAMMOGRAFT_OPENVINO_DIR AND NOT "$ENV{MAMMOGRAFT_OPENVINO_DIR}" STREQUAL "")
  set(MAMMOGRAFT_OPENVINO_DIR "$ENV{MAMMOGRAFT_OPENVINO_DIR}")
endif()
set(_openvino_dir "${MAMMOGRAFT_OPENVINO_DIR}")
if(NOT _openvino_dir)
  set(_openvino_dir "${CMAKE_SOURCE_DIR}/.cache/openvino/openvino")
endif()

# Looked up anew each time, as LibTorch is. The wheel has no unversioned names.
set(_openvino_library)
set(_openvino_tbb)
file(GLOB _openvino_library "${_openvino_dir}/libs/libopenvino.so*")
file(GLOB _openvino_tbb "${_openvino_dir}/libs/libtbb.so*")
if(NOT EXISTS "${_openvino_dir}/include/openvino/openvino.hpp")
  set(_openvino_library)
endif()
find_package_handle_standard_args(MammograftOpenVino
  REQUIRED_VARS _openvino_library _openvino_tbb
  REASON_FAILURE_MESSAGE
    "OpenVINO (looked in '${_openvino_dir}'): run scripts/setup.sh with MAMMOGRAFT_OPENVINO=1, or set \
MAMMOGRAFT_OPENVINO_DIR to the folder of its wheel.")

if(MammograftOpenVino_FOUND)
  set(MAMMOGRAFT_OPENVINO_FOUND_DIR "${_openvino_dir}")
  file(STRINGS "${_openvino_dir}/include/openvino/core/version.hpp" _openvino_lines
    REGEX "define OPENVINO_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE ".*_MAJOR ([0-9]+).*_MINOR ([0-9]+).*_PATCH ([0-9]+).*" "\\1.\\2.\\3"
    MammograftOpenVino_VERSION "${_openvino_lines}")
  if(NOT TARGET mammograft_openvino)
    list(GET _openvino_library 0 _openvino_library)
    list(GET _openvino_tbb 0 _openvino_tbb)
    add_library(mammograft_openvino SHARED IMPORTED)
    get_filename_component(_openvino_soname "${_openvino_library}" NAME)
    set_target_properties(mammograft_openvino PROPERTIES
      IMPORTED_LOCATION "${_openvino_library}" IMPORTED_SONAME "${_openvino_soname}")
    # Its TBB too, named so that the program loads it before OpenCV asks for the system's, an older one
    # under the same name.
    target_link_libraries(mammograft_openvino INTERFACE
      "-Wl,--no-as-needed,${_openvino_tbb},--as-needed")
  endif()
endif()
