#include "core/folder_lock.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(FolderLock, IsForOneAtATimeAndLeavesNothing) {
  const TestFolder folder;
  std::filesystem::create_directories(folder / "out");
  std::filesystem::create_directories(folder / "other");
  std::optional<FolderLock> first(std::in_place, folder / "out");
  EXPECT_ERROR(FolderLock(folder / "out"), usage, "another command writes into it");
  EXPECT_NO_THROW(FolderLock(folder / "other"));
  first.reset();
  EXPECT_NO_THROW(FolderLock(folder / "out"));
  EXPECT_TRUE(std::filesystem::is_empty(folder / "out"));
}

}  // namespace
}  // namespace mammograft
