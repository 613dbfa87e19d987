// Measurement reports (PS3.16 TID 1500), which viewers show: regions of images, each with what was
// found there and measures of it.
#pragma once

#include <filesystem>

#include "dicom/object_header.h"

namespace mammograft {

// A Comprehensive SR with a group (TID 1410) for each finding of the images of a study, also where
// there is none. Of several polygons of a finding the largest is its region. Throws io.
void write_measurement_sr(const std::filesystem::path& path,
                          const std::vector<SearchedImage>& images, const Algorithm& algorithm,
                          const ContentTime& time);

}  // namespace mammograft
