#include "core/finite_json.h"

#include <gtest/gtest.h>

#include <limits>

namespace mammograft {
namespace {

TEST(FiniteJson, IsNullWhereANumberIsNotKnown) {
  EXPECT_EQ(finite_json(-0.25).dump(), "-0.25");
  EXPECT_EQ(finite_json(std::numeric_limits<double>::max()).get<double>(),
            std::numeric_limits<double>::max());
  EXPECT_EQ(finite_json(std::nan("")).dump(), "null");
  EXPECT_EQ(finite_json(std::numeric_limits<double>::infinity()).dump(), "null");
  EXPECT_EQ(finite_json(-std::numeric_limits<double>::infinity()).dump(), "null");
}

}  // namespace
}  // namespace mammograft
