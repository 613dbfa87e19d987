// Mammography CAD SR (PS3.3 A.35.5; PS3.16 TID 4000): what mammography workstations show as marks.
#pragma once

#include <filesystem>

#include "dicom/object_header.h"

namespace mammograft {

// One report about all images of a study, also where nothing was found. Of several polygons of a
// finding the largest is its outline (TID 4021 has one). The score is the certainty of the finding,
// not a probability of cancer. Throws io.
void write_cad_sr(const std::filesystem::path& path, const std::vector<SearchedImage>& images,
                  const Algorithm& algorithm, const ContentTime& time);

}  // namespace mammograft
