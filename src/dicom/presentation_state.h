// Grayscale Softcopy Presentation States (PS3.3 A.33.1): outlines that a viewer draws over an
// image.
#pragma once

#include <filesystem>

#include "dicom/object_header.h"

namespace mammograft {

// The outline of each finding with its score beside it, on a layer of its own; a text where there
// is none. The image is shown as a whole and in the grey values that its own header asks for, which
// a presentation state replaces. Throws io.
void write_presentation_state(const std::filesystem::path& path, const SearchedImage& image,
                              const Algorithm& algorithm, const ContentTime& time);

}  // namespace mammograft
