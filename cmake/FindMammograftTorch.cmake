# Finds LibTorch in a folder or in the torch wheel of a python, without the wheel's own CMake package
# (it stops when a CUDA build finds no CUDA toolkit, and prefers a system LibTorch to the wheel's).
# In this order, each as a CMake or an environment variable:
#   MAMMOGRAFT_TORCH_DIR     a LibTorch folder (with include/ and lib/)
#   MAMMOGRAFT_TORCH_PYTHON  a python whose torch is used; by default .venv/bin/python of the source
#                            tree, or python3 for a project that uses an installed mammograft
# Defines the target mammograft_torch, MammograftTorch_VERSION and MAMMOGRAFT_TORCH_FOUND_DIR.
# CPU and CUDA builds are both fine.
include(FindPackageHandleStandardArgs)

foreach(variable MAMMOGRAFT_TORCH_DIR MAMMOGRAFT_TORCH_PYTHON)
  if(NOT ${variable} AND NOT "$ENV{${variable}}" STREQUAL "")
    set(${variable} "$ENV{${variable}}")
  endif()
endforeach()

set(_torch_dir "${MAMMOGRAFT_TORCH_DIR}")
set(_torch_origin "MAMMOGRAFT_TORCH_DIR")
if(NOT _torch_dir)
  set(_torch_python "${MAMMOGRAFT_TORCH_PYTHON}")
  if(NOT _torch_python)
    set(_torch_python "${CMAKE_SOURCE_DIR}/.venv/bin/python")
    if(NOT EXISTS "${_torch_python}")
      set(_torch_python python3)
    endif()
  endif()
  set(_torch_origin "the torch of ${_torch_python}")
  execute_process(
    COMMAND ${_torch_python} -c
      "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"
    OUTPUT_VARIABLE _torch_dir OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()

# Looked up anew each time: a cached library of another LibTorch would be linked with these headers.
set(_torch_lib "${_torch_dir}/lib")
foreach(name torch_cpu c10 torch_cuda c10_cuda)
  unset(_library_${name})
  find_library(_library_${name} ${name} PATHS "${_torch_lib}" NO_DEFAULT_PATH NO_CACHE)
endforeach()

set(_torch_header "${_torch_dir}/include/torch/headeronly/version.h")
if(EXISTS "${_torch_header}")
  file(STRINGS "${_torch_header}" _torch_lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE
    ".*_MAJOR ([0-9]+).*_MINOR ([0-9]+).*_PATCH ([0-9]+).*" "\\1.\\2.\\3"
    MammograftTorch_VERSION "${_torch_lines}")
elseif(EXISTS "${_torch_dir}/build-version")  # older LibTorch folders: only to name what was found
  file(STRINGS "${_torch_dir}/build-version" MammograftTorch_VERSION LIMIT_COUNT 1)
endif()

find_package_handle_standard_args(MammograftTorch
  REQUIRED_VARS _library_torch_cpu _library_c10 MammograftTorch_VERSION
  VERSION_VAR MammograftTorch_VERSION
  REASON_FAILURE_MESSAGE
    "LibTorch (looked for ${_torch_origin}, in '${_torch_dir}'): run scripts/setup.sh, or set \
MAMMOGRAFT_TORCH_DIR to a LibTorch folder or MAMMOGRAFT_TORCH_PYTHON to a python with torch.")

if(MammograftTorch_FOUND)
  set(MAMMOGRAFT_TORCH_FOUND_DIR "${_torch_dir}")
  if(NOT TARGET mammograft_torch)
    add_library(mammograft_torch INTERFACE IMPORTED)
    # LibTorch brings the headers of another {fmt} than the one that is linked: that one's go first.
    find_path(MAMMOGRAFT_FMT_INCLUDE fmt/format.h)
    mark_as_advanced(MAMMOGRAFT_FMT_INCLUDE)
    if(EXISTS "${_torch_dir}/include/fmt" AND MAMMOGRAFT_FMT_INCLUDE)
      set(_torch_before "${CMAKE_BINARY_DIR}/mammograft-before-torch")
      file(MAKE_DIRECTORY "${_torch_before}")
      file(CREATE_LINK "${MAMMOGRAFT_FMT_INCLUDE}/fmt" "${_torch_before}/fmt" SYMBOLIC)
      target_include_directories(mammograft_torch SYSTEM INTERFACE "${_torch_before}")
    endif()
    target_include_directories(mammograft_torch SYSTEM INTERFACE
      "${_torch_dir}/include" "${_torch_dir}/include/torch/csrc/api/include")
    target_link_libraries(mammograft_torch INTERFACE "${_library_torch_cpu}" "${_library_c10}")
    # at::parallel_for is a template: compiled without OpenMP it would run on one thread. Its runtime must
    # be the one that libtorch_cpu uses: a second would start threads of its own.
    file(GLOB _torch_openmp "${_torch_lib}/libgomp*.so*" "${_torch_lib}/libiomp5.so*")
    if(_torch_openmp)
      list(GET _torch_openmp 0 _torch_openmp)
      target_compile_options(mammograft_torch INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fopenmp=libgomp>
        $<$<CXX_COMPILER_ID:GNU>:-fopenmp>)
      target_link_libraries(mammograft_torch INTERFACE "${_torch_openmp}")
    else()  # a LibTorch that uses the system's
      find_package(OpenMP REQUIRED COMPONENTS CXX)
      target_link_libraries(mammograft_torch INTERFACE OpenMP::OpenMP_CXX)
    endif()
    if(_library_torch_cuda AND _library_c10_cuda)
      # Nothing refers to its symbols: kernels register themselves when it is loaded. What it needs
      # itself (cuBLAS, cuDNN, ...) is found at run time through its own RUNPATH.
      target_link_libraries(mammograft_torch INTERFACE
        "-Wl,--allow-shlib-undefined,--no-as-needed,${_library_torch_cuda},${_library_c10_cuda},--as-needed")
    endif()
  endif()
endif()
