// Where a synthetic image comes from: which patients its pixels show, and from whom the network
// that made it has learnt.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"

namespace mammograft {

inline bool is_synthetic(const ImageRecord& image) { return image.source.is_object(); }

// The patient of the image and, of a synthetic one, those of its background and of its lesion.
// Sorted, unique, without empty ids.
std::vector<std::string> patients_of(const ImageRecord& image);

// From whom the networks behind the cohort's synthetic images learnt: the list in its info, of
// merged cohorts too. bad_input naming the cohort when that is no list of hashes.
PatientSet learnt_from(const Cohort& cohort);

// Everybody whom these images of the cohort show or whose data made them.
PatientSet patients_behind(const Cohort& cohort, const std::set<int64_t>& image_ids);

}  // namespace mammograft
