// Precision against recall, and the area under it by COCO's interpolation: average precision. Lin
// et al., "Microsoft COCO: Common Objects in Context", ECCV 2014, and the evaluation code of the
// COCO API (pycocotools): the precision at a recall is the highest that is reached at that recall
// or a higher one, averaged over the recalls 0, 0.01, ..., 1.
#pragma once

#include <vector>

#include "stats/times_block.h"

namespace mammograft {

// A detection that counts: it finds a mass, or it is a false positive.
struct RecallEvent {
  double score = 0;  // not NaN
  int patient = 0;
  bool hit = false;
};

// For many resamples: the events are sorted once, a block of resamples is one pass over them.
class PrecisionRecall {
 public:
  // Events with one score stay in the order in which they are given, each a point of the curve of
  // its own, as COCO has it. `positives_of_patient`: masses that could be found.
  PrecisionRecall(std::vector<RecallEvent> events, std::vector<int> positives_of_patient);

  double value() const;   // average precision, everybody once; NaN without a positive
  double recall() const;  // of all events together; NaN without a positive

  // As if every patient were there as often as `times` says, each event followed by its copies.
  Lanes<double> at(const TimesBlock& times) const;

 private:
  // `peak`: a hit that no hit follows. Precision grows along hits and falls along false positives,
  // so that nowhere else it can be the highest at its recall or a higher one.
  struct Step {
    int patient;
    bool hit, peak;
  };
  std::vector<Step> steps_;  // by falling score
  std::vector<int> positives_of_patient_;
};

}  // namespace mammograft
