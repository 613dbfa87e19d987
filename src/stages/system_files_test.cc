#include "stages/system_files.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(SystemFiles, AreANameAndItsFolds) {
  const SystemFiles one = system_files("grafts=a/b.json,c=d.json");
  EXPECT_EQ(one.system, "grafts");
  EXPECT_EQ(one.files, (std::vector<std::filesystem::path>{"a/b.json", "c=d.json"}));
  EXPECT_EQ(system_files("x=y").files.size(), 1u);
}

TEST(SystemFiles, NeedBoth) {
  for (const char* text : {"", "a.json", "=a.json", "name=", "name=,"})
    EXPECT_ERROR(system_files(text), usage, "expected NAME=FILE");
}

}  // namespace
}  // namespace mammograft
