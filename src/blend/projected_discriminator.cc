#include "blend/projected_discriminator.h"

#include <torch/nn/init.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <array>
#include <string>

#include "blend/leaky_slope.h"
#include "core/assets.h"
#include "core/error.h"
#include "nn/imagenet.h"
#include "nn/weights.h"

namespace mammograft {
namespace {

constexpr const char* kWeights = "resnet50-imagenet-c1-c4-bf16.safetensors";
constexpr std::array<int64_t, 3> kChannels{64, 256, 512}, kStrides{4, 4, 8};
constexpr int64_t kProjected = 64;

ResNet50 make_trunk() {
  ResNet50 trunk(ResNetOptions{.layer4 = false, .stride_in_1x1 = true});
  const auto file = find_asset(kWeights);
  const LoadReport report = load_weights(file, *trunk);
  if (!report.missing.empty() || !report.mismatched.empty())
    fail(ErrorKind::bad_input, "{}: expected all of ResNet-50 up to C4", file.string());
  for (torch::Tensor& parameter : trunk->parameters()) parameter.set_requires_grad(false);
  return trunk;
}

// Grey about 0 -> three channels as ImageNet's weights expect them.
torch::Tensor as_photograph(const torch::Tensor& x) {
  std::vector<torch::Tensor> channels;
  for (size_t c = 0; c < 3; ++c)
    channels.push_back(((x + 1) / 2 - kImagenetMean[c]) / kImagenetDeviation[c]);
  return torch::cat(channels, 1);
}

}  // namespace

ProjectedDiscriminatorImpl::ProjectedDiscriminatorImpl(const DiscriminatorOptions& options)
    : options(options), trunk_(make_trunk()) {
  if (options.sees_mask || options.gradient_penalty > 0) {
    fail(ErrorKind::usage,
         "discriminator.features: found imagenet, expected own beside sees_mask or "
         "gradient_penalty");
  }
  for (size_t i = 0; i < kChannels.size(); ++i) {
    const std::string name = "c" + std::to_string(i + 1);
    Head head;
    head.projection = torch::empty({kProjected, kChannels[i], 1, 1});
    torch::nn::init::kaiming_normal_(head.projection);
    register_buffer(name + "_projection", head.projection);
    head.hidden =
        register_module(name + "_hidden", SpectralConvolution(kProjected, kProjected, 1, 1, true));
    head.out = register_module(name + "_out", SpectralConvolution(kProjected, 1, 1, 1, true));
    heads_.push_back(head);
  }
}

torch::Tensor ProjectedDiscriminatorImpl::forward(const torch::Tensor& x,
                                                  std::optional<torch::ScalarType> compute) {
  trunk_->to(x.device());
  const torch::ScalarType type = compute.value_or(x.scalar_type());
  const std::vector<torch::Tensor> features =
      trunk_->forward_from_stem(as_photograph(x).to(type), kChannels.size());
  std::vector<torch::Tensor> responses;
  for (size_t i = 0; i < heads_.size(); ++i) {
    Head& head = heads_[i];
    torch::Tensor y = torch::conv2d(features[i], head.projection.to(type));
    y = torch::leaky_relu(head.hidden(y), kLeakySlope);
    responses.push_back(head.out(y).to(x.scalar_type()).flatten(2));
  }
  return torch::cat(responses, 2).unsqueeze(2);
}

torch::Tensor ProjectedDiscriminatorImpl::response_weight(const torch::Tensor& omega) const {
  std::vector<torch::Tensor> weights;
  for (const int64_t stride : kStrides) {
    const torch::Tensor share = torch::avg_pool2d(omega, stride, stride, 0, /*ceil_mode=*/true);
    weights.push_back(weight_by_share(share, options.looks_at).flatten(2));
  }
  return torch::cat(weights, 2).unsqueeze(2) / static_cast<double>(kStrides.size());
}

}  // namespace mammograft
