#include "exchange/cell.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

TEST(Cell, Numbers) {
  EXPECT_EQ(number_of(" 0.25 "), 0.25);
  EXPECT_EQ(number_of("-1e-3"), -0.001);
  EXPECT_EQ(number_of("+3"), 3);
  EXPECT_EQ(number_of("0,5", /*decimal_comma=*/true), 0.5);
  for (const char* none : {"", " ", "x", "1x", "0,5", "+-3", "nan", "inf", "1e999", "1 2", "0x10"})
    EXPECT_FALSE(number_of(none)) << none;
  EXPECT_FALSE(number_of("1.234,5", true));
}

TEST(Cell, Integers) {
  EXPECT_EQ(integer_of("12"), 12);
  EXPECT_EQ(integer_of("12.0"), 12);
  EXPECT_EQ(integer_of("9007199254740993"), 9007199254740993);
  for (const char* none : {"", "12.5", "1e300", "99999999999999999999999", "a1"})
    EXPECT_FALSE(integer_of(none)) << none;
}

TEST(Cell, SeveralNumbers) {
  EXPECT_EQ(numbers_of("[1, 2.5, 3, 4]"), (std::vector<double>{1, 2.5, 3, 4}));
  EXPECT_EQ(numbers_of("0.07\\0.08"), (std::vector<double>{0.07, 0.08}));
  EXPECT_EQ(numbers_of("1 2"), (std::vector<double>{1, 2}));
  EXPECT_EQ(numbers_of("[]"), std::vector<double>{});
  EXPECT_FALSE(numbers_of("[1, x]"));
}

}  // namespace
}  // namespace mammograft
