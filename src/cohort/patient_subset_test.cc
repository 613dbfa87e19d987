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

// Patients q/0 to q/9, each with a mass, and p/2, who is learnt from or not.
Cohort other_lesions() {
  Cohort cohort;
  for (int i = 0; i <= 10; ++i) {
    ImageRecord image;
    image.id = i;
    image.patient_id = i < 10 ? fmt::format("q/{}", i) : "p/2";
    image.status = Status::mass;
    cohort.images.push_back(image);
  }
  return cohort;
}

std::set<std::string> grafted(const Folds& folds) {
  std::set<std::string> patients;
  for (const std::string& patient : learnt(folds, 0))
    if (patient.starts_with("q/")) patients.insert(patient);
  return patients;
}

TEST(PatientSubset, AsManyOfOtherLesionsAreGrafted) {
  const Cohort own = twenty_patients(), others = other_lesions();
  std::set<std::string> before;
  for (const int with_mass : {3, 7}) {
    const Folds subset = patient_subset(own, {}, 0, with_mass, 1);
    const Folds both = lesion_subset(others, own, subset, 0, with_mass, 1);
    for (const auto& [patient, fold] : subset.fold_of)
      EXPECT_EQ(both.fold_of.at(patient), fold) << patient << " was drawn as one to learn from";
    EXPECT_EQ(both.fold_of.size(), 30u) << "nobody is unknown, whom a synthesis would take";
    const std::set<std::string> kept = grafted(both);
    EXPECT_EQ(kept.size(), static_cast<size_t>(with_mass));
    EXPECT_TRUE(std::includes(kept.begin(), kept.end(), before.begin(), before.end()));
    before = kept;
  }
  const Folds subset = patient_subset(own, {}, 0, 3, 1);
  EXPECT_EQ(lesion_subset(own, own, subset, 0, 3, 1).fold_of, subset.fold_of)
      << "other outlines of the same patients";
  EXPECT_ERROR(lesion_subset(others, own, subset, 0, 11, 1), bad_input,
               "found 10 with a mass to graft, beside those to learn from, expected at least 11");
}

TEST(PatientSubset, NobodyOfTheFoldIsGrafted) {
  Folds folds = make_folds(twenty_patients(), 2, 1);
  for (int i = 0; i < 10; ++i) folds.fold_of[fmt::format("q/{}", i)] = i < 4 ? 0 : 1;
  const Folds subset = patient_subset(twenty_patients(), folds, 0, 2, 1);
  const std::set<std::string> kept =
      grafted(lesion_subset(other_lesions(), twenty_patients(), subset, 0, 2, 1));
  EXPECT_EQ(kept.size(), 2u);
  for (const std::string& patient : kept) EXPECT_EQ(folds.fold_of.at(patient), 1) << patient;
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
