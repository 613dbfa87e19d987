# bin/mammograft, which answers --version at once, and the program that it starts for all else,
# libexec/mammograft-program: that one loads LibTorch.
set_source_files_properties(src/cli/version.cc PROPERTIES COMPILE_DEFINITIONS
  "MAMMOGRAFT_TORCH_VERSION=\"${MammograftTorch_VERSION}\";MAMMOGRAFT_OPENVINO_VERSION=\"${MammograftOpenVino_VERSION}\"")

add_executable(mammograft_program src/cli/main.cc)
target_compile_options(mammograft_program PRIVATE ${MAMMOGRAFT_WARNINGS})
target_link_libraries(mammograft_program PRIVATE mammograft_cli)
set_target_properties(mammograft_program PROPERTIES OUTPUT_NAME mammograft-program
  RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/libexec)

add_executable(mammograft src/cli/launcher.cc src/cli/version.cc)
target_compile_options(mammograft PRIVATE ${MAMMOGRAFT_WARNINGS})
target_link_libraries(mammograft PRIVATE mammograft_core)
add_dependencies(mammograft mammograft_program)
