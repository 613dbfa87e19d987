#include "assess/mass_sample.h"

#include <algorithm>

#include "core/error.h"

namespace mammograft {

int test_fold(const MassSample& sample) {
  ensure(!sample.folds.empty(), "a mass to be told apart has no fold");
  const bool one = std::all_of(sample.folds.begin(), sample.folds.end(),
                               [&](int fold) { return fold == sample.folds.front(); });
  return one ? sample.folds.front() : -1;
}

std::vector<int> test_folds(const std::vector<MassSample>& samples, int folds) {
  std::vector<int> result;
  std::vector<char> real(static_cast<size_t>(folds), 0), synthetic = real;
  for (const MassSample& sample : samples) {
    const int fold = test_fold(sample);
    result.push_back(fold < folds ? fold : -1);
    if (result.back() >= 0) (sample.synthetic ? synthetic : real)[static_cast<size_t>(fold)] = 1;
  }
  for (int& fold : result) {
    if (fold >= 0 && !(real[static_cast<size_t>(fold)] && synthetic[static_cast<size_t>(fold)]))
      fold = -1;
  }
  return result;
}

TrainingPart training_part(const std::vector<MassSample>& samples, int fold) {
  TrainingPart part;
  for (const MassSample& sample : samples) {
    if (std::find(sample.folds.begin(), sample.folds.end(), fold) != sample.folds.end()) continue;
    (sample.synthetic ? part.synthetic : part.real).push_back(&sample);
  }
  if (part.real.empty() || part.synthetic.empty()) {
    fail(ErrorKind::bad_input,
         "fold {}: {} real and {} synthetic masses have no patient in it, expected some of each to "
         "learn from",
         fold, part.real.size(), part.synthetic.size());
  }
  return part;
}

}  // namespace mammograft
