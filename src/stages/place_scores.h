// Scores by place, learnt from what a detector found in held-out patients.
#pragma once

#include <optional>
#include <vector>

#include "detect/place_score.h"
#include "evaluate/named_detections.h"
#include "evaluate/set_result.h"

namespace mammograft {

struct PlaceScores {
  PlaceFit fit;  // of all patients
  // The detections with the scores that they would have had: each by a fit of other patients.
  std::vector<NamedDetections> cross_fitted;
};

// Whether breast_bbox says of every image with a detection where its breast lies.
bool breasts_known(const SetResult& set);

// `set`: what became of the detections of all files together; its breasts are known. Nothing where
// one of the parts has no hit or no false positive to learn from.
std::optional<PlaceScores> place_scores(const SetResult& set,
                                        const std::vector<NamedDetections>& detections);

}  // namespace mammograft
