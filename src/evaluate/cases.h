// Which cases a reader should see: the best, the typical, the missed, and the worst false alarms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluate/evaluate.h"

namespace mammograft {

struct CaseOptions {
  int count = 6;      // of each kind
  double fppi = 0.5;  // operating point (the nearest of the evaluated ones)
};

struct Case {
  int64_t image_id = 0;
  int mass = -1;                   // index in truth.masses that it is about; -1: a false alarm
  int detection = -1;              // index in set.detections that it is about; -1: never found
  double score = 0;                // of that detection; 0 when there is none
  bool reported = true;            // that detection, at the operating point
  std::vector<size_t> detections;  // on this image, at or above the threshold, and `detection`
};

// Every list holds at most one case of an image, and prefers patients that it does not hold yet.
struct CaseSelection {
  double threshold = 0;            // of the operating point; infinity: nothing is reported
  double fppi = 0;                 // its FPPI limit
  std::vector<Case> best;          // found masses by falling score
  std::vector<Case> typical;       // found masses, those with the scores nearest to the median
  std::vector<Case> missed;        // not found at the threshold: never found first, then low scores
  std::vector<Case> false_alarms;  // false positives at or above the threshold, by falling score
};
CaseSelection select_cases(const SetResult& set, const CaseOptions& options = {});

// Cases of `by`: masses that it finds at its operating point and the other one does not at its own,
// by falling score. Both must be of the same images.
std::vector<Case> only_found(const SetResult& by, const SetResult& other,
                             const CaseOptions& options = {});

}  // namespace mammograft
