#include "nn/resnet.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <torch/nn/modules/container/modulelist.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/error.h"
#include "nn/first_weights.h"

namespace mammograft {
namespace {

constexpr int64_t kExpansion = 4;                  // a block's output over its inner width
constexpr std::array<int, 4> kBlocks{3, 4, 6, 3};  // He et al. 2016, table 1, 50-layer
constexpr std::array<int64_t, 4> kWidths{64, 128, 256, 512};

torch::nn::Conv2d make_conv(int64_t in, int64_t out, int64_t kernel, int64_t stride) {
  torch::nn::Conv2d conv(
      torch::nn::Conv2dOptions(1, 1, kernel).stride(stride).padding(kernel / 2).bias(false));
  const torch::NoGradGuard no_grad;
  give_channels(*conv, in, out, draw_kaiming_normal);
  conv->weight.set_data(conv->weight.contiguous(at::MemoryFormat::ChannelsLast));
  return conv;
}

}  // namespace

// 1x1 down, 3x3, 1x1 up, and the shortcut (He et al. 2016, figure 5 right).
struct BottleneckImpl : torch::nn::Module {
  BottleneckImpl(int64_t in, int64_t width, int64_t stride, const ResNetOptions& options) {
    const int64_t out = width * kExpansion;
    conv1 = register_module("conv1", make_conv(in, width, 1, options.stride_in_1x1 ? stride : 1));
    bn1 = register_module("bn1", FrozenBatchNorm(width, options.bn_eps));
    conv2 =
        register_module("conv2", make_conv(width, width, 3, options.stride_in_1x1 ? 1 : stride));
    bn2 = register_module("bn2", FrozenBatchNorm(width, options.bn_eps));
    conv3 = register_module("conv3", make_conv(width, out, 1, 1));
    bn3 = register_module("bn3", FrozenBatchNorm(out, options.bn_eps));
    if (stride != 1 || in != out) {
      down_conv = make_conv(in, out, 1, stride);
      down_bn = FrozenBatchNorm(out, options.bn_eps);
      torch::nn::ModuleList downsample;
      downsample->push_back(down_conv);
      downsample->push_back(down_bn);
      register_module("downsample", downsample);
    }
  }

  torch::Tensor forward(const torch::Tensor& x) {
    torch::Tensor y = conv_bn_relu(conv1, bn1, x);
    y = conv_bn_relu(conv2, bn2, y);
    if (down_conv.is_empty()) return conv_bn_add_relu(conv3, bn3, y, x);
    return conv_bn_add_relu(conv3, bn3, y, conv_bn(down_conv, down_bn, x));
  }

  torch::nn::Conv2d conv1{nullptr}, conv2{nullptr}, conv3{nullptr}, down_conv{nullptr};
  FrozenBatchNorm bn1{nullptr}, bn2{nullptr}, bn3{nullptr}, down_bn{nullptr};
};

ResNet50Impl::ResNet50Impl(const ResNetOptions& options) : options(options) {
  conv1_ = register_module("conv1", make_conv(3, 64, 7, 2));
  bn1_ = register_module("bn1", FrozenBatchNorm(64, options.bn_eps));
  int64_t in = 64;
  const size_t layers = options.layer4 ? 4 : 3;
  for (size_t i = 0; i < layers; ++i) {
    torch::nn::ModuleList layer;
    for (int block = 0; block < kBlocks[i]; ++block) {
      const int64_t stride = block == 0 && i > 0 ? 2 : 1;
      auto module = std::make_shared<BottleneckImpl>(in, kWidths[i], stride, options);
      layer->push_back(module);
      in = kWidths[i] * kExpansion;
    }
    layers_.push_back(register_module("layer" + std::to_string(i + 1), layer));
  }
}

torch::Tensor ResNet50Impl::run_stage(size_t stage, const torch::Tensor& x) {
  if (stage == 0) {
    return at::max_pool2d(conv_bn_relu(conv1_, bn1_, x), {3, 3}, {2, 2}, {1, 1});
  }
  torch::Tensor y = x;
  for (const auto& block : *layers_[stage - 1]) y = block->as<BottleneckImpl>()->forward(y);
  return y;
}

std::vector<torch::Tensor> ResNet50Impl::forward(torch::Tensor x) {
  std::vector<torch::Tensor> outputs = forward_from_stem(std::move(x), layers_.size() + 1);
  outputs.erase(outputs.begin());
  return outputs;
}

std::vector<torch::Tensor> ResNet50Impl::forward_from_stem(torch::Tensor x, size_t stages) {
  ensure(x.dim() == 4 && x.size(1) == 3, "ResNet50: expected [N, 3, H, W], got {} dimensions",
         x.dim());
  x = x.contiguous(at::MemoryFormat::ChannelsLast);
  std::vector<torch::Tensor> outputs;
  for (size_t stage = 0; stage < std::min(stages, layers_.size() + 1); ++stage) {
    const at::AutoGradMode grad_mode(at::GradMode::is_enabled() &&
                                     static_cast<int>(stage) >= frozen_stages);
    x = run_stage(stage, x);
    outputs.push_back(x);
  }
  return outputs;
}

void ResNet50Impl::freeze(int stages) {
  ensure(stages >= 0 && stages <= this->stages(), "ResNet50: {} frozen stages, expected 0 to {}",
         stages, this->stages());
  frozen_stages = stages;
  conv1_->weight.set_requires_grad(stages < 1);
  for (size_t i = 0; i < layers_.size(); ++i) {
    for (torch::Tensor& parameter : layers_[i]->parameters()) {
      parameter.set_requires_grad(static_cast<int>(i) + 1 >= stages);
    }
  }
}

}  // namespace mammograft
