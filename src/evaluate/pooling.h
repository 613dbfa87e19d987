// Which detections files form one result, and on which images that result is scored.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "evaluate/named_detections.h"

namespace mammograft {

// One result: the files that belong to it and the images that count.
struct Pool {
  std::string name;
  std::string system;  // results of one system have the same
  std::vector<const NamedDetections*> files;
  std::set<int64_t> images;
};

// `pool`: "auto", "yes", "no" (see EvaluateOptions). Checks that all image ids are the truth's and
// that pooled files share no image; throws bad_input.
std::vector<Pool> make_pools(const Cohort& truth, const std::vector<NamedDetections>& files,
                             const std::string& pool);

// The runs of named systems: the files of one run are folds of it.
struct SystemRun {
  std::string system;
  std::vector<NamedDetections> files;
};
// A pool for each run, in order; runs of one system are numbered. Throws as the above.
std::vector<Pool> make_pools(const Cohort& truth, const std::vector<SystemRun>& runs);

// The images that a file says it searched; without a list, those on which it has detections.
std::set<int64_t> searched_images(const NamedDetections& file);

}  // namespace mammograft
