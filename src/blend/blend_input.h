// A graft window as the networks see it.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "blend/generator_options.h"
#include "core/rng.h"
#include "graft/graft_window.h"
#include "graft/seated_lesion.h"

namespace mammograft {

// What a generator looks at. All [N, 1, H, W] fp32; grey levels normalised so that the range's low
// is -1 and its high 1.
struct BlendView {
  torch::Tensor x, pasted, omega, seen;
  // [N, 3, H, W]: x, pasted, the mask: 1 in omega, 0 around it, -1 beyond the image's border, where
  // x is mirrored tissue that is not there.
  torch::Tensor input() const;
};

// And what it learns from.
struct BlendBatch : BlendView {
  torch::Tensor e, feather, breast;
  torch::Tensor body;   // what the residual is added to, with x
  torch::Tensor fused;  // x and the lesion in one (graft/fusion.h), faded in as the result is
};

struct BlendInputOptions {
  GeneratorOptions generator;
  std::string match = "membrane";
  // Noise instead of the lesion, and no body: the baseline without a mass prior.
  bool noise = false;
};

// The lesion in the background, by one of the ways of matching; grey levels of x.
SeatedLesion seated(const GraftWindow& window, const std::string& match);

// What a generator's residual is added to, with x, by its options: CV_32FC1, grey levels of x.
cv::Mat body_of(const GraftWindow& window, const SeatedLesion& lesion,
                const GeneratorOptions& options);

// Windows of one size; `levels`: their seated lesions' (graft/seated_lesion.h); `rngs`: one each,
// for the noise.
BlendView make_blend_view(const std::vector<GraftWindow>& windows,
                          const std::vector<cv::Mat>& levels, bool noise,
                          const std::vector<Rng>& rngs);
BlendBatch make_blend_batch(const std::vector<GraftWindow>& windows,
                            const BlendInputOptions& options, const std::vector<Rng>& rngs);

torch::Tensor to_tensor(const std::vector<cv::Mat>& images);  // CV_32FC1 -> [N, 1, H, W]
cv::Mat to_image(const torch::Tensor& plane);                 // [H, W] -> CV_32FC1, own memory
cv::Mat normalised(const cv::Mat& pixels, const IntensityRange& range);       // -> CV_32FC1
cv::Mat grey_levels(const cv::Mat& normalised, const IntensityRange& range);  // -> CV_16UC1

}  // namespace mammograft
