#include "evaluate/mark_labels.h"

namespace mammograft {

std::vector<LabelledScore> mark_labels(const SetResult& set) {
  std::vector<LabelledScore> labels;
  for (size_t i = 0; i < set.matches.size(); ++i) {
    const Outcome outcome = set.matches[i].outcome;
    if (outcome == Outcome::hit || outcome == Outcome::false_positive)
      labels.push_back({set.detections[i].score, outcome == Outcome::hit});
  }
  return labels;
}

}  // namespace mammograft
