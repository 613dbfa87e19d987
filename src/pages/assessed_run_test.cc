#include "pages/assessed_run.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

TEST(AssessedRun, TheRealMassesComeFirst) {
  const HandMadeAssessment made;
  const auto sets = all_sets(made.assessment);
  ASSERT_EQ(sets.size(), 3u);
  EXPECT_EQ(sets[0], &made.assessment.real);
  EXPECT_EQ(sets[2], &made.assessment.sets[1]);
}

}  // namespace
}  // namespace mammograft
