#include "core/text.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

TEST(Text, IsTrimmedAtBothEnds) {
  EXPECT_EQ(trimmed("\t a b \r\n"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed(std::string(" a\0", 3), std::string_view(" \0", 2)), "a");
}

TEST(Text, HasOnlyItsAsciiLettersChanged) {
  EXPECT_EQ(lower_case("MLO-1 \xc3\x84"), "mlo-1 \xc3\x84");
  EXPECT_EQ(upper_case("cc_2 \xc3\xa4"), "CC_2 \xc3\xa4");
}

}  // namespace
}  // namespace mammograft
