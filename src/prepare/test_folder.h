// What the importers' tests share: a scratch folder, and the message of the error that a call must
// throw.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {

class FolderTest : public testing::Test {
 private:
  TestFolder scratch_;

 protected:
  template <typename Call>
  std::string error_of(ErrorKind kind, Call&& call) {
    auto found = ErrorKind::defect;
    const std::string message = error_message(call, &found);
    EXPECT_NE(message, "") << "threw no Error";
    EXPECT_EQ(static_cast<int>(found), static_cast<int>(kind)) << message;
    return message;
  }

  const fs::path folder_ = scratch_.path();
};

#define EXPECT_CONTAINS(text, part) \
  EXPECT_NE(std::string(text).find(part), std::string::npos) << text << "\nexpected: " << part

}  // namespace mammograft
