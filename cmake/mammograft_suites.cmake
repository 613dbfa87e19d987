# Makes every suite of a Google Test program one test of CTest: a program that loads LibTorch takes half a
# second to start, so a start for each of a thousand tests would take longer than the tests.
#   mammograft_discover_suites(detect_test PREFIX detect. TIMEOUT 600 ENVIRONMENT A=1)
# Tests with "Slow" in their full name are left out: they are tests of their own. After each build the program
# itself says what suites it has; that part of this file runs as a script.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(MAMMOGRAFT_SUITES_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
  function(mammograft_discover_suites target)
    cmake_parse_arguments(ARG "" "PREFIX;TIMEOUT;ENVIRONMENT" "" ${ARGN})
    set(suites ${CMAKE_CURRENT_BINARY_DIR}/${target}_suites.cmake)
    add_custom_command(TARGET ${target} POST_BUILD BYPRODUCTS ${suites}
      COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${target}> -D PREFIX=${ARG_PREFIX} -D TIMEOUT=${ARG_TIMEOUT}
        -D ENVIRONMENT=${ARG_ENVIRONMENT} -D FOLDER=${CMAKE_CURRENT_BINARY_DIR} -D OUT=${suites}
        -P ${MAMMOGRAFT_SUITES_SCRIPT} VERBATIM)
    set(include ${CMAKE_CURRENT_BINARY_DIR}/${target}_suites_include.cmake)
    file(WRITE ${include} "if(EXISTS \"${suites}\")\n  include(\"${suites}\")\nelse()\n"
      "  add_test(${target}_NOT_BUILT ${target}_NOT_BUILT)\nendif()\n")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include})
  endfunction()
  return()
endif()

execute_process(COMMAND ${PROGRAM} --gtest_list_tests --gtest_filter=-*Slow* WORKING_DIRECTORY ${FOLDER}
  OUTPUT_VARIABLE listed RESULT_VARIABLE result TIMEOUT 60)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} --gtest_list_tests: ${result}")
endif()
string(REGEX MATCHALL "[^\n]+" lines "${listed}")
# One of which every test was skipped, and none failed: nothing follows the list. CTest counts what matches as
# skipped even where the program fails, and a suite that fails as a whole says "0 tests" passed, too.
set(skipped "PASSED  \\\\] 0 tests\\\\.\\n(\\\\[  SKIPPED \\\\][^\\n]*\\n)+$")
set(script "")
foreach(line ${lines})
  if(line MATCHES "^([A-Za-z0-9_/]+)\\.( +#.*)?$")  # its tests follow, indented
    set(suite ${CMAKE_MATCH_1})
    string(APPEND script "add_test(\"${PREFIX}${suite}\" \"${PROGRAM}\" \"--gtest_filter=${suite}.*-*Slow*\")\n"
      "set_tests_properties(\"${PREFIX}${suite}\" PROPERTIES WORKING_DIRECTORY \"${FOLDER}\" TIMEOUT ${TIMEOUT}"
      " ENVIRONMENT \"${ENVIRONMENT}\" SKIP_REGULAR_EXPRESSION \"${skipped}\")\n")
  elseif(NOT line MATCHES "^(  |Running main)")
    message(FATAL_ERROR "${PROGRAM} --gtest_list_tests: '${line}' is no suite and no test")
  endif()
endforeach()
file(WRITE ${OUT} "${script}")
