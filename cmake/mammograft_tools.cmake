# What makes building faster where it is there (a compiler cache, a quick linker), and the sanitizers.
find_program(CCACHE ccache)
if(CCACHE)
  # The sloppiness lets it cache files that use the precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

find_program(MOLD_LINKER mold)
find_program(LLD_LINKER ld.lld)
if(MOLD_LINKER)
  # Without RELRO: mold (1.10) lets it begin in the page before its segment where thread-local data
  # of less than 8 bytes happen to end a page, and such a program does not start.
  add_link_options(-fuse-ld=mold -Wl,-z,norelro)
elseif(LLD_LINKER)
  add_link_options(-fuse-ld=lld)
endif()

set(MAMMOGRAFT_SANITIZE "" CACHE STRING "sanitizers to build with, e.g. address,undefined")
if(MAMMOGRAFT_SANITIZE)
  add_compile_options(-fsanitize=${MAMMOGRAFT_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${MAMMOGRAFT_SANITIZE})
  add_compile_definitions(MAMMOGRAFT_SANITIZED)
endif()

option(MAMMOGRAFT_TIDY "lint every file while compiling it (preset tidy)" OFF)
if(MAMMOGRAFT_TIDY)
  find_program(CLANG_TIDY clang-tidy HINTS ${PROJECT_SOURCE_DIR}/.venv/bin REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY ${CLANG_TIDY})
endif()
