// Where the breast is: foreground against air, labels and film edges; and the pectoral muscle.
#pragma once

#include <opencv2/core.hpp>
#include <optional>
#include <string>

#include "core/options.h"
#include "image/box.h"
#include "image/polygon.h"

namespace mammograft {

struct BreastOptions {
  double threshold_share = 0.4;    // of Otsu's, of the pixels below 0.9 of full scale
  double threshold_floor = 0.047;  // of full scale: air is darker than this
  bool pectoral = true;            // look for the muscle where the view is oblique or not known
  template <typename V>
  void fields(V&& v) {
    v("threshold_share", threshold_share, "breast threshold as a share of Otsu's");
    v("threshold_floor", threshold_floor, "lowest breast threshold, share of full scale");
    v("pectoral", pectoral, "segment the pectoral muscle in oblique views");
  }
};

// Throws usage naming the field, which stands in group `group`.
void check(const BreastOptions& options, const std::string& group);

struct BreastRegion {
  cv::Mat mask;                 // CV_8UC1, 0 or 255, size of the image: breast with the muscle
  cv::Mat pectoral;             // CV_8UC1, the same size; empty(): not looked for or not found
  Box box;                      // tight around mask
  bool chest_wall_left = true;  // side of the image at which the breast touches the border
};

// pixels: CV_16UC1, full scale 65535 (image/value_bits.h). `view` "MLO"/"ML"... enables the search
// for the muscle; empty: decide by shape. An unknown view asks for clearer evidence of a muscle.
// About 11 ms for 1024 x 1024 on one core. Never throws on an image without a breast: then the mask
// is the whole image and `box` covers it.
BreastRegion segment_breast(const cv::Mat& pixels, const std::string& view = {},
                            const BreastOptions& options = {});

// Whether the chest wall is on the left: the side of the breast's box along which more breast lies
// (it tapers to the nipple), or where the picture cuts both off the brighter one. pixels: one
// channel of any depth, breast: CV_8UC1, not empty.
bool chest_wall_on_left(const cv::Mat& pixels, const cv::Mat& breast);

}  // namespace mammograft
