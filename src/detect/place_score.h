// What a detection's place says beside its score. Networks that learn from mirrored crops know
// little of where in a breast they look; lymph nodes in the axilla look like masses and lie where
// few masses are. No torch.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "image/breast_frame.h"
#include "stats/logistic.h"

namespace mammograft {

// Of a detection: the score's logit, the place and its squares, and for oblique views (MLO) an
// offset and slopes of their own; of an unknown view ("") half of these, between the two.
std::vector<double> place_features(double score, BreastPoint at, const std::string& view);

struct PlaceFit {
  LogisticFit fit;  // of place_features()
  // A score in (0, 1) again: higher where masses are likelier. In all places it rises with the
  // score, if the fit's first weight is above 0.
  double at(double score, BreastPoint at, const std::string& view) const;
};

struct PlacedMark {
  double score = 0;
  BreastPoint at;
  std::string view;
  bool positive = false;  // a hit; else a false positive
};

// Needs a mark of each kind: a defect otherwise.
PlaceFit fit_place(const std::vector<PlacedMark>& marks);

Json to_json(const PlaceFit& place);
PlaceFit place_fit_from(const JsonView& view);  // bad_input: not as to_json() has it

}  // namespace mammograft
