#include "experiment/study_lock.h"

#include <gtest/gtest.h>

#include <optional>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(StudyLock, IsForOneAtATime) {
  const TestFolder folder;
  std::optional<StudyLock> first(std::in_place, folder / "study");
  EXPECT_ERROR(StudyLock(folder / "study"), usage, "another command works in this study");
  EXPECT_NO_THROW(StudyLock(folder / "other"));
  first.reset();
  EXPECT_NO_THROW(StudyLock(folder / "study"));
}

}  // namespace
}  // namespace mammograft
