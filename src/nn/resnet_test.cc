#include "nn/resnet.h"

#include <gtest/gtest.h>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <filesystem>

#include "core/json.h"
#include "nn/testing.h"
#include "nn/weights.h"

namespace mammograft {
namespace {

// filler() of tests/golden/nn/make_resnet_golden.py.
torch::Tensor filler(const std::string& name, at::IntArrayRef shape) {
  const torch::Tensor values = golden_noise(name, shape);
  if (shape.size() == 4) {
    return values * std::sqrt(6.0 / static_cast<double>(shape[1] * shape[2] * shape[3]));
  }
  if (name.ends_with("running_var")) return 1 + 0.5 * values;
  if (name.ends_with("weight")) return 0.6 + 0.2 * values;
  return 0.1 * values;
}

void fill(ResNet50& net) {
  const torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : named_tensors(*net)) tensor.copy_(filler(name, tensor.sizes()));
}

double difference(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

// Straight from the paper, with torch's own batch norm.
struct Reference {
  TensorMap t;
  bool stride_in_1x1;
  torch::Tensor bn(const torch::Tensor& x, const std::string& name) const {
    return torch::batch_norm(x, t.at(name + ".weight"), t.at(name + ".bias"),
                             t.at(name + ".running_mean"), t.at(name + ".running_var"), false, 0,
                             1e-5, false);
  }
  torch::Tensor conv(const torch::Tensor& x, const std::string& name, int64_t stride) const {
    const torch::Tensor weight = t.at(name + ".weight");
    return torch::conv2d(x, weight, {}, stride, weight.size(2) / 2);
  }
  std::vector<torch::Tensor> operator()(torch::Tensor x) const {
    std::vector<torch::Tensor> outputs;
    x = torch::max_pool2d(bn(conv(x, "conv1", 2), "bn1").relu(), 3, 2, 1);
    const int blocks[] = {3, 4, 6, 3};
    for (int layer = 1; layer <= 4; ++layer) {
      for (int block = 0; block < blocks[layer - 1]; ++block) {
        const std::string p = "layer" + std::to_string(layer) + "." + std::to_string(block) + ".";
        const int64_t stride = layer > 1 && block == 0 ? 2 : 1;
        torch::Tensor y = bn(conv(x, p + "conv1", stride_in_1x1 ? stride : 1), p + "bn1").relu();
        y = bn(conv(y, p + "conv2", stride_in_1x1 ? 1 : stride), p + "bn2").relu();
        y = bn(conv(y, p + "conv3", 1), p + "bn3");
        const torch::Tensor s =
            block == 0 ? bn(conv(x, p + "downsample.0", stride), p + "downsample.1") : x;
        x = (y + s).relu();
      }
      outputs.push_back(x);
    }
    return outputs;
  }
};

TEST(ResNet, EqualsTorchvisionsNamesShapesAndValues) {
  const Json golden = read_json(std::filesystem::path(MAMMOGRAFT_SOURCE_DIR) /
                                "tests/golden/nn/resnet50_golden.json");
  ResNet50 net(ResNetOptions{});
  const TensorMap tensors = named_tensors(*net);
  EXPECT_EQ(tensors.size(), golden["tensors"].size());
  for (const auto& [name, shape] : golden["tensors"].items()) {
    ASSERT_TRUE(tensors.contains(name)) << name;
    EXPECT_EQ(tensors.at(name).sizes().vec(), shape.get<std::vector<int64_t>>()) << name;
  }
  fill(net);
  const torch::Tensor x = golden_noise("input", {1, 3, 64, 64}).to(torch::kFloat32);
  for (const bool gradients : {false, true}) {
    const at::AutoGradMode mode(gradients);
    const std::vector<torch::Tensor> outputs = net->forward(x);
    ASSERT_EQ(outputs.size(), 4u);
    for (size_t i = 0; i < 4; ++i) {
      const Json& expected = golden["outputs"][i];
      EXPECT_EQ(outputs[i].sizes().vec(), expected["shape"].get<std::vector<int64_t>>());
      const torch::Tensor flat = outputs[i].detach().to(torch::kFloat64).contiguous().flatten();
      const double deviation = expected["std"].get<double>();
      EXPECT_NEAR(flat.mean().item<double>(), expected["mean"].get<double>(), 1e-4 * deviation);
      EXPECT_NEAR(flat.std(false).item<double>(), deviation, 1e-4 * deviation);
      for (const Json& sample : expected["samples"]) {
        EXPECT_NEAR(flat[sample[0].get<int64_t>()].item<double>(), sample[1].get<double>(),
                    1e-3 * deviation)
            << "C" << i + 2 << " at " << sample[0];
      }
    }
  }
}

TEST(ResNet, BothStrideVariantsEqualAPlainReference) {
  for (const bool stride_in_1x1 : {false, true}) {
    ResNetOptions options;
    options.stride_in_1x1 = stride_in_1x1;
    ResNet50 net(options);
    fill(net);
    const torch::NoGradGuard no_grad;
    const torch::Tensor x = golden_noise("input", {2, 3, 72, 40}).to(torch::kFloat32);
    const auto expected = Reference{named_tensors(*net), stride_in_1x1}(x);
    const auto outputs = net->forward(x);
    for (size_t i = 0; i < 4; ++i) EXPECT_LT(difference(outputs[i], expected[i]), 1e-4) << i;
  }
}

TEST(ResNet, FrozenStagesGetNoGradientAndGiveTheSameValues) {
  ResNetOptions options;
  options.layer4 = false;
  ResNet50 net(options);
  fill(net);
  const torch::Tensor x = golden_noise("input", {1, 3, 32, 32}).to(torch::kFloat32);
  const auto learning = net->forward(x);
  ASSERT_EQ(learning.size(), 3u);
  EXPECT_TRUE(learning[0].requires_grad());
  net->freeze(3);  // stem, layer1, layer2
  const auto frozen = net->forward(x);
  EXPECT_TRUE(at::GradMode::is_enabled());
  EXPECT_FALSE(frozen[1].requires_grad());
  EXPECT_TRUE(frozen[2].requires_grad());
  EXPECT_LT(difference(frozen[2].detach(), learning[2].detach()), 1e-4);
  frozen[2].sum().backward();
  for (const auto& item : net->named_parameters()) {
    const bool learns = item.key().starts_with("layer3.");
    EXPECT_EQ(item.value().requires_grad(), learns) << item.key();
    EXPECT_EQ(item.value().grad().defined(), learns) << item.key();
  }
}

}  // namespace
}  // namespace mammograft
