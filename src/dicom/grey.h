// From stored values to what a reader sees (PS3.3 C.11.1, C.11.2, C.11.6; PS3.4 N.2): modality LUT
// or rescale, then VOI LUT or window, then the presentation LUT's shape; brighter = denser in the
// end.
#pragma once

#include <string>

#include "core/options.h"
#include "dicom/stored_pixels.h"
#include "image/decoded_image.h"

namespace mammograft {

struct GreyOptions {
  std::string voi = "auto";
  int voi_number = 1;
  template <typename V>
  void fields(V&& v) {
    v.choice("voi", voi, {"auto", "none", "lut", "window"},
             "the values of interest: auto: the file's lookup table, else its window, else all "
             "values; none: all values, as they are stored");
    v("voi_number", voi_number, "which of several lookup tables or windows, from 1");
  }
};

struct GreyPicture {
  DecodedImage image;  // full scale; original_bits: those of the stored values
  std::string voi;     // what was used, in words: "window 1 of 3: LINEAR, centre 2047, width 4096"
  std::vector<std::string> warnings;  // those of the stored pixels too
};

// Pixel padding becomes black. Throws usage for a table or window that `options` wants and the file
// lacks; bad_input for a lookup table that is not as its descriptor says.
GreyPicture grey_picture(const DicomFile& file, const StoredPixels& pixels,
                         const GreyOptions& options = {});

}  // namespace mammograft
