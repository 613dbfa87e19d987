#include "nn/schedule.h"

#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "core/error.h"
#include "nn/precision.h"

namespace mammograft {
namespace {

TEST(Schedule, WarmsUpThenFallsAsACosine) {
  ScheduleOptions options;
  options.learning_rate = 2;
  options.warmup_steps = 10;
  options.warmup_start = 0.1;
  options.final_share = 0.5;
  EXPECT_DOUBLE_EQ(learning_rate(options, 0, 111), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate(options, 5, 111), 1.1);
  EXPECT_DOUBLE_EQ(learning_rate(options, 10, 111), 2);
  EXPECT_DOUBLE_EQ(learning_rate(options, 60, 111), 1.5);
  EXPECT_DOUBLE_EQ(learning_rate(options, 110, 111), 1);
  options.decay = "constant";
  EXPECT_DOUBLE_EQ(learning_rate(options, 110, 111), 2);
}

TEST(Schedule, NoWarmupAndRunsShorterThanIt) {
  ScheduleOptions options;
  options.warmup_steps = 0;
  EXPECT_DOUBLE_EQ(learning_rate(options, 0, 100), options.learning_rate);
  EXPECT_GT(learning_rate(options, 0, 1), 0);
  options.warmup_steps = 100;
  EXPECT_LT(learning_rate(options, 4, 5), options.learning_rate);
}

TEST(Precision, NamesAndErrors) {
  EXPECT_EQ(resolve_precision("fp32", torch::kCPU), torch::kFloat32);
  EXPECT_EQ(resolve_precision("bf16", torch::kCPU), torch::kBFloat16);
  EXPECT_EQ(resolve_precision("auto", torch::kCUDA), torch::kBFloat16);
  EXPECT_THROW(resolve_precision("fp8", torch::kCPU), Error);
  EXPECT_THROW(resolve_device("tpu"), Error);
  EXPECT_EQ(resolve_device("cpu"), torch::Device(torch::kCPU));
  EXPECT_EQ(resolve_device("auto").is_cuda(), torch::cuda::is_available());
  set_threads(2);
  EXPECT_NE(compute_description().find("2 threads"), std::string::npos) << compute_description();
}

}  // namespace
}  // namespace mammograft
