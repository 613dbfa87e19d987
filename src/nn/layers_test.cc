#include "nn/layers.h"

#include <gtest/gtest.h>
#include <torch/nn/init.h>
#include <torch/types.h>
#include <torch/utils.h>

namespace mammograft {
namespace {

// The path that autograd follows, which the golden networks of the other tests check.
torch::Tensor recorded(Convolution& layer, const torch::Tensor& x, bool relu) {
  const torch::Tensor y = torch::conv2d(x, layer->weight, layer->bias, layer->options.stride(),
                                        layer->weight.size(2) / 2);
  return (relu ? torch::relu(y) : y).detach();
}

TEST(Convolution, PreparedEqualsRecorded) {
  torch::manual_seed(1);
  for (const auto& [in, out, kernel, stride] : std::vector<std::array<int64_t, 4>>{
           {16, 24, 3, 1}, {16, 24, 1, 1}, {16, 24, 3, 2}, {16, 3, 3, 1}, {5, 8, 3, 1}}) {
    Convolution layer(in, out, kernel, stride, draw_normal(0.3));
    torch::nn::init::normal_(layer->bias);
    const torch::Tensor x =
        torch::randn({2, in, 13, 18}).contiguous(at::MemoryFormat::ChannelsLast);
    const torch::NoGradGuard no_grad;
    for (bool relu : {false, true}) {
      const torch::Tensor y = relu ? layer->forward_relu(x) : layer(x);
      const torch::Tensor expected = recorded(layer, x, relu);
      ASSERT_EQ(y.sizes(), expected.sizes());
      EXPECT_LT((y - expected).abs().max().item<double>(), 2e-4)
          << in << " -> " << out << ", kernel " << kernel << ", stride " << stride;
    }
  }
}

TEST(Convolution, FollowsItsWeights) {
  torch::manual_seed(2);
  Convolution layer(8, 8, 3);
  const torch::Tensor x = torch::randn({1, 8, 9, 9});
  const torch::InferenceMode inference;
  const torch::Tensor before = layer(x);
  layer->weight.mul_(2);
  EXPECT_TRUE(torch::allclose(layer(x) - before, before, 1e-3, 1e-4)) << "the bias is zero";
  layer->bias.add_(1);
  EXPECT_TRUE(torch::allclose(layer(x), 2 * before + 1, 1e-3, 1e-4));
}

TEST(Convolution, RecordsGradients) {
  torch::manual_seed(3);
  Convolution layer(8, 8, 3);
  const torch::Tensor x = torch::randn({1, 8, 9, 9});
  layer->forward_relu(x).sum().backward();
  EXPECT_GT(layer->weight.grad().abs().sum().item<double>(), 0);
  // A frozen layer above a learning one hands the gradient down.
  layer->weight.set_requires_grad(false);
  layer->bias.set_requires_grad(false);
  torch::Tensor leaf = x.clone().set_requires_grad(true);
  layer(leaf).sum().backward();
  EXPECT_GT(leaf.grad().abs().sum().item<double>(), 0);
}

TEST(Convolution, WorksInBf16) {
  torch::manual_seed(4);
  Convolution layer(8, 16, 3);
  const torch::Tensor x = torch::randn({1, 8, 9, 9});
  const torch::NoGradGuard no_grad;
  const torch::Tensor y = layer(x.to(torch::kBFloat16));
  EXPECT_EQ(y.scalar_type(), torch::kBFloat16);
  EXPECT_LT((y.to(torch::kFloat) - layer(x)).abs().max().item<double>(), 0.05);
}

}  // namespace
}  // namespace mammograft
