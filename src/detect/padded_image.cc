#include "detect/padded_image.h"

#include <torch/types.h>

#include "detect/batch.h"

namespace mammograft {

torch::Tensor padded_image(const NetworkInput& input, int64_t multiple) {
  const int64_t height = padded(input.pixels.rows, multiple),
                width = padded(input.pixels.cols, multiple);
  torch::Tensor image = torch::zeros({1, 1, height, width});
  cv::Mat canvas(static_cast<int>(height), static_cast<int>(width), CV_32FC1,
                 image.data_ptr<float>());
  input.pixels.copyTo(canvas(cv::Rect(0, 0, input.pixels.cols, input.pixels.rows)));
  return image;
}

}  // namespace mammograft
