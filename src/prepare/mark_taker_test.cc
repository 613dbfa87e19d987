#include "prepare/mark_taker.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

// Measured with a ruler: something is there, but not where its rim is.
TEST(MarkTaker, ARulerIsNoMassButAMark) {
  SourceImage measured, other;
  MarkTaker taker({{"1", &measured}, {"2", &other}});
  EXPECT_TRUE(taker.take("report", {{"1", true, false, std::nullopt}}));
  EXPECT_TRUE(taker.is_marked(measured));
  EXPECT_FALSE(taker.is_marked(other));
  EXPECT_TRUE(measured.annotations.empty());
  EXPECT_EQ(measured.record.status, Status::unknown);
  EXPECT_FALSE(taker.take("report", {{"3", true, false, std::nullopt}})) << "of no image here";
}

}  // namespace
}  // namespace mammograft
