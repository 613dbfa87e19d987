#include "nn/inference_convolution.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

namespace mammograft {
namespace {

// By Winograd's algorithm too, which keeps no other weights.
TEST(InferenceConvolution, AddsAShortcutBeforeTheReLU) {
  torch::manual_seed(1);
  for (const auto compute : {torch::kFloat, torch::kBFloat16}) {
    for (const int64_t kernel : {1, 3}) {
      const torch::Tensor weight = torch::randn({64, 64, kernel, kernel}) * 0.05;
      const torch::Tensor bias = torch::randn({64}), shortcut = torch::randn({2, 64, 11, 7});
      const torch::Tensor x =
          torch::randn({2, 64, 11, 7}).contiguous(at::MemoryFormat::ChannelsLast);
      const int64_t margin = kernel / 2;
      const InferenceConvolution convolution(weight, bias, {1, 1}, {margin, margin}, compute);
      const torch::Tensor expected = torch::conv2d(x, weight, bias, 1, margin);
      const double allowed = compute == torch::kFloat ? 1e-3 : 0.1;
      const auto off = [&](const torch::Tensor& y, const torch::Tensor& from) {
        return (y.to(torch::kFloat) - from).abs().max().item<double>();
      };
      const torch::Tensor in = x.to(compute), added = shortcut.to(compute);
      EXPECT_LT(off(convolution(in, false), expected), allowed) << kernel;
      EXPECT_LT(off(convolution(in, true), expected.relu()), allowed) << kernel;
      EXPECT_LT(off(convolution(in, false, added), expected + shortcut), allowed) << kernel;
      EXPECT_LT(off(convolution(in, true, added), (expected + shortcut).relu()), allowed) << kernel;
    }
  }
}

}  // namespace
}  // namespace mammograft
