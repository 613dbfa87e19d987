#include "nn/first_weights.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "nn/layers.h"

namespace mammograft {
namespace {

// What LibTorch's generator draws after `make`: the same where that drew as many numbers.
double next_number(const std::function<void()>& make) {
  torch::manual_seed(1);
  make();
  return torch::rand({1}, torch::kDouble).item<double>();
}

TEST(FirstWeights, AreNotDrawnWhereAFileFillsTheLayer) {
  const auto convolution = [](int64_t channels) {
    return next_number([&] { const Convolution layer(channels, channels, 3); });
  };
  const auto linear = [](int64_t channels) {
    return next_number([&] { make_linear(channels, channels); });
  };
  EXPECT_NE(convolution(16), convolution(32));
  EXPECT_NE(linear(16), linear(32));
  const WithoutFirstWeights guard;
  EXPECT_EQ(convolution(16), convolution(32));
  EXPECT_EQ(linear(16), linear(32));
}

TEST(FirstWeights, AreDrawnAgainWhereTheLastGuardIsGone) {
  {
    const WithoutFirstWeights outer;
    {
      const WithoutFirstWeights inner;
    }
    EXPECT_TRUE(WithoutFirstWeights::active());
  }
  EXPECT_FALSE(WithoutFirstWeights::active());
}

// Before them come the few numbers of a layer of one channel.
TEST(FirstWeights, OfAConvolutionAreDrawnOnce) {
  torch::manual_seed(1);
  const Convolution layer(24, 16, 3, 1, draw_normal(0.5));
  torch::manual_seed(1);
  const torch::nn::Conv2d one_channel(torch::nn::Conv2dOptions(1, 1, 3));
  EXPECT_TRUE(torch::equal(layer->weight, torch::randn({16, 24, 3, 3}) * 0.5));
  EXPECT_TRUE(torch::equal(layer->bias, torch::zeros({16})));
  EXPECT_TRUE(layer->weight.requires_grad() && layer->bias.requires_grad());
  EXPECT_EQ(layer->options.in_channels(), 24);
  EXPECT_EQ(layer->options.out_channels(), 16);
}

TEST(FirstWeights, OfALinearLayerAreLibTorchs) {
  torch::manual_seed(1);
  torch::nn::Linear layer = make_linear(24, 16);
  torch::manual_seed(1);
  const torch::nn::Linear one_channel(1, 1), expected(24, 16);
  EXPECT_TRUE(torch::equal(layer->weight, expected->weight));
  EXPECT_TRUE(torch::equal(layer->bias, expected->bias));
  EXPECT_EQ(layer(torch::ones({2, 24})).sizes(), (std::vector<int64_t>{2, 16}));
}

}  // namespace
}  // namespace mammograft
