#include "detect/plan_builder.h"

#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "nn/frozen_batch_norm.h"

namespace mammograft {
namespace {

std::vector<float> values_of(const torch::Tensor& tensor) {
  const torch::Tensor t = tensor.detach().to(torch::kCPU, torch::kFloat).contiguous();
  return {t.data_ptr<float>(), t.data_ptr<float>() + t.numel()};
}

}  // namespace

PlanBuilder::PlanBuilder(const torch::nn::Module& network)
    : modules_(network.named_modules({}, /*include_self=*/false)),
      tensors_(named_tensors(network)) {}

int PlanBuilder::add(PlanNode node) {
  plan_.nodes.push_back(std::move(node));
  return static_cast<int>(plan_.nodes.size()) - 1;
}

int PlanBuilder::add(PlanNode::Kind kind, const std::string& name, int input, int other) {
  PlanNode node;
  node.kind = kind, node.name = name, node.input = input, node.other = other;
  return add(std::move(node));
}

int PlanBuilder::add_weighted(PlanNode node, const torch::Tensor& weight,
                              const torch::Tensor& bias) {
  node.shape.fill(1);
  for (int64_t i = 0; i < weight.dim(); ++i) node.shape.at(static_cast<size_t>(i)) = weight.size(i);
  node.weight = values_of(weight);
  node.bias = values_of(bias);
  return add(std::move(node));
}

int PlanBuilder::add_layer(PlanNode node, const std::string& tensors) {
  node.tensors = tensors;
  return add_weighted(std::move(node), tensors_.at(tensors + ".weight"),
                      tensors_.at(tensors + ".bias"));
}

int PlanBuilder::convolution(const std::string& name, int input, int64_t stride, bool relu,
                             const std::string& of) {
  PlanNode node;
  node.kind = PlanNode::Kind::convolution;
  node.name = of.empty() ? name : name + " of " + of;
  node.input = input, node.stride = stride, node.relu = relu;
  node.padding = tensors_.at(name + ".weight").size(2) / 2;
  return add_layer(std::move(node), name);
}

int PlanBuilder::regions(int64_t channels, int64_t side) {
  PlanNode node;
  node.kind = PlanNode::Kind::regions, node.name = "regions";
  node.shape = {0, channels, side, side};
  return add(std::move(node));
}

int PlanBuilder::linear(const std::string& name, int input, bool relu) {
  PlanNode node;
  node.kind = PlanNode::Kind::linear, node.name = name;
  node.input = input, node.relu = relu;
  return add_layer(std::move(node), name);
}

int PlanBuilder::transposed_convolution(const std::string& name, int input, bool relu) {
  PlanNode node;
  node.kind = PlanNode::Kind::transposed_convolution, node.name = name;
  node.input = input, node.relu = relu;
  node.stride = tensors_.at(name + ".weight").size(2);
  return add_layer(std::move(node), name);
}

int PlanBuilder::folded(const std::string& conv, const std::string& norm, int input, int64_t stride,
                        bool relu, int other) {
  const torch::NoGradGuard no_grad;
  const auto& bn = *modules_[norm]->as<FrozenBatchNormImpl>();
  const torch::Tensor& weight = tensors_.at(conv + ".weight");
  PlanNode node;
  node.kind = PlanNode::Kind::convolution, node.name = node.tensors = conv;
  node.input = input, node.other = other;
  node.stride = stride, node.padding = weight.size(2) / 2, node.relu = relu;
  return add_weighted(std::move(node), weight * bn.scale().view({-1, 1, 1, 1}), bn.shift());
}

int PlanBuilder::bottleneck(const std::string& block, int input, int64_t stride) {
  const int64_t first = stride_in_1x1_ ? stride : 1, second = stride / first;
  const bool projected = tensors_.count(block + ".downsample.0.weight") > 0;
  const int shortcut =
      projected ? folded(block + ".downsample.0", block + ".downsample.1", input, stride, false)
                : input;
  int y = folded(block + ".conv1", block + ".bn1", input, first, true);
  y = folded(block + ".conv2", block + ".bn2", y, second, true);
  return folded(block + ".conv3", block + ".bn3", y, 1, true, shortcut);
}

// C2, C3, C4 [, C5]
std::vector<int> PlanBuilder::body(const BackboneOptions& options) {
  const std::string body = "backbone.body.";
  int x = add(PlanNode::Kind::image, "image");
  x = folded(body + "conv1", body + "bn1", x, 2, true);
  x = add(PlanNode::Kind::max_pool, "max_pool", x);
  std::vector<int> stages;
  for (int stage = 1; stage <= (options.layer4 ? 4 : 3); ++stage) {
    for (int i = 0;; ++i) {
      const std::string block = fmt::format("{}layer{}.{}", body, stage, i);
      if (tensors_.count(block + ".conv1.weight") == 0) break;
      x = bottleneck(block, x, i == 0 && stage > 1 ? 2 : 1);
    }
    stages.push_back(x);
  }
  return stages;
}

std::vector<int> PlanBuilder::backbone(const BackboneOptions& options) {
  stride_in_1x1_ = options.stride_in_1x1;
  const std::vector<int> c = body(options);
  const std::string fpn = "backbone.fpn.";
  const auto first = static_cast<size_t>(options.finest_level() - 2);
  std::vector<int> levels(c.size() - first);
  int top = -1;
  for (size_t i = levels.size(); i-- > 0;) {
    const int lateral =
        convolution(fmt::format("{}inner_blocks.{}.0", fpn, i), c[first + i], 1, false);
    top = top < 0 ? lateral
                  : add(PlanNode::Kind::add_upsampled, fmt::format("top.{}", i), lateral, top);
    levels[i] = convolution(fmt::format("{}layer_blocks.{}.0", fpn, i), top, 1, false);
  }
  if (options.pools_p6()) {
    levels.push_back(add(PlanNode::Kind::every_second, "p6", levels.back()));
    return levels;
  }
  const int first_strided = options.last_lateral() + 1;
  for (int level = first_strided; level <= options.last_level; ++level) {
    const int below =
        level == first_strided
            ? levels.back()
            : add(PlanNode::Kind::relu, fmt::format("relu.p{}", level - 1), levels.back());
    levels.push_back(convolution(fmt::format("{}extra_blocks.p{}", fpn, level), below, 2, false));
  }
  return levels;
}

}  // namespace mammograft
