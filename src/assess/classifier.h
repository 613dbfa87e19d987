// A small network that learns to tell real masses from synthetic ones: the harder that is, the more
// alike they are (a classifier two-sample test: Lopez-Paz and Oquab, ICLR 2017). No torch in this
// header.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "assess/mass_sample.h"
#include "core/options.h"
#include "core/progress.h"

namespace mammograft {

struct ClassifierOptions {
  int seeds = 3;
  int steps = 200;
  int batch = 32;
  double learning_rate = 3e-3;
  double weight_decay = 1e-3;
  double disc = 0.3;  // of the window's side: radius of the disc that is pooled by itself
  double brightness = 0.2;
  double contrast = 0.2;
  template <typename V>
  void fields(V&& v) {
    v("seeds", seeds, "networks trained for each fold and set; their scores are averaged");
    v("steps", steps, "optimiser steps of each network");
    v("batch", batch, "windows a step, half of them real");
    v("learning_rate", learning_rate, "peak learning rate (Adam, cosine)");
    v("weight_decay", weight_decay, "L2 penalty on the weights");
    v("disc", disc, "radius of the disc pooled apart from the window, share of the side");
    v("brightness", brightness, "augmentation: largest shift of a window, in its own scale");
    v("contrast", contrast, "augmentation: largest change of a window's scale");
  }
};

// Throws usage for numbers that make no training.
void check(const ClassifierOptions& options);

// What the network sees: (pixels - median) / (1.4826 * median absolute deviation), both over what
// lies in the breast (`inside`, CV_8UC1 nonzero), cut off at +-8; 0 outside of the breast. So
// neither exposure nor the breast's edge tells where a mass is from. CV_32FC1 both.
cv::Mat normalised_window(const cv::Mat& window, const cv::Mat& inside);

struct ClassifierScores {
  std::vector<int> fold;                   // [sample]: where it was tested, or -1
  std::vector<std::vector<double>> score;  // [seed][sample]: logit, higher = more synthetic; or NaN
  double seconds = 0;                      // of all training and testing
};

// Trains options.seeds networks for each fold on the samples none of whose patients is in the fold,
// and tests them on those all of whose patients are. Folds that do not hold both kinds are not
// trained. Same seed, same scores, on any number of threads. Throws bad_input when a training part
// lacks one kind.
ClassifierScores cross_validate(const std::vector<MassSample>& samples, int folds,
                                const ClassifierOptions& options, uint64_t seed, int threads,
                                Progress& progress);

}  // namespace mammograft
