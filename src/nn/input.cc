#include "nn/input.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "image/resize.h"
#include "nn/breast_rim.h"

namespace mammograft {
namespace {

cv::Mat with_rim(const cv::Mat& mask) {
  const int radius = std::max(1, cvRound(kRimShare * std::max(mask.rows, mask.cols)));
  cv::Mat result;
  cv::dilate(mask, result,
             cv::getStructuringElement(cv::MORPH_RECT, {2 * radius + 1, 2 * radius + 1}));
  return result;
}

cv::Rect crop_of(const Box& breast, cv::Size size, const InputOptions& options) {
  const cv::Rect image(0, 0, size.width, size.height);
  if (!options.crop || breast.empty()) return image;
  const int margin = options.margin_px;
  const int x0 = static_cast<int>(std::floor(breast.x0)) - margin;
  const int y0 = static_cast<int>(std::floor(breast.y0)) - margin;
  const int x1 = static_cast<int>(std::ceil(breast.x1)) + margin;
  const int y1 = static_cast<int>(std::ceil(breast.y1)) + margin;
  const cv::Rect crop = cv::Rect(x0, y0, x1 - x0, y1 - y0) & image;
  return crop.empty() ? image : crop;
}

cv::Size network_size(cv::Size crop, const std::optional<std::array<double, 2>>& spacing_mm,
                      const InputOptions& options) {
  double scale_x = 0, scale_y = 0;
  if (options.mm_per_px > 0) {
    if (!spacing_mm || !((*spacing_mm)[0] > 0) || !((*spacing_mm)[1] > 0)) {
      fail(ErrorKind::bad_input,
           "pixel_spacing_mm: found none, expected [row, column] because the network's scale is {} "
           "mm per pixel",
           options.mm_per_px);
    }
    scale_y = (*spacing_mm)[0] / options.mm_per_px;
    scale_x = (*spacing_mm)[1] / options.mm_per_px;
  } else {
    scale_x = scale_y =
        options.long_side_px / static_cast<double>(std::max(crop.width, crop.height));
  }
  return {std::max(1, cvRound(crop.width * scale_x)), std::max(1, cvRound(crop.height * scale_y))};
}

// (pixel - low) / (high - low), clipped to [0, 1]; 0 where the mask is 0.
cv::Mat normalise(const cv::Mat& pixels, const cv::Mat& mask, std::array<uint16_t, 2> window) {
  const float low = window[0];
  const float gain = 1.0f / static_cast<float>(std::max(1, window[1] - window[0]));
  cv::Mat result(pixels.size(), CV_32FC1);
  for (int y = 0; y < pixels.rows; ++y) {
    const uint16_t* in = pixels.ptr<uint16_t>(y);
    const uint8_t* inside = mask.ptr<uint8_t>(y);
    float* out = result.ptr<float>(y);
    for (int x = 0; x < pixels.cols; ++x) {
      const float value = std::min(1.0f, std::max(0.0f, (static_cast<float>(in[x]) - low) * gain));
      out[x] = inside[x] ? value : 0.0f;
    }
  }
  return result;
}

}  // namespace

Box InputTransform::to_network(const Box& b) const {
  const Point p0 = to_network(Point{b.x0, b.y0}), p1 = to_network(Point{b.x1, b.y1});
  return {p0.x, p0.y, p1.x, p1.y};
}

Box InputTransform::to_original(const Box& b) const {
  const Point p0 = to_original(Point{b.x0, b.y0}), p1 = to_original(Point{b.x1, b.y1});
  return {p0.x, p0.y, p1.x, p1.y};
}

NetworkInput make_network_input(const cv::Mat& pixels,
                                const std::optional<std::array<double, 2>>& spacing_mm,
                                const std::string& view, const InputOptions& options) {
  ensure(pixels.type() == CV_16UC1 && !pixels.empty(),
         "make_network_input: expected a 16-bit greyscale image, got OpenCV type {} of {} x {}",
         pixels.type(), pixels.cols, pixels.rows);
  BreastOptions breast_options = options.breast;
  breast_options.pectoral = false;  // the network sees the breast with its muscle
  const BreastRegion breast = segment_breast(pixels, view, breast_options);
  const cv::Rect crop = crop_of(breast.box, pixels.size(), options);
  const cv::Mat cropped = pixels(crop);
  const auto window = intensity_window(pixels(crop), breast.mask(crop), options.low_percentile,
                                       options.high_percentile);
  const cv::Size size = network_size(crop.size(), spacing_mm, options);
  NetworkInput input;
  input.pixels = resized(normalise(cropped, with_rim(breast.mask(crop)), window), size);
  input.transform = {static_cast<double>(crop.x), static_cast<double>(crop.y),
                     size.width / static_cast<double>(crop.width),
                     size.height / static_cast<double>(crop.height)};
  input.original_size = pixels.size();
  input.breast = breast.box;
  input.chest_wall_left = breast.chest_wall_left;
  input.view = view;
  return input;
}

}  // namespace mammograft
