# MPI, for trainings in several processes, where it is found; MAMMOGRAFT_MPI: AUTO, ON or OFF. Only
# src/nn/mpi_communicator.cc sees it.
set(MPI_CXX_SKIP_MPICXX ON)  # the C++ bindings that MPI 3 removed
set(MAMMOGRAFT_WITH_MPI OFF)
if(MAMMOGRAFT_MPI STREQUAL "ON")
  find_package(MPI REQUIRED COMPONENTS CXX)
elseif(MAMMOGRAFT_MPI STREQUAL "AUTO")
  find_package(MPI QUIET COMPONENTS CXX)
elseif(NOT MAMMOGRAFT_MPI STREQUAL "OFF")
  message(FATAL_ERROR "MAMMOGRAFT_MPI: found ${MAMMOGRAFT_MPI}, expected AUTO, ON or OFF")
endif()
if(NOT MAMMOGRAFT_MPI STREQUAL "OFF" AND MPI_CXX_FOUND)
  set(MAMMOGRAFT_WITH_MPI ON)
  message(STATUS "MPI: ${MPI_CXX_LIBRARIES}")
  target_link_libraries(mammograft_nn INTERFACE $<LINK_ONLY:MPI::MPI_CXX>)
  set_source_files_properties(src/nn/launch.cc PROPERTIES
    COMPILE_DEFINITIONS MAMMOGRAFT_WITH_MPI)
  set_source_files_properties(src/nn/mpi_communicator.cc PROPERTIES
    INCLUDE_DIRECTORIES "${MPI_CXX_INCLUDE_DIRS}")
else()
  message(STATUS "MPI: none; trainings run in one process")
  set_source_files_properties(src/nn/mpi_communicator.cc PROPERTIES HEADER_FILE_ONLY ON)
endif()
