# Finds the libraries that Debian ships without a CMake package of their own, as imported targets:
#   mammograft_opencv  OpenCV core and imgproc only (the CMake package is in libopencv-dev, which
#                      drags in GDAL and some hundreds of megabytes)
#   mammograft_spng    libspng
#   mammograft_mustache  kainjow mustache (headers)
#   mammograft_dcmtk   DCMTK and, for JPEG 2000, OpenJPEG (DCMTK's CMake package names files of all its
#                      parts, which Debian does not install together)
#   mammograft_expat   expat
#   mammograft_xlsxwriter  libxlsxwriter
#   mammograft_protozero   protozero (headers)
# Used by the build and by the installed package alike.
include(FindPackageHandleStandardArgs)

find_path(MAMMOGRAFT_OPENCV_INCLUDE opencv2/imgproc.hpp PATH_SUFFIXES opencv4)
find_library(MAMMOGRAFT_OPENCV_CORE opencv_core)
find_library(MAMMOGRAFT_OPENCV_IMGPROC opencv_imgproc)
find_path(MAMMOGRAFT_SPNG_INCLUDE spng.h)
find_library(MAMMOGRAFT_SPNG_LIBRARY spng)
find_path(MAMMOGRAFT_MUSTACHE_INCLUDE kainjow/mustache.hpp)
find_path(MAMMOGRAFT_DCMTK_INCLUDE dcmtk/dcmdata/dcfilefo.h)
find_path(MAMMOGRAFT_OPENJPEG_INCLUDE openjpeg.h PATH_SUFFIXES openjpeg-2.5)
find_library(MAMMOGRAFT_OPENJPEG_LIBRARY openjp2)
find_path(MAMMOGRAFT_EXPAT_INCLUDE expat.h)
find_library(MAMMOGRAFT_EXPAT_LIBRARY expat)
find_path(MAMMOGRAFT_XLSXWRITER_INCLUDE xlsxwriter.h)
find_library(MAMMOGRAFT_XLSXWRITER_LIBRARY xlsxwriter)
find_path(MAMMOGRAFT_PROTOZERO_INCLUDE protozero/pbf_builder.hpp)
set(MAMMOGRAFT_DCMTK_LIBRARIES)
foreach(part dcmsr dcmjpeg dcmjpls dcmdata oflog ofstd)
  find_library(MAMMOGRAFT_${part}_LIBRARY ${part})
  mark_as_advanced(MAMMOGRAFT_${part}_LIBRARY)
  list(APPEND MAMMOGRAFT_DCMTK_LIBRARIES ${MAMMOGRAFT_${part}_LIBRARY})
endforeach()
mark_as_advanced(MAMMOGRAFT_OPENCV_INCLUDE MAMMOGRAFT_OPENCV_CORE MAMMOGRAFT_OPENCV_IMGPROC
  MAMMOGRAFT_SPNG_INCLUDE MAMMOGRAFT_SPNG_LIBRARY MAMMOGRAFT_MUSTACHE_INCLUDE
  MAMMOGRAFT_DCMTK_INCLUDE MAMMOGRAFT_OPENJPEG_INCLUDE MAMMOGRAFT_OPENJPEG_LIBRARY
  MAMMOGRAFT_EXPAT_INCLUDE MAMMOGRAFT_EXPAT_LIBRARY MAMMOGRAFT_XLSXWRITER_INCLUDE
  MAMMOGRAFT_XLSXWRITER_LIBRARY MAMMOGRAFT_PROTOZERO_INCLUDE)
find_package_handle_standard_args(MammograftParts
  REQUIRED_VARS MAMMOGRAFT_OPENCV_INCLUDE MAMMOGRAFT_OPENCV_CORE MAMMOGRAFT_OPENCV_IMGPROC
    MAMMOGRAFT_SPNG_INCLUDE MAMMOGRAFT_SPNG_LIBRARY MAMMOGRAFT_MUSTACHE_INCLUDE
    MAMMOGRAFT_DCMTK_INCLUDE MAMMOGRAFT_dcmdata_LIBRARY MAMMOGRAFT_OPENJPEG_INCLUDE
    MAMMOGRAFT_OPENJPEG_LIBRARY MAMMOGRAFT_EXPAT_INCLUDE MAMMOGRAFT_EXPAT_LIBRARY
    MAMMOGRAFT_XLSXWRITER_INCLUDE MAMMOGRAFT_XLSXWRITER_LIBRARY MAMMOGRAFT_PROTOZERO_INCLUDE
  REASON_FAILURE_MESSAGE "Run scripts/setup.sh, which installs the system packages.")

if(MammograftParts_FOUND AND NOT TARGET mammograft_opencv)
  add_library(mammograft_opencv INTERFACE IMPORTED)
  set_target_properties(mammograft_opencv PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${MAMMOGRAFT_OPENCV_INCLUDE}"
    INTERFACE_LINK_LIBRARIES "${MAMMOGRAFT_OPENCV_IMGPROC};${MAMMOGRAFT_OPENCV_CORE}")
  add_library(mammograft_spng INTERFACE IMPORTED)
  set_target_properties(mammograft_spng PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${MAMMOGRAFT_SPNG_INCLUDE}"
    INTERFACE_LINK_LIBRARIES "${MAMMOGRAFT_SPNG_LIBRARY}")
  add_library(mammograft_mustache INTERFACE IMPORTED)
  set_target_properties(mammograft_mustache PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${MAMMOGRAFT_MUSTACHE_INCLUDE}")
  add_library(mammograft_dcmtk INTERFACE IMPORTED)
  set_target_properties(mammograft_dcmtk PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${MAMMOGRAFT_DCMTK_INCLUDE};${MAMMOGRAFT_OPENJPEG_INCLUDE}"
    INTERFACE_LINK_LIBRARIES "${MAMMOGRAFT_DCMTK_LIBRARIES};${MAMMOGRAFT_OPENJPEG_LIBRARY}")
  add_library(mammograft_expat INTERFACE IMPORTED)
  set_target_properties(mammograft_expat PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${MAMMOGRAFT_EXPAT_INCLUDE}"
    INTERFACE_LINK_LIBRARIES "${MAMMOGRAFT_EXPAT_LIBRARY}")
  add_library(mammograft_xlsxwriter INTERFACE IMPORTED)
  set_target_properties(mammograft_xlsxwriter PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${MAMMOGRAFT_XLSXWRITER_INCLUDE}"
    INTERFACE_LINK_LIBRARIES "${MAMMOGRAFT_XLSXWRITER_LIBRARY}")
  add_library(mammograft_protozero INTERFACE IMPORTED)
  set_target_properties(mammograft_protozero PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${MAMMOGRAFT_PROTOZERO_INCLUDE}")
endif()
