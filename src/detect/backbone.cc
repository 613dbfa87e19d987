#include "detect/backbone.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include "nn/device_copy.h"
#include "nn/imagenet.h"

namespace mammograft {
namespace {

// One grey channel as the three that ImageNet's weights expect, normalised by ImageNet's
// statistics.
torch::Tensor imagenet_channels(const torch::Tensor& images) {
  const auto channels = [&](const std::array<double, 3>& values) {
    const torch::Tensor row = torch::tensor(at::ArrayRef<double>(values), images.scalar_type());
    return to_device(row, images.device()).view({1, 3, 1, 1});
  };
  return (images - channels(kImagenetMean)) / channels(kImagenetDeviation);
}

}  // namespace

BackboneImpl::BackboneImpl(const BackboneOptions& options) {
  body = register_module("body", ResNet50(ResNetOptions{.layer4 = options.layer4,
                                                        .stride_in_1x1 = options.stride_in_1x1,
                                                        .bn_eps = options.bn_eps}));
  fpn = register_module("fpn", Fpn(options));
}

std::vector<torch::Tensor> BackboneImpl::forward(const torch::Tensor& images,
                                                 torch::ScalarType compute) {
  ensure(images.dim() == 4 && images.size(1) == 1,
         "images: expected [N, 1, H, W], got {} dimensions", images.dim());
  return fpn(
      body(imagenet_channels(images).to(compute).contiguous(torch::MemoryFormat::ChannelsLast)));
}

}  // namespace mammograft
