// Where a synthetic image comes from: which patients its pixels show, and from whom the network
// that made it has learnt.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

inline bool is_synthetic(const ImageRecord& image) { return image.source.is_object(); }

// The patient of the image and, of a synthetic one, those of its background and of its lesion.
// Sorted, unique, without empty ids.
std::vector<std::string> patients_of(const ImageRecord& image);

// hash_patient() of all patients that the networks behind the cohort's synthetic images learnt
// from: info["learnt_from_hashed"], of merged cohorts too.
std::set<std::string> learnt_from(const Cohort& cohort);

}  // namespace mammograft
