#include "blend/blend_input.h"

#include <ATen/Functions.h>

#include <cstring>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "graft/bands.h"
#include "graft/fusion.h"
#include "graft/membrane.h"

namespace mammograft {
namespace {

constexpr double kNoiseDeviation = 0.3;  // about that of a mammogram's grey levels, normalised

void fill_with_noise(cv::Mat& image, const cv::Mat& omega, Rng rng) {
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const double value = kNoiseDeviation * rng.normal();
      if (omega.at<uint8_t>(y, x)) image.at<float>(y, x) = static_cast<float>(value);
    }
  }
}

cv::Mat share(const cv::Mat& mask) {
  cv::Mat result;
  mask.convertTo(result, CV_32F, 1.0 / 255);
  return result;
}

cv::Mat fused_change(const GraftWindow& window, const SeatedLesion& lesion,
                     const FusionOptions& options) {
  cv::Mat x;
  window.x.convertTo(x, CV_32F);
  return fused(x, lesion, window.omega, window.mm_per_px, options) - x;
}

}  // namespace

SeatedLesion seated(const GraftWindow& window, const std::string& match) {
  if (match != "membrane")
    return {pasted(window, match == "offset" ? rim_offset(window) : 0), window.e};
  // Enough for what a network looks at: some hundredths of a grey level in 8 bit.
  constexpr double kTolerance = 1e-3;
  return on_membrane(window, {.tolerance = kTolerance});
}

cv::Mat body_of(const GraftWindow& window, const SeatedLesion& lesion,
                const GeneratorOptions& options) {
  if (options.body == "fused") return fused_change(window, lesion, options.fusion);
  cv::Mat x, body = cv::Mat::zeros(window.x.size(), CV_32FC1);
  window.x.convertTo(x, CV_32F);
  // The coarse band of two-band blending (Burt and Adelson 1983).
  if (options.body == "coarse")
    body = blurred(lesion.levels - x, options.body_mm, window.mm_per_px);
  return body;
}

torch::Tensor BlendView::input() const { return at::cat({x, pasted, omega + seen - 1}, 1); }

torch::Tensor to_tensor(const std::vector<cv::Mat>& images) {
  ensure(!images.empty(), "a batch of nothing");
  const int64_t h = images[0].rows, w = images[0].cols;
  torch::Tensor batch = at::empty({std::ssize(images), 1, h, w}, at::kFloat);
  float* out = batch.data_ptr<float>();
  for (const cv::Mat& image : images) {
    ensure(image.type() == CV_32FC1 && image.rows == h && image.cols == w,
           "a batch of images of different sizes");
    for (int y = 0; y < h; ++y, out += w)
      std::memcpy(out, image.ptr<float>(y), static_cast<size_t>(w) * sizeof(float));
  }
  return batch;
}

cv::Mat to_image(const torch::Tensor& plane) {
  const torch::Tensor cpu = plane.detach().to(at::kCPU, at::kFloat).contiguous();
  return cv::Mat(static_cast<int>(cpu.size(0)), static_cast<int>(cpu.size(1)), CV_32FC1,
                 cpu.data_ptr<float>())
      .clone();
}

cv::Mat normalised(const cv::Mat& pixels, const IntensityRange& range) {
  return convert_range(pixels, range, {-1, 1});
}

cv::Mat grey_levels(const cv::Mat& normalised, const IntensityRange& range) {
  cv::Mat pixels;
  convert_range(normalised, {-1, 1}, range).convertTo(pixels, CV_16U);
  return pixels;
}

BlendView make_blend_view(const std::vector<GraftWindow>& windows,
                          const std::vector<cv::Mat>& levels, bool noise,
                          const std::vector<Rng>& rngs) {
  std::vector<cv::Mat> x, paste, omega, seen;
  for (size_t i = 0; i < windows.size(); ++i) {
    const GraftWindow& window = windows[i];
    x.push_back(normalised(window.x, window.range));
    paste.push_back(normalised(levels[i], window.range));
    if (noise) fill_with_noise(paste.back(), window.omega, rngs[i]);
    omega.push_back(share(window.omega));
    seen.push_back(share(window.seen));
  }
  return {to_tensor(x), to_tensor(paste), to_tensor(omega), to_tensor(seen)};
}

BlendBatch make_blend_batch(const std::vector<GraftWindow>& windows,
                            const BlendInputOptions& options, const std::vector<Rng>& rngs) {
  std::vector<cv::Mat> levels, e, fade, breast, body, both;
  for (const GraftWindow& window : windows) {
    const SeatedLesion lesion = seated(window, options.match);
    levels.push_back(lesion.levels);
    e.push_back(normalised(window.e, window.range));
    fade.push_back(feather(window.omega, options.generator.feather_px));
    breast.push_back(share(window.breast));
    const double per_level = 2 / (window.range.high - window.range.low);
    const cv::Mat change = fused_change(window, lesion, options.generator.fusion);
    both.push_back(normalised(window.x, window.range) + fade.back().mul(change * per_level));
    const cv::Mat own =
        options.generator.body == "fused" ? change : body_of(window, lesion, options.generator);
    body.push_back(cv::Mat(own * (options.noise ? 0 : per_level)));
  }
  return {make_blend_view(windows, levels, options.noise, rngs),
          to_tensor(e),
          to_tensor(fade),
          to_tensor(breast),
          to_tensor(body),
          to_tensor(both)};
}

}  // namespace mammograft
