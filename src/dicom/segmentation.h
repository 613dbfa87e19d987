// Segmentations (PS3.3 A.51): masks over the pixels of an image.
#pragma once

#include <filesystem>

#include "dicom/object_header.h"

namespace mammograft {

// A binary segmentation of the image's size, with a segment for each finding. Mammograms lie in no
// frame of reference, and none is made up: frames refer to the image alone. False, and nothing is
// written, where nothing was found: there is no segmentation without a segment. Throws io.
bool write_segmentation(const std::filesystem::path& path, const SearchedImage& image,
                        const Algorithm& algorithm, const ContentTime& time);

}  // namespace mammograft
