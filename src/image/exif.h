// The orientation in a picture's EXIF: how a viewer is to turn the stored pixels (EXIF 2.3, tag
// 0x0112).
#pragma once

#include <string_view>

namespace mammograft {

// 1 as stored, 2 mirrored, 3 upside down, 4 both, 5 to 8 the same turned by a quarter, so that
// width and height change places. `tiff`: an EXIF block without JPEG's "Exif" before it. 1 where it
// says nothing, or nothing that can be understood.
int exif_orientation(std::string_view tiff);

inline bool swaps_sides(int orientation) { return orientation >= 5; }

}  // namespace mammograft
