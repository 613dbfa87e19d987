# Text files as constants of the program: no file is looked for at run time.
#
#   mammograft_embed(report HEADER report/assets.h FILES assets/report/page.html assets/report/page.css)
#
# compiles into mammograft_report, for each file, the definition of what the header declares:
#   namespace mammograft::assets { extern const std::string_view page_html, page_css; }
# A file that the header does not declare, or the other way round, does not compile or link. The
# build writes the source again when a file changes; nothing but CMake is needed.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(MAMMOGRAFT_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
  function(mammograft_embed folder)
    cmake_parse_arguments(ARG "" "HEADER" "FILES" ${ARGN})
    list(TRANSFORM ARG_FILES PREPEND ${PROJECT_SOURCE_DIR}/)
    set(source ${MAMMOGRAFT_GENERATED_DIR}/${folder}/assets.cc)
    list(JOIN ARG_FILES "|" files)  # a semicolon would not survive the command line
    add_custom_command(OUTPUT ${source}
      COMMAND ${CMAKE_COMMAND} "-DHEADER=${ARG_HEADER}" "-DFILES=${files}" "-DOUTPUT=${source}"
        -P ${MAMMOGRAFT_EMBED_SCRIPT}
      DEPENDS ${ARG_FILES} ${MAMMOGRAFT_EMBED_SCRIPT}
      COMMENT "Embedding the files of ${ARG_HEADER}" VERBATIM)
    target_sources(mammograft_${folder} PRIVATE ${source})
  endfunction()
  return()
endif()

# At build time: cmake -DHEADER=... -DFILES=a|b -DOUTPUT=... -P this_file
cmake_minimum_required(VERSION 3.22)
string(REPLACE "|" ";" files "${FILES}")
set(text "// Made from the files named below (cmake/mammograft_embed.cmake).\n#include \"${HEADER}\"\n")
string(APPEND text "\nnamespace mammograft::assets {\n")
foreach(file IN LISTS files)
  file(SIZE ${file} size)
  file(READ ${file} content)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER ${name} constant)
  string(FIND "${content}" ")embedded\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${file}: found )embedded\", expected a text without it")
  endif()
  string(APPEND text
    "\nconstexpr std::string_view ${constant} = R\"embedded(${content})embedded\";\n"
    "static_assert(${constant}.size() == ${size});\n")  # CMake reads text and may change it
endforeach()
string(APPEND text "\n}  // namespace mammograft::assets\n")
file(WRITE ${OUTPUT} "${text}")
