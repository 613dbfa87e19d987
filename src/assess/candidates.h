// The masses of an assessment between its cohorts and its result.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assess/assess_input.h"
#include "assess/assess_options.h"
#include "assess/assessed_set.h"
#include "assess/origin_index.h"
#include "core/progress.h"

namespace mammograft {

// A mass on its way: its measures, and what tells synthetic from real ones looks at.
struct Candidate {
  MassRef ref;
  Provenance provenance;
  std::optional<MassRef> source;
  std::optional<OriginIndex::Image> background;
  MassMeasures measures;
  cv::Mat window;  // normalised
};

struct CandidateSet {
  std::string name;
  std::vector<Candidate> masses;
  double dilation_mm = 0;  // of what was grafted, before it was scaled
  int left_out = 0, unknown_backgrounds = 0;
};

// What sources and backgrounds of candidates, and of the result, point into.
struct Origins {
  OriginIndex lesions, backgrounds;
};
std::shared_ptr<const Origins> origins_of(const AssessInput& input);

struct Candidates {
  CandidateSet real;
  std::vector<CandidateSet> sets;
};

// Everything that can be wrong with the input is found before the first pixel is read: throws as
// assess() does.
Candidates candidates_of(const AssessInput& input, const AssessOptions& options,
                         const Origins& origins);

// Measures all masses, and what their lesions had, and drops those that cannot be seen. Throws
// bad_input for a set of which nothing is left.
void measure(Candidates& candidates, const AssessOptions& options, int threads, Progress& progress);

}  // namespace mammograft
