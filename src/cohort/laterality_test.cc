#include "cohort/laterality.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(Laterality, IsALetterOrAWordInAnyCase) {
  for (const char* left : {"L", "l", "left", "LEFT", "Left"})
    EXPECT_EQ(laterality_from(left, ""), "L") << left;
  for (const char* right : {"R", "r", "right", "RIGHT"})
    EXPECT_EQ(laterality_from(right, ""), "R") << right;
  EXPECT_EQ(laterality_from("", ""), "");
  for (const char* none : {"both", "lef", " L", "1"}) {
    EXPECT_ERROR(laterality_from(none, "row 2: side"), bad_input,
                 "row 2: side: found \"" + std::string(none) + "\", expected L, R, left or right");
  }
}

}  // namespace
}  // namespace mammograft
