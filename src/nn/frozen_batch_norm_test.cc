#include "nn/frozen_batch_norm.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>
#include <torch/utils.h>

namespace mammograft {
namespace {

struct Layer {
  Layer() : bn(6, 1e-3) {
    torch::manual_seed(3);
    conv = torch::nn::Conv2d(torch::nn::Conv2dOptions(4, 6, 3).padding(1).bias(false));
    bn->weight.uniform_(0.5, 1.5);
    bn->bias.uniform_(-1, 1);
    bn->running_mean.uniform_(-1, 1);
    bn->running_var.uniform_(0.5, 2);
  }
  torch::Tensor reference(const torch::Tensor& x) const {
    return torch::batch_norm(torch::conv2d(x, conv->weight, {}, 1, 1), bn->weight, bn->bias,
                             bn->running_mean, bn->running_var, false, 0, 1e-3, false);
  }
  torch::nn::Conv2d conv{nullptr};
  FrozenBatchNorm bn;
};

TEST(FrozenBatchNorm, EqualsBatchNormInEvaluation) {
  Layer layer;
  const torch::Tensor x = torch::randn({2, 4, 9, 7}), shortcut = torch::randn({2, 6, 9, 7});
  for (const bool gradients : {false, true}) {
    const at::AutoGradMode mode(gradients);
    const torch::Tensor y = layer.reference(x);
    EXPECT_TRUE(torch::allclose(conv_bn(layer.conv, layer.bn, x), y, 1e-4, 1e-5));
    EXPECT_TRUE(torch::allclose(conv_bn_relu(layer.conv, layer.bn, x), y.relu(), 1e-4, 1e-5));
    const torch::Tensor kept = shortcut.clone();
    EXPECT_TRUE(torch::allclose(conv_bn_add_relu(layer.conv, layer.bn, x, kept),
                                (y + shortcut).relu(), 1e-4, 1e-5));
    EXPECT_TRUE(torch::equal(kept, shortcut));
  }
}

TEST(FrozenBatchNorm, GradientReachesTheWeight) {
  Layer layer;
  const torch::Tensor x = torch::randn({1, 4, 5, 5});
  conv_bn(layer.conv, layer.bn, x).square().sum().backward();
  const torch::Tensor folded = layer.conv->weight.grad().clone();
  layer.conv->weight.mutable_grad() = torch::Tensor();
  layer.reference(x).square().sum().backward();
  EXPECT_TRUE(torch::allclose(folded, layer.conv->weight.grad(), 1e-3, 1e-3));
}

TEST(FrozenBatchNorm, KeptWeightsFollowEveryChange) {
  Layer layer;
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({1, 4, 5, 5});
  const auto check = [&](const char* what) {
    EXPECT_TRUE(torch::allclose(conv_bn(layer.conv, layer.bn, x), layer.reference(x), 1e-4, 1e-5))
        << what;
  };
  check("first");
  layer.conv->weight.mul_(2);
  check("weight written");
  layer.bn->running_var.copy_(torch::full({6}, 3.0));
  check("variance copied");
  layer.bn->bias.data().zero_();  // .data() does not count the write on the original...
  layer.bn->bias.add_(1);         // ...but this does
  check("bias written");
  layer.conv->weight.set_data(torch::randn({6, 4, 3, 3}));
  check("weight replaced");
  const torch::Tensor low = conv_bn(layer.conv, layer.bn, x.to(torch::kBFloat16));
  EXPECT_EQ(low.scalar_type(), torch::kBFloat16);
  EXPECT_TRUE(torch::allclose(low.to(torch::kFloat32), layer.reference(x), 0.05, 0.1));
  check("back in fp32");
}

TEST(FrozenBatchNorm, CalibrationGathersTheStatisticsOfAllBatches) {
  Layer layer;
  const torch::NoGradGuard no_grad;
  const torch::Tensor all = torch::randn({6, 4, 8, 8}) * 2 + 1;
  layer.bn->begin_calibration();
  const auto batches = all.chunk(3);
  for (const torch::Tensor& batch : batches) {
    const torch::Tensor y = conv_bn(layer.conv, layer.bn, batch);
    const auto [var, mean] = torch::var_mean(y, at::IntArrayRef{0, 2, 3}, false);
    EXPECT_TRUE(torch::allclose(mean, layer.bn->bias, 1e-3, 1e-3));
    EXPECT_TRUE(torch::allclose(var.sqrt(), layer.bn->weight, 1e-2, 1e-2));
  }
  layer.bn->end_calibration();
  const auto [var, mean] = torch::var_mean(torch::conv2d(all, layer.conv->weight, {}, 1, 1),
                                           at::IntArrayRef{0, 2, 3}, false);
  EXPECT_EQ(layer.bn->calibration_batches, 3);
  EXPECT_TRUE(torch::allclose(layer.bn->running_mean, mean, 1e-4, 1e-4));
  EXPECT_TRUE(torch::allclose(layer.bn->running_var, var, 1e-4, 1e-4));
}

}  // namespace
}  // namespace mammograft
