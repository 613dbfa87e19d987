#include "pages/generator.h"

#include <gtest/gtest.h>

#include <regex>

namespace mammograft {
namespace {

TEST(Generator, NamesTheProgramAndItsVersion) {
  EXPECT_TRUE(std::regex_match(generator(), std::regex("mammograft \\d+\\.\\d+\\.\\d+.*")));
}

}  // namespace
}  // namespace mammograft
