#include "cli/failure.h"

#include <gtest/gtest.h>

#include <new>
#include <opencv2/core.hpp>

#include "core/error.h"

namespace mammograft {
namespace {

template <typename Work>
int exit_code_of(const Work& work) {
  try {
    work();
  } catch (...) {
    return report_failure();
  }
  return 0;
}

TEST(Failure, HasTheCodeOfItsKind) {
  EXPECT_EQ(exit_code_of([] { fail(ErrorKind::bad_input, "a.png: empty"); }), 3);
  EXPECT_EQ(exit_code_of([] { throw cv::Exception(cv::Error::StsBadArg, "", "", "", 0); }), 70);
}

TEST(Failure, OfMemoryIsNoDefect) {
  EXPECT_EQ(exit_code_of([] { throw std::bad_alloc(); }), 4);
#ifndef MAMMOGRAFT_SANITIZED  // which ends the process
  EXPECT_EQ(exit_code_of([] { cv::Mat(1 << 30, 1 << 30, CV_8UC3); }), 4);
#endif
}

}  // namespace
}  // namespace mammograft
