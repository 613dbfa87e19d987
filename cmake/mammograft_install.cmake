# `cmake --install build --prefix DIR`: a tree that can be moved.
#   bin/mammograft  libexec/mammograft-program  lib/  include/mammograft/  share/mammograft/assets
#   lib/cmake/mammograft/  for find_package(mammograft) -> mammograft::mammograft
# LibTorch stays where it is, unless MAMMOGRAFT_BUNDLE_TORCH puts its libraries beside ours.
include(CMakePackageConfigHelpers)
option(MAMMOGRAFT_BUNDLE_TORCH "install LibTorch's libraries into lib/ (CPU builds only)" OFF)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/mammograft)
set(data_dir ${CMAKE_INSTALL_DATADIR}/mammograft)
get_property(folders GLOBAL PROPERTY MAMMOGRAFT_FOLDERS)

# The whole library under one name; `mammograft` itself is the program's target.
add_library(mammograft_library INTERFACE)
target_link_libraries(mammograft_library INTERFACE ${folders})
set_target_properties(mammograft_library PROPERTIES EXPORT_NAME mammograft)
add_library(mammograft::mammograft ALIAS mammograft_library)

install(TARGETS ${folders} mammograft_library EXPORT mammograft-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT mammograft-targets NAMESPACE mammograft:: DESTINATION ${package_dir})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/ ${MAMMOGRAFT_GENERATED_DIR}/
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mammograft
  FILES_MATCHING PATTERN "*.h" PATTERN "testing.h" EXCLUDE PATTERN "test_*.h" EXCLUDE)

set(MAMMOGRAFT_WITH_OPENVINO OFF)
if(TARGET mammograft_openvino)
  set(MAMMOGRAFT_WITH_OPENVINO ON)
endif()
set(MAMMOGRAFT_TORCH_VERSION "${MammograftTorch_VERSION}")
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/mammograft-config.cmake.in
  ${PROJECT_BINARY_DIR}/mammograft-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/mammograft-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/mammograft-config.cmake
  ${PROJECT_BINARY_DIR}/mammograft-config-version.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindMammograftParts.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindMammograftTorch.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindMammograftOpenVino.cmake
  DESTINATION ${package_dir})

install(DIRECTORY ${PROJECT_SOURCE_DIR}/assets ${PROJECT_SOURCE_DIR}/configs DESTINATION ${data_dir}
  PATTERN assets/report EXCLUDE)  # compiled in
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE
  ${PROJECT_SOURCE_DIR}/THIRD_PARTY_NOTICES.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
# The program finds its data at ../share/mammograft from itself, here as in an installation.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/mammograft)
foreach(folder assets configs)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder}
    ${PROJECT_BINARY_DIR}/share/mammograft/${folder} SYMBOLIC)
endforeach()

if(TARGET mammograft)
  install(TARGETS mammograft RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(TARGETS mammograft_program RUNTIME DESTINATION libexec)
  if(TARGET mammograft_openvino)
    set(openvino_rpath ";${MAMMOGRAFT_OPENVINO_FOUND_DIR}/libs")
  endif()
  # First LibTorch's libraries in lib/ (bundled, or put there later), else where they were found.
  set_target_properties(mammograft_program PROPERTIES
    INSTALL_RPATH "\$ORIGIN/../${CMAKE_INSTALL_LIBDIR};${MAMMOGRAFT_TORCH_FOUND_DIR}/lib${openvino_rpath}")
  if(MAMMOGRAFT_BUNDLE_TORCH)
    if(EXISTS ${MAMMOGRAFT_TORCH_FOUND_DIR}/lib/libtorch_cuda.so)
      message(FATAL_ERROR "MAMMOGRAFT_BUNDLE_TORCH: found a CUDA build of LibTorch, expected a CPU "
        "build (CUDA's own libraries are not bundled)")
    endif()
    file(GLOB torch_libraries ${MAMMOGRAFT_TORCH_FOUND_DIR}/lib/libtorch_cpu.so
      ${MAMMOGRAFT_TORCH_FOUND_DIR}/lib/libc10.so ${MAMMOGRAFT_TORCH_FOUND_DIR}/lib/libgomp*.so*)
    install(FILES ${torch_libraries} DESTINATION ${CMAKE_INSTALL_LIBDIR})
  endif()
endif()
