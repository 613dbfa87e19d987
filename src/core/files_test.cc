#include "core/files.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "core/error.h"
#include "core/testing.h"

namespace mammograft {
namespace {

size_t entries(const fs::path& folder) {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Files, WriteThenRead) {
  const TestFolder folder;
  const fs::path path = folder / "a.bin";
  const std::string bytes("zero \0 inside\r\n", 15);
  write_file(path, bytes);
  EXPECT_EQ(read_file(path), bytes);
  write_file(path, "");  // replaces
  EXPECT_EQ(read_file(path), "");
  write_pieces(path, {"one ", "", "two"});
  EXPECT_EQ(read_file(path), "one two");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(Files, ReadsLargeFilesAndThoseOfUnknownSize) {
  const TestFolder folder;
  const std::string large(3'000'001, 'x');
  write_file(folder / "large", large);
  EXPECT_EQ(read_file(folder / "large"), large);
  EXPECT_FALSE(read_file("/proc/self/status").empty());
}

TEST(Files, WrittenFilesFollowTheUmask) {
  const TestFolder folder;
  const mode_t old = umask(022);
  write_file(folder / "a", "x");
  umask(old);
  struct stat status{};
  ASSERT_EQ(stat((folder / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644u);
}

TEST(Files, ReadErrorsNamePathAndReason) {
  const TestFolder folder;
  const std::string missing = (folder / "no.json").string();
  EXPECT_ERROR(read_file(missing), io, missing + ": cannot read: No such file or directory");
  EXPECT_ERROR(read_file(folder.path()), io,
               folder.path().string() + ": cannot read: expected a file, found a folder");
}

TEST(Files, WriteErrorsLeaveNothing) {
  const TestFolder folder;
  const fs::path nowhere = folder / "no" / "a.txt";
  EXPECT_ERROR(write_file(nowhere, "x"), io,
               nowhere.string() + ": cannot write: No such file or directory");
  fs::create_directory(folder / "sub");
  EXPECT_ERROR(write_file(folder / "sub", "x"), io, "expected a file, found a folder");
  EXPECT_ERROR(write_file("/dev/full", "x"), io, "expected a file, found a device or pipe");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(Files, UnwritableFolder) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  const TestFolder folder;
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_ERROR(write_file(folder / "a", "x"), io, "Permission denied");
  EXPECT_ERROR(append_line(folder / "a", "x"), io, "Permission denied");
  fs::permissions(folder.path(), fs::perms::owner_all);
  EXPECT_EQ(entries(folder.path()), 0u);
}

// /proc refuses new files to everybody, root too.
TEST(Files, FolderThatRefusesFiles) {
  EXPECT_ERROR(write_file("/proc/mammograft.txt", "x"), io, "/proc/mammograft.txt: cannot write: ");
  EXPECT_ERROR(create_folder("/proc/mammograft"), io, "/proc/mammograft: cannot create the folder");
}

TEST(Files, CommitIfNewReplacesNothing) {
  const TestFolder folder;
  const fs::path path = folder / "key";
  {
    AtomicFile first(path), second(path);
    append_line(first.temporary(), "first");
    append_line(second.temporary(), "second");
    EXPECT_TRUE(first.commit_if_new());
    EXPECT_FALSE(second.commit_if_new());
  }
  EXPECT_EQ(read_file(path), "first\n");
  EXPECT_EQ(entries(folder.path()), 1u);
}

// A size limit of the process stops a write half-way, as a full disk does.
TEST(Files, WriteThatStopsHalfWayKeepsTheOldContent) {
  const TestFolder folder;
  const fs::path path = folder / "a.txt";
  write_file(path, "old");
  rlimit old_limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  rlimit limit = old_limit;
  limit.rlim_cur = 1000;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  const std::string message = error_message([&] { write_file(path, std::string(5000, 'x')); });
  append_line(folder / "log", std::string(900, 'a'));
  const std::string append_message =
      error_message([&] { append_line(folder / "log", std::string(900, 'b')); });
  setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(message, path.string() + ": cannot write: File too large");
  EXPECT_EQ(read_file(path), "old");
  EXPECT_NE(append_message.find("cannot write: File too large"), std::string::npos);
  EXPECT_EQ(read_file(folder / "log"), std::string(900, 'a') + "\n");
  EXPECT_EQ(entries(folder.path()), 2u);
}

TEST(Files, FullDisk) {
  EXPECT_ERROR(append_line("/dev/full", "x"), io,
               "/dev/full: cannot write: No space left on device");
  const TestFolder folder;
  if (mount("none", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "a small file system cannot be mounted here";
  }
  const fs::path path = folder / "a.txt";
  write_file(path, "old");
  const std::string message = error_message([&] { write_file(path, std::string(200'000, 'x')); });
  const std::string content = read_file(path);
  const size_t left = entries(folder.path());
  umount(folder.path().c_str());
  EXPECT_EQ(message, path.string() + ": cannot write: No space left on device");
  EXPECT_EQ(content, "old");
  EXPECT_EQ(left, 1u);
}

TEST(Files, AtomicFileCommitsOrVanishes) {
  const TestFolder folder;
  const fs::path path = folder / "picture.png";
  {
    const AtomicFile file(path);
    EXPECT_EQ(file.temporary().parent_path(), folder.path());
    EXPECT_EQ(file.temporary().extension(), ".png");
    std::ofstream(file.temporary()) << "half";
  }
  EXPECT_EQ(entries(folder.path()), 0u);
  {
    AtomicFile first(path);
    AtomicFile second(path);
    EXPECT_NE(first.temporary(), second.temporary());
    std::ofstream(first.temporary()) << "whole";
    EXPECT_FALSE(fs::exists(path));
    first.commit();
  }
  EXPECT_EQ(read_file(path), "whole");
  EXPECT_EQ(entries(folder.path()), 1u);
}

TEST(Files, CreateFolder) {
  const TestFolder folder;
  create_folder(folder / "a" / "b");
  create_folder(folder / "a" / "b");
  EXPECT_TRUE(fs::is_directory(folder / "a" / "b"));
  write_file(folder / "file", "x");
  EXPECT_ERROR(create_folder(folder / "file"), io, "file: cannot create the folder: ");
  EXPECT_ERROR(create_folder(folder / "file" / "b"), io, "Not a directory");
}

TEST(Files, AppendLine) {
  const TestFolder folder;
  append_line(folder / "log.jsonl", "{\"step\": 1}");
  append_line(folder / "log.jsonl", "{\"step\": 2}");
  EXPECT_EQ(read_file(folder / "log.jsonl"), "{\"step\": 1}\n{\"step\": 2}\n");
  EXPECT_ERROR(append_line(folder / "log.jsonl", "a\nb"), defect, "line break");
}

// Values of the FNV test suite.
TEST(Files, HashHex) {
  EXPECT_EQ(hash_hex(""), "cbf29ce484222325");
  EXPECT_EQ(hash_hex("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(hash_hex("foobar"), "85944171f73967e8");
}

}  // namespace
}  // namespace mammograft
