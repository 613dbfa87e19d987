// Whose data stand behind images: the patients that they show, and those from whom the networks
// learnt that made them.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"

namespace mammograft {

// The patient of the image and, of a synthetic one, those of its background and of its lesion.
// Sorted, unique, without empty ids.
std::vector<std::string> patients_of(const ImageRecord& image);

// From whom the networks behind the cohort's synthetic images learnt: the list in its info, of
// merged cohorts too. bad_input naming the cohort when that is no list of hashes.
PatientSet learnt_from(const Cohort& cohort);

// Everybody who shows or taught something in these images of the cohort.
PatientSet patients_behind(const Cohort& cohort, const std::set<int64_t>& image_ids);

}  // namespace mammograft
