// A training batch: augmented images on one canvas and their targets.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "detect/augment.h"
#include "detect/target.h"
#include "detect/training_set.h"

namespace mammograft {

struct Batch {
  torch::Tensor images;         // [N, 1, H, W] in [0, 1]; H, W multiples of 32, zero padded
  std::vector<Target> targets;  // N
  std::vector<Rng> rngs;        // N: for the losses' choice of samples
};

// Draws [step * size, (step + 1) * size) of a set.
struct BatchDraws {
  int64_t step = 0, size = 1;
};

// Which part of a batch: the `index`-th of `parts` equal ones.
struct BatchPart {
  int64_t index = 0, parts = 1;
};

// These draws of the set, or a part of them on the canvas of the whole (what is sampled depends on
// the canvas). Depends on (seed, step) alone. Masses of which less than a quarter stays on the
// canvas become ignored regions. The size is a multiple of part.parts.
Batch make_batch(const TrainingSet& set, const AugmentOptions& options, BatchDraws draws,
                 int long_side_px, const Rng& seed, BatchPart part = {});

// One image with its masses, augmented; exposed for tests and pictures.
struct AugmentedImage {
  cv::Mat pixels;  // CV_32FC1
  std::vector<TrainingMass> masses;
  std::vector<Box> ignored;
};
AugmentedImage augment(const TrainingImage& image, const AugmentOptions& options, int long_side_px,
                       Rng& rng);

int64_t padded(int64_t side, int64_t multiple = 32);  // up to the next multiple

}  // namespace mammograft
