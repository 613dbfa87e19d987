# One library per folder of src/, one test program per folder. Sources are globbed: a new file needs
# no entry here. `mammograft_folder(image LINKS mammograft_core mammograft_opencv)`
#   TORCH  compile with the shared precompiled headers (mammograft_add_torch_pch, below)
# `src/<name>/*_test.cc` become `<name>_test`, every suite a test of ctest. Tests whose full name contains
# "Slow" are tests of their own with the label "slow", which `make test-fast` leaves out.
option(MAMMOGRAFT_UNITY "compile files of a folder together: a third of the time" ON)
set(MAMMOGRAFT_UNITY_BATCH 8 CACHE STRING "how many: more, a faster build of all, a slower one of a change")

# Templates of LibTorch, JSON and CLI11 are instantiated once a batch, not once a file.
function(mammograft_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${MAMMOGRAFT_UNITY} UNITY_BUILD_BATCH_SIZE ${MAMMOGRAFT_UNITY_BATCH})
endfunction()

# For tests and the command line: optimising their templates fully is half of what they take to
# compile. Not for libraries that read large files: the linker keeps one copy of a template, and it
# may be theirs. Release only; the last -O counts.
function(mammograft_compile_quickly target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

function(mammograft_folder name)
  cmake_parse_arguments(ARG "TORCH" "" "LINKS" ${ARGN})
  file(GLOB all CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|/(main|launcher)\\.cc$")
  if(NOT sources)
    add_library(mammograft_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(mammograft_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_compile_options(mammograft_${name} PRIVATE ${MAMMOGRAFT_WARNINGS})
    mammograft_compile_together(mammograft_${name})
  endif()
  target_include_directories(mammograft_${name} ${scope}
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<BUILD_INTERFACE:${MAMMOGRAFT_GENERATED_DIR}>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/mammograft>)
  target_compile_features(mammograft_${name} ${scope} cxx_std_20)
  target_link_libraries(mammograft_${name} ${scope} ${ARG_LINKS})
  set_target_properties(mammograft_${name} PROPERTIES EXPORT_NAME ${name})
  if(ARG_TORCH AND sources)
    target_precompile_headers(mammograft_${name} REUSE_FROM mammograft_torch_pch)
  endif()
  set_property(GLOBAL APPEND PROPERTY MAMMOGRAFT_FOLDERS mammograft_${name})
  if(tests AND MAMMOGRAFT_TESTS)
    mammograft_test(${name} "${tests}" "${ARG_TORCH}")
  endif()
endfunction()

function(mammograft_test name tests torch)
  add_executable(${name}_test ${tests})
  target_compile_options(${name}_test PRIVATE ${MAMMOGRAFT_WARNINGS})
  mammograft_compile_together(${name}_test)
  mammograft_compile_quickly(${name}_test)
  target_link_libraries(${name}_test PRIVATE mammograft_${name} GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE MAMMOGRAFT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(torch)
    target_precompile_headers(${name}_test REUSE_FROM mammograft_torch_pch)
  endif()
  # Tests run side by side: their threads wait briefly, as the program's do (src/cli/launcher.cc).
  set(environment GOMP_SPINCOUNT=1000)
  mammograft_discover_suites(${name}_test PREFIX ${name}. TIMEOUT 600 ENVIRONMENT ${environment})
  gtest_discover_tests(${name}_test TEST_PREFIX ${name}. NO_PRETTY_VALUES TEST_FILTER "*Slow*"
    DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 900 LABELS slow ENVIRONMENT ${environment})
endfunction()

# What most files behind torch see, precompiled once for all folders and their tests. Not torch/torch.h:
# with all of torch/nn.h in it every file, an empty one too, takes 5 s longer, which GCC spends on
# templates that nobody uses.
function(mammograft_add_torch_pch)
  set(anchor ${PROJECT_BINARY_DIR}/generated/torch_pch.cc)
  file(CONFIGURE OUTPUT ${anchor} CONTENT "// Compiled so that its precompiled header exists.\n")
  add_library(mammograft_torch_pch OBJECT ${anchor})
  target_link_libraries(mammograft_torch_pch PRIVATE mammograft_core mammograft_opencv mammograft_torch)
  target_precompile_headers(mammograft_torch_pch PRIVATE <torch/types.h> <torch/utils.h>
    <fmt/format.h> <nlohmann/json.hpp> <opencv2/core.hpp>)
endfunction()
