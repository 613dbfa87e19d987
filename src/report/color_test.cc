#include "report/color.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

TEST(Color, IsWrittenInTwoDigitsEach) { EXPECT_EQ(hex({0, 114, 255}), "#0072ff"); }

}  // namespace
}  // namespace mammograft
