#include "nn/winograd.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

namespace mammograft {
namespace {

TEST(Winograd, EqualsTheDirectConvolution) {
  torch::manual_seed(1);
  const torch::NoGradGuard no_grad;
  for (const auto& [n, c, k, h, w] : std::vector<std::array<int64_t, 5>>{
           {1, 8, 16, 4, 4}, {2, 16, 24, 13, 7}, {1, 64, 64, 40, 41}, {3, 8, 8, 1, 1}}) {
    const torch::Tensor x = torch::randn({n, c, h, w}), weight = torch::randn({k, c, 3, 3}),
                        bias = torch::randn({k});
    if (!winograd_applies(weight)) GTEST_SKIP() << "no AVX2";
    const torch::Tensor expected = torch::conv2d(x.to(torch::kFloat64), weight.to(torch::kFloat64),
                                                 bias.to(torch::kFloat64), 1, 1);
    const torch::Tensor transformed = winograd_weight(weight);
    for (const bool relu : {false, true}) {
      const torch::Tensor wanted = relu ? expected.relu() : expected;
      const torch::Tensor y = winograd_convolution(x, transformed, bias, relu);
      EXPECT_EQ(y.sizes(), wanted.sizes());
      EXPECT_LT(((y - wanted).abs().max() / expected.abs().max()).item<double>(), 5e-5);
    }
  }
}

TEST(Winograd, OnlyWhereItIsExactEnoughAndPossible) {
  EXPECT_FALSE(winograd_applies(torch::zeros({8, 8, 1, 1})));
  EXPECT_FALSE(winograd_applies(torch::zeros({8, 3, 3, 3})));
  EXPECT_FALSE(winograd_applies(torch::zeros({8, 8, 3, 3}, torch::kBFloat16)));
}

}  // namespace
}  // namespace mammograft
