#include "detect/validation_split.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "detect/cohort_testing.h"

namespace mammograft {
namespace {

TEST(ValidationSplit, KeepsPatientsWhole) {
  const TestFolder folder;
  Cohort cohort = cohort_to_divide(folder / "cohort");
  ValidationOptions options;
  options.share = 0.2;
  options.least_with_mass = 1;
  const Cohort held_out = split_validation(cohort, options, 7).validation;
  ASSERT_EQ(held_out.images.size(), 2u);
  EXPECT_EQ(held_out.annotations.size(), 1u);
  // A graft of a held-out patient's lesion is in neither part.
  ImageRecord graft = cohort.images[0];
  graft.id = 100;
  graft.patient_id = "test/synthetic";
  graft.source = {.method = "pie",
                  .lesion = Provenance::Lesion{{"l.png", held_out.images[0].patient_id}, 1}};
  cohort.images.push_back(graft);
  const ValidationSplit split = split_validation(cohort, options, 7);
  EXPECT_EQ(split.training.images.size(), 8u);
  EXPECT_EQ(split.validation.images.size(), 2u);
  // Too few to choose by: nothing is held out.
  ValidationOptions more = options;
  more.least_with_mass = 2;
  EXPECT_TRUE(split_validation(cohort, more, 7).validation.images.empty());
  EXPECT_EQ(split_validation(cohort, more, 7).training.images.size(), 11u);
  more.share = 1;
  EXPECT_ERROR(split_validation(cohort, more, 7), usage, "validation.share: found 1");
}

}  // namespace
}  // namespace mammograft
