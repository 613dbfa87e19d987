#include "nn/winograd_bf16.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "core/testing.h"

namespace mammograft {
namespace {

// |a - b| / |b|
double distance(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a.to(torch::kFloat64) - b).norm() / b.norm()).item<double>();
}

// What bf16 costs is rounding three times; a direct convolution rounds once. Odd sizes leave
// partial tiles, an odd number of tiles a pair without a partner.
const std::vector<std::array<int64_t, 5>> kShapes = {{1, 64, 64, 4, 4},
                                                     {2, 64, 128, 13, 7},
                                                     {1, 128, 64, 40, 41},
                                                     {3, 64, 64, 1, 1},
                                                     {1, 64, 64, 5, 90}};

class WinogradBf16 : public testing::Test {
 protected:
  void SetUp() override {
    if (!winograd_bf16_applies(torch::zeros({64, 64, 3, 3}))) GTEST_SKIP() << "no AVX512-BF16";
    torch::manual_seed(1);
  }
};

TEST_F(WinogradBf16, IsTheDirectConvolution) {
  for (const auto& [n, c, k, h, w] : kShapes) {
    const torch::Tensor x = torch::randn({n, c, h, w}).to(torch::kBFloat16);
    const torch::Tensor weight = torch::randn({k, c, 3, 3}), bias = torch::randn({k});
    const torch::Tensor exact = torch::conv2d(x.to(torch::kFloat64), weight.to(torch::kFloat64),
                                              bias.to(torch::kFloat64), 1, 1);
    for (const bool relu : {false, true}) {
      const torch::Tensor y =
          winograd_bf16_convolution(x, winograd_bf16_weight(weight), bias, relu);
      EXPECT_EQ(y.scalar_type(), torch::kBFloat16);
      EXPECT_EQ(y.sizes(), exact.sizes());
      EXPECT_LT(distance(y, relu ? exact.relu() : exact), 0.008);
    }
  }
}

TEST_F(WinogradBf16, GradientsAreThoseOfTheDirectConvolution) {
  for (const auto& [n, c, k, h, w] : kShapes) {
    torch::Tensor x = torch::randn({n, c, h, w}).to(torch::kBFloat16).requires_grad_();
    torch::Tensor weight = torch::randn({k, c, 3, 3}).requires_grad_();
    torch::Tensor bias = torch::randn({k}).requires_grad_();
    const torch::Tensor grad = torch::randn({n, k, h, w}).to(torch::kBFloat16);
    winograd_bf16_differentiable(x, weight, bias).backward(grad);

    torch::Tensor x64 = x.detach().to(torch::kFloat64).requires_grad_();
    torch::Tensor weight64 = weight.detach().to(torch::kFloat64).requires_grad_();
    torch::Tensor bias64 = bias.detach().to(torch::kFloat64).requires_grad_();
    torch::conv2d(x64, weight64, bias64, 1, 1).backward(grad.to(torch::kFloat64));
    EXPECT_LT(distance(x.grad(), x64.grad()), 0.008);
    EXPECT_LT(distance(weight.grad(), weight64.grad()), 0.008);
    EXPECT_LT(distance(bias.grad(), bias64.grad()), 1e-5);
    EXPECT_EQ(weight.grad().scalar_type(), torch::kFloat32);
  }
}

TEST_F(WinogradBf16, ErrsLittleMoreThanADirectConvolutionInBf16) {
  const torch::Tensor x = torch::randn({1, 256, 32, 32}).relu().to(torch::kBFloat16);
  const torch::Tensor weight = torch::randn({256, 256, 3, 3}) * 0.02;
  const torch::Tensor exact =
      torch::conv2d(x.to(torch::kFloat64), weight.to(torch::kFloat64), {}, 1, 1);
  const double direct = distance(torch::conv2d(x, weight.to(torch::kBFloat16), {}, 1, 1), exact);
  const double ours =
      distance(winograd_bf16_convolution(x, winograd_bf16_weight(weight), {}, false), exact);
  EXPECT_LT(ours, 2.5 * direct);
}

#if defined(__x86_64__)
// Before anything is computed, so with or without AVX512-BF16.
TEST(WinogradBf16Shapes, RejectsWhatItsKernelsWouldMisread) {
  const auto bf16 = [](at::IntArrayRef shape) { return torch::zeros(shape, torch::kBFloat16); };
  const torch::Tensor x = bf16({1, 64, 4, 4}), weight = bf16({16, 2, 32, 64, 2});
  const auto convolve = [](const torch::Tensor& of, const torch::Tensor& with,
                           const torch::Tensor& plus = {}) {
    return winograd_bf16_convolution(of, with, plus, false);
  };
  EXPECT_ERROR(convolve(x.to(torch::kFloat), weight), defect,
               "x: found Float on cpu, expected BFloat16 on cpu");
  EXPECT_ERROR(convolve(x.to(torch::kMeta), weight), defect, "x: found BFloat16 on meta");
  EXPECT_ERROR(convolve(bf16({1, 32, 4, 4}), weight), defect,
               "x: found 32 channels, expected a multiple of 64");
  EXPECT_ERROR(convolve(bf16({64, 4, 4}), weight), defect, "x: found [64, 4, 4]");
  EXPECT_ERROR(convolve(bf16({1, 128, 4, 4}), weight), defect,
               "packed weight: found [16, 2, 32, 64, 2], expected [16, ?, 64, 64, 2]");
  EXPECT_ERROR(convolve(x, torch::zeros({16, 2, 32, 64, 2})), defect,
               "packed weight: found Float on cpu");
  EXPECT_ERROR(convolve(x, bf16({16, 32, 2, 64, 2}).transpose(1, 2)), defect,
               "packed weight: found [16, 2, 32, 64, 2] with strides");
  EXPECT_ERROR(convolve(x, weight, torch::zeros({64})), defect, "bias: found [64], expected [128]");

  const auto gradient = [&](const torch::Tensor& of, const torch::Tensor& grad) {
    return winograd_bf16_weight_gradient(of, grad);
  };
  EXPECT_ERROR(gradient(x, torch::zeros({1, 128, 4, 4})), defect, "gradient: found Float on cpu");
  EXPECT_ERROR(gradient(x, bf16({1, 128, 4, 5})), defect,
               "gradient: found [1, 128, 4, 5], expected [1, ?, 4, 4]");
  EXPECT_ERROR(winograd_bf16_weight(torch::zeros({64, 32, 3, 3})), defect,
               "weight: found 32 channels, expected a multiple of 64");
  EXPECT_ERROR(winograd_bf16_mirrored_weight(torch::zeros({64, 64, 1, 1})), defect,
               "weight: found [64, 64, 1, 1], expected [?, ?, 3, 3]");
}
#endif

TEST_F(WinogradBf16, OnlyWhereItCan) {
  EXPECT_FALSE(winograd_bf16_applies(torch::zeros({64, 64, 1, 1})));
  EXPECT_FALSE(winograd_bf16_applies(torch::zeros({64, 32, 3, 3})));
  EXPECT_FALSE(winograd_bf16_applies(torch::zeros({2, 64, 3, 3})));
}

}  // namespace
}  // namespace mammograft
