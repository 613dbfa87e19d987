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
  check(options);
  const int64_t channels = options.fpn_channels;
  torch::nn::ModuleList inner_blocks, layer_blocks;
  for (int level = options.finest_level(); level <= options.last_lateral(); ++level) {
    inner.push_back(Convolution(64 << level, channels, 1));  // C2 has 256
    layer.push_back(Convolution(channels, channels, 3));
    register_wrapped(inner_blocks, inner.back());
    register_wrapped(layer_blocks, layer.back());
  }
  register_module("inner_blocks", inner_blocks);
  register_module("layer_blocks", layer_blocks);
  if (options.pools_p6()) return;
  auto extra_blocks = register_module("extra_blocks", torch::nn::ModuleDict());
  torch::OrderedDict<std::string, std::shared_ptr<torch::nn::Module>> named;
  for (int level = options.last_lateral() + 1; level <= options.last_level; ++level) {
    extra.push_back(Convolution(channels, channels, 3, 2));
    named.insert("p" + std::to_string(level), extra.back().ptr());
  }
  extra_blocks->update(named);
}

std::vector<torch::Tensor> FpnImpl::forward(const std::vector<torch::Tensor>& c) {
  const auto first = static_cast<size_t>(options.finest_level() - 2);
  std::vector<torch::Tensor> levels(inner.size());
  torch::Tensor top = inner.back()(c[first + inner.size() - 1]);
  levels.back() = layer.back()(top);
  for (size_t i = inner.size() - 1; i-- > 0;) {
    const torch::Tensor lateral = inner[i](c[first + i]);
    top = lateral +
          torch::upsample_nearest2d(top, lateral.sizes().slice(2), std::nullopt, std::nullopt);
    levels[i] = layer[i](top);
  }
  if (options.pools_p6()) {
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
