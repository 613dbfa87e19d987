#include "detect/fpn.h"

#include <torch/nn/module.h>
#include <torch/nn/modules/container/moduledict.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/types.h>

namespace mammograft {
namespace {

// torchvision wraps each convolution in a sequence: "inner_blocks.0.0.weight".
void register_wrapped(torch::nn::ModuleList& list, const Convolution& conv) {
  list->push_back(torch::nn::Sequential(conv));
}

}  // namespace

FpnImpl::FpnImpl(const BackboneOptions& options) : options(options) {
  const std::vector<int64_t> channels = {256, 512, 1024, 2048};  // C2-C5
  const size_t first = options.p2 ? 0 : 1, last = options.layer4 ? 4 : 3;
  const auto last_level = static_cast<size_t>(options.last_level);
  if (options.p2 ? last_level != 6 : last_level < last + 1) {
    fail(ErrorKind::usage, "backbone.last_level: found {}, expected {}", options.last_level,
         options.p2 ? "6, with p2" : fmt::format("{} or more", last + 1));
  }
  torch::nn::ModuleList inner_blocks, layer_blocks;
  for (size_t i = first; i < last; ++i) {
    inner.push_back(Convolution(channels[i], options.fpn_channels, 1));
    layer.push_back(Convolution(options.fpn_channels, options.fpn_channels, 3));
    register_wrapped(inner_blocks, inner.back());
    register_wrapped(layer_blocks, layer.back());
  }
  register_module("inner_blocks", inner_blocks);
  register_module("layer_blocks", layer_blocks);
  if (options.p2) return;
  // Levels are P3 .. last_level: whatever the convolutions of the ResNet do not give is made by
  // strides.
  auto extra_blocks = register_module("extra_blocks", torch::nn::ModuleDict());
  torch::OrderedDict<std::string, std::shared_ptr<torch::nn::Module>> named;
  for (size_t level = 2 + last; level <= last_level; ++level) {
    extra.push_back(Convolution(options.fpn_channels, options.fpn_channels, 3, 2));
    named.insert("p" + std::to_string(level), extra.back().ptr());
  }
  extra_blocks->update(named);
}

std::vector<torch::Tensor> FpnImpl::forward(const std::vector<torch::Tensor>& c) {
  const size_t first = options.p2 ? 0 : 1;
  std::vector<torch::Tensor> levels(inner.size());
  torch::Tensor top = inner.back()(c[first + inner.size() - 1]);
  levels.back() = layer.back()(top);
  for (size_t i = inner.size() - 1; i-- > 0;) {
    const torch::Tensor lateral = inner[i](c[first + i]);
    top = lateral +
          torch::upsample_nearest2d(top, lateral.sizes().slice(2), std::nullopt, std::nullopt);
    levels[i] = layer[i](top);
  }
  if (options.p2) {
    levels.push_back(torch::max_pool2d(levels.back(), 1, 2));
    return levels;
  }
  for (size_t i = 0; i < extra.size(); ++i) {
    const torch::Tensor below = i == 0 ? levels.back() : torch::relu(levels.back());
    levels.push_back(extra[i](below));
  }
  return levels;
}

}  // namespace mammograft
