#include "cohort/patient_subset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/testing.h"

namespace mammograft {
namespace {

// Patients p/0 to p/19, two images each; those with an even number have a mass in one of them.
Cohort twenty_patients() {
  Cohort cohort;
  for (int i = 0; i < 40; ++i) {
    ImageRecord image;
    image.id = i;
    image.patient_id = fmt::format("p/{}", i / 2);
    image.status = i % 4 == 0 ? Status::mass : Status::normal;
    cohort.images.push_back(image);
  }
  return cohort;
}

std::set<std::string> learnt(const Folds& folds, int fold) {
  std::set<std::string> patients;
  for (const auto& [patient, own] : folds.fold_of) {
    if (own != fold) patients.insert(patient);
  }
  return patients;
}

bool has_mass(const std::string& patient) { return (patient.back() - '0') % 2 == 0; }

TEST(PatientSubset, HoldsSoManyWithAMassAndAllWithout) {
  const std::set<std::string> kept = learnt(patient_subset(twenty_patients(), {}, 0, 4, 1), 0);
  EXPECT_EQ(std::count_if(kept.begin(), kept.end(), has_mass), 4);
  EXPECT_EQ(kept.size(), 14u);
}

TEST(PatientSubset, ALargerOneHoldsTheSmaller) {
  const std::set<std::string> few = learnt(patient_subset(twenty_patients(), {}, 0, 3, 1), 0);
  const std::set<std::string> more = learnt(patient_subset(twenty_patients(), {}, 0, 7, 1), 0);
  EXPECT_TRUE(std::includes(more.begin(), more.end(), few.begin(), few.end()));
  EXPECT_NE(learnt(patient_subset(twenty_patients(), {}, 0, 3, 2), 0), few) << "another seed";
  Cohort turned = twenty_patients();
  std::reverse(turned.images.begin(), turned.images.end());
  EXPECT_EQ(learnt(patient_subset(turned, {}, 0, 3, 1), 0), few);
}

TEST(PatientSubset, NobodyOfTheFoldComesBack) {
  const Folds folds = make_folds(twenty_patients(), 4, 1);
  for (int fold = 0; fold < 4; ++fold) {
    const Folds subset = patient_subset(twenty_patients(), folds, fold, 2, 1);
    EXPECT_EQ(subset.count, 4);
    const std::set<std::string> kept = learnt(subset, fold), all = learnt(folds, fold);
    EXPECT_TRUE(std::includes(all.begin(), all.end(), kept.begin(), kept.end()));
    EXPECT_EQ(std::count_if(kept.begin(), kept.end(), has_mass), 2);
  }
}

TEST(PatientSubset, ThereMustBeAsMany) {
  EXPECT_ERROR(patient_subset(twenty_patients(), {}, 0, 11, 1), bad_input,
               "found 10 with a mass to learn from, expected at least 11");
  EXPECT_ERROR(patient_subset(twenty_patients(), {}, 0, 0, 1), usage, "expected 1 or more");
  EXPECT_ERROR(patient_subset(twenty_patients(), Folds{2, 1, {{"p/0", 1}}}, 0, 1, 1), bad_input,
               "patient p/1 is in no fold");
}

}  // namespace
}  // namespace mammograft
