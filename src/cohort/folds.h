// Folds by patient, stratified by whether the patient has a mass.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"

namespace mammograft {

struct Folds {
  int count = 0;
  uint64_t seed = 0;
  std::map<std::string, int> fold_of;  // patient_id -> 0 .. count-1
};

// Same seed, same folds, whatever the order of images. bad_input when there are fewer patients (or
// fewer patients with a mass) than folds.
Folds make_folds(const Cohort& cohort, int count, uint64_t seed);
// Each cohort divided by itself, so that every fold has its share of each; a patient in two of them
// stays where the first put it.
Folds make_folds(const std::vector<Cohort>& cohorts, int count, uint64_t seed);
Folds read_folds(const std::filesystem::path& path);
void write_folds(const std::filesystem::path& path, const Folds& folds);

// Patients in fold k are the test set of fold k. A patient of the cohort that the file does not
// know is bad_input. Of synthetic images train_part leaves out those with anything of a patient of
// fold k in them, and refuses (bad_input) those of a network that learnt from one; lesions of
// patients that the file does not know may stay. test_part holds none.
Cohort train_part(const Cohort& cohort, const Folds& folds, int fold);
Cohort test_part(const Cohort& cohort, const Folds& folds, int fold);

// The first patient of fold k among those from whom a network learnt; empty where there is none.
std::string held_out_in(const PatientSet& learnt, const Folds& folds, int fold);

}  // namespace mammograft
