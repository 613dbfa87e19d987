#include "nn/winograd.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "core/testing.h"

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

double largest_error(const torch::Tensor& found, const torch::Tensor& exact) {
  return ((found - exact).abs().max() / exact.abs().max()).item<double>();
}

TEST(Winograd, GradientsAreThoseOfTheDirectConvolution) {
  torch::manual_seed(2);
  for (const auto& [n, c, k, h, w] :
       std::vector<std::array<int64_t, 5>>{{1, 8, 16, 4, 4},
                                           {2, 16, 24, 13, 7},
                                           {1, 64, 128, 40, 41},
                                           {3, 8, 8, 1, 1},
                                           {2, 16, 8, 130, 129}}) {  // the last in two turns
    torch::Tensor x = torch::randn({n, c, h, w}).requires_grad_();
    torch::Tensor weight = torch::randn({k, c, 3, 3}).requires_grad_();
    torch::Tensor bias = torch::randn({k}).requires_grad_();
    if (!winograd_applies(weight)) GTEST_SKIP() << "no AVX2";
    const torch::Tensor grad = torch::randn({n, k, h, w});
    winograd_differentiable(x, weight, bias).backward(grad);

    torch::Tensor x64 = x.detach().to(torch::kFloat64).requires_grad_();
    torch::Tensor weight64 = weight.detach().to(torch::kFloat64).requires_grad_();
    torch::Tensor bias64 = bias.detach().to(torch::kFloat64).requires_grad_();
    torch::conv2d(x64, weight64, bias64, 1, 1).backward(grad.to(torch::kFloat64));
    EXPECT_LT(largest_error(x.grad(), x64.grad()), 5e-5);
    EXPECT_LT(largest_error(weight.grad(), weight64.grad()), 5e-5);
    EXPECT_LT(largest_error(bias.grad(), bias64.grad()), 5e-6);
  }
}

TEST(Winograd, OnlyWhereItIsExactEnoughAndPossible) {
  EXPECT_FALSE(winograd_applies(torch::zeros({8, 8, 1, 1})));
  EXPECT_FALSE(winograd_applies(torch::zeros({8, 3, 3, 3})));
  EXPECT_FALSE(winograd_applies(torch::zeros({8, 8, 3, 3}, torch::kBFloat16)));
}

// Before anything is computed, so on every processor.
TEST(Winograd, RejectsWhatItsKernelWouldMisread) {
  const torch::Tensor x = torch::zeros({1, 8, 4, 4}), bias = torch::zeros({16}),
                      weight = winograd_weight(torch::zeros({16, 8, 3, 3}));
  EXPECT_ERROR(winograd_weight(torch::zeros({16, 8, 1, 1})), defect,
               "weight: found [16, 8, 1, 1], expected [?, ?, 3, 3]");
  EXPECT_ERROR(winograd_mirrored_weight(torch::zeros({16, 8, 1, 1})), defect,
               "weight: found [16, 8, 1, 1], expected [?, ?, 3, 3]");
  EXPECT_ERROR(winograd_weight_gradient(x, torch::zeros({1, 8, 4, 5})), defect,
               "gradient: found [1, 8, 4, 5], expected [1, ?, 4, 4]");
  const auto convolve = [&](const torch::Tensor& of, const torch::Tensor& with,
                            const torch::Tensor& plus) {
    return winograd_convolution(of, with, plus, false);
  };
  EXPECT_ERROR(convolve(torch::zeros({1, 16, 4, 4}), weight, bias), defect,
               "x: found [1, 16, 4, 4], expected [?, 8, ?, ?]");
  EXPECT_ERROR(convolve(x.to(torch::kBFloat16), weight, bias), defect,
               "x: found BFloat16 on cpu, expected Float on cpu");
  EXPECT_ERROR(convolve(x, torch::zeros({16, 8, 3, 3}), bias), defect,
               "weight: found [16, 8, 3, 3], expected [36, ?, ?]");
  EXPECT_ERROR(convolve(x, weight, torch::zeros({8})), defect, "bias: found [8], expected [16]");
  EXPECT_ERROR(convolve(x, weight, torch::zeros({32}).slice(0, 0, 32, 2)), defect,
               "bias: found [16] with strides [2]");
}

}  // namespace
}  // namespace mammograft
