// Helpers of the tests of all folders. Only for *_test.cc files.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "core/error.h"

namespace mammograft {

// An empty folder that vanishes with the object.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "mammograft-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) fail(ErrorKind::io, "{}: cannot create", name);
    path_ = name;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The message of the Error that `call` throws; empty where it throws none. Fills `kind`.
template <typename Call>
std::string error_message(Call call, ErrorKind* kind = nullptr) {
  try {
    call();
  } catch (const Error& error) {
    if (kind != nullptr) *kind = error.kind();
    return error.what();
  }
  return "";
}

// EXPECT_ERROR(read_json(path), bad_input, "line 2"): throws an Error of that kind, whose message
// is one line and contains the text.
#define EXPECT_ERROR(statement, expected_kind, text)                                     \
  do {                                                                                   \
    auto found_kind = ::mammograft::ErrorKind::defect;                                   \
    const std::string found =                                                            \
        ::mammograft::error_message([&] { static_cast<void>(statement); }, &found_kind); \
    EXPECT_NE(found, "") << "threw no Error";                                            \
    EXPECT_EQ(static_cast<int>(found_kind),                                              \
              static_cast<int>(::mammograft::ErrorKind::expected_kind))                  \
        << found;                                                                        \
    EXPECT_NE(found.find(text), std::string::npos) << found;                             \
    EXPECT_EQ(found.find('\n'), std::string::npos) << found;                             \
  } while (false)

}  // namespace mammograft
