// The two standard views of a breast, and of a lesion.
#pragma once

#include <cstddef>
#include <vector>

#include "cohort/cohort.h"
#include "graft/lesion_bank.h"

namespace mammograft {

struct ViewPair {
  size_t cc = 0, mlo = 0;
};

struct BreastPairs {
  std::vector<ViewPair> pairs;  // indices into cohort.images, in the order of the CC images
  size_t left_out = 0;          // breasts that lack one of the views
  size_t unknown = 0;           // images whose patient, side or view is not known
};

// Of the images at `usable`: a breast's first CC and first MLO image. bad_input where no breast has
// both, saying how many have what.
BreastPairs breast_pairs(const Cohort& cohort, const std::vector<size_t>& usable);

// Indices into the bank, every lesion once. One that its cohort shows in both views (the same
// `lesion_id` of one patient) has its own picture for each; any other has its one picture for both.
std::vector<ViewPair> lesion_pairs(const LesionBank& bank);

}  // namespace mammograft
