// Writes parts of a detector into a ConvPlan, from tensors under torchvision's names.
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <vector>

#include "detect/detector_options.h"
#include "nn/conv_plan.h"
#include "nn/weights.h"

namespace mammograft {

class PlanBuilder {
 public:
  explicit PlanBuilder(const torch::nn::Module& network);

  // Image to pyramid levels, finest first; batch norms folded into the convolutions before them.
  std::vector<int> backbone(const BackboneOptions& options);
  // The convolution `name` (".weight", ".bias") of a map; `of` tells apart its uses on several
  // levels. Returns the node.
  int convolution(const std::string& name, int input, int64_t stride, bool relu,
                  const std::string& of = {});
  // The input of a head: regions [R, channels, side, side].
  int regions(int64_t channels, int64_t side);
  int linear(const std::string& name, int input, bool relu);
  int transposed_convolution(const std::string& name, int input, bool relu);
  void output(const std::string& name, int node, bool exact) {
    plan_.outputs.push_back({node, exact, name});
  }
  ConvPlan take() { return std::move(plan_); }

 private:
  int add(PlanNode node);
  int add(PlanNode::Kind kind, const std::string& name, int input = -1, int other = -1);
  // `node` says all but what the tensors do.
  int add_weighted(PlanNode node, const torch::Tensor& weight, const torch::Tensor& bias);
  int add_layer(PlanNode node, const std::string& tensors);
  int folded(const std::string& conv, const std::string& norm, int input, int64_t stride, bool relu,
             int other = -1);
  std::vector<int> body(const BackboneOptions& options);
  int bottleneck(const std::string& block, int input, int64_t stride);

  torch::OrderedDict<std::string, std::shared_ptr<torch::nn::Module>> modules_;
  TensorMap tensors_;
  ConvPlan plan_;
  bool stride_in_1x1_ = false;
};

}  // namespace mammograft
