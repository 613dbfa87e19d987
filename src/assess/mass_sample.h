// A mass as those see it who tell synthetic from real ones, and the folds in which they are tested.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace mammograft {

struct MassSample {
  cv::Mat window;  // CV_32FC1, square, as normalised_window() gives it; of one size
  bool synthetic = false;
  std::vector<int> folds;          // of its patients, at least one
  std::vector<double> appearance;  // graft/appearance.h
};

// The fold in which a sample is tested: that of all its patients; -1 where they differ.
int test_fold(const MassSample& sample);

// Of every sample; -1 too where its fold does not test both kinds, and so trains nobody.
std::vector<int> test_folds(const std::vector<MassSample>& samples, int folds);

// Those none of whose patients is in the fold: to learn from. Throws bad_input when one kind is
// missing.
struct TrainingPart {
  std::vector<const MassSample*> real, synthetic;
};
TrainingPart training_part(const std::vector<MassSample>& samples, int fold);

}  // namespace mammograft
