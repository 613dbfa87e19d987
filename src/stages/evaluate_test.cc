#include "stages/evaluate.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "core/testing.h"

namespace mammograft {
namespace {

// The scores take minutes; the figures are drawn at the end.
TEST(EvaluateStage, AsksForGnuplotBeforeItBegins) {
  EvaluateStage stage;
  stage.files = {"found.json"};
  stage.check_options();
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nonexistent", 1);
  auto kind = ErrorKind::defect;
  const std::string message = error_message([&] { stage.check(); }, &kind);
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(message.find("gnuplot: not found on PATH"), 0u) << message;
  EXPECT_EQ(kind, ErrorKind::io);
}

}  // namespace
}  // namespace mammograft
