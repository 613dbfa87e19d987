// A training step that never asks the device how many there are: on a CPU it learns what the usual
// step learns; on torch's "meta" device, whose tensors have shapes and no values, a question would
// throw.
#include "detect/fixed_lengths.h"

#include <ATen/ExpandUtils.h>
#include <ATen/native/Resize.h>
#include <gtest/gtest.h>
#include <torch/library.h>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "detect/detection_network.h"
#include "detect/losses_testing.h"
#include "detect/make_network.h"
#include "detect/mask_rcnn.h"
#include "nn/exponential_average.h"
#include "nn/optimizer.h"
#include "nn/tensor_names.h"

namespace {

// Some operations whose shapes LibTorch knows on the meta device only where Python is.
using Sizes = c10::SymIntArrayRef;

torch::Tensor convolution(const torch::Tensor& x, const torch::Tensor& weight,
                          const std::optional<torch::Tensor>&, Sizes stride, Sizes padding,
                          Sizes dilation, bool transposed, Sizes, c10::SymInt) {
  TORCH_CHECK(!transposed, "no network here has a transposed convolution");
  std::vector<c10::SymInt> shape{x.sym_size(0), weight.sym_size(0)};
  for (size_t i = 0; i < 2; ++i) {
    const auto axis = static_cast<int64_t>(i) + 2;
    const c10::SymInt span = dilation[i] * (weight.sym_size(axis) - 1) + 1;
    shape.push_back((x.sym_size(axis) + padding[i] * 2 - span) / stride[i] + 1);
  }
  return torch::empty_symint(shape, x.options());
}

std::tuple<torch::Tensor, torch::Tensor, torch::Tensor> convolution_backward(
    const torch::Tensor& grad, const torch::Tensor& x, const torch::Tensor& weight, Sizes, Sizes,
    Sizes, bool, Sizes, c10::SymInt, std::array<bool, 3> wanted) {
  return {wanted[0] ? torch::empty_like(x) : torch::Tensor(),
          wanted[1] ? torch::empty_like(weight) : torch::Tensor(),
          wanted[2] ? torch::empty({weight.size(0)}, grad.options()) : torch::Tensor()};
}

torch::Tensor& in_place(torch::Tensor& x) { return x; }
torch::Tensor same(const torch::Tensor& x) { return torch::empty_like(x); }

torch::Tensor& same_out(const torch::Tensor& x, torch::Tensor& out) {
  at::native::resize_output(out, x.sizes());
  return out;
}
std::tuple<torch::Tensor, torch::Tensor> same_and_buffer(const torch::Tensor& x) {
  return {torch::empty_like(x), torch::empty({0}, x.options())};
}
torch::Tensor& smooth_l1_backward(const torch::Tensor&, const torch::Tensor& x,
                                  const torch::Tensor&, int64_t, double, torch::Tensor& out) {
  return same_out(x, out);
}
torch::Tensor same_of_three(const torch::Tensor& x, const torch::Tensor&, const torch::Tensor&) {
  return torch::empty_like(x);
}

torch::Tensor& masked_fill(torch::Tensor& x, const torch::Tensor&, const torch::Scalar&) {
  return x;
}

torch::Tensor where(const torch::Tensor& condition, const torch::Tensor& a,
                    const torch::Tensor& b) {
  const auto shape = at::infer_size(condition.sizes(), at::infer_size(a.sizes(), b.sizes()));
  return torch::empty(shape, condition.options().dtype(at::result_type(a, b)));
}

torch::Tensor index_select(const torch::Tensor& x, int64_t dim, const torch::Tensor& index) {
  auto shape = x.sizes().vec();
  shape[static_cast<size_t>(dim < 0 ? dim + x.dim() : dim)] = index.numel();
  return torch::empty(shape, x.options());
}

}  // namespace

TORCH_LIBRARY_IMPL(aten, Meta, library) {
  library.impl("relu", same);
  library.impl("relu_", in_place);
  library.impl("abs.out", same_out);
  library.impl("smooth_l1_loss_backward.grad_input", smooth_l1_backward);
  library.impl("log_sigmoid_forward", same_and_buffer);
  library.impl("log_sigmoid_backward", same_of_three);
  library.impl("masked_fill_.Scalar", masked_fill);
  library.impl("where.self", where);
  library.impl("index_select", index_select);
  library.impl("convolution_overrideable", convolution);
  library.impl("convolution_backward_overrideable", convolution_backward);
}

namespace mammograft {
namespace {

DetectorOptions small_network(const std::string& arch) {
  DetectorOptions options = detector_preset("light", arch);
  options.backbone.fpn_channels = 16;
  options.anchors.sizes = {8, 12, 16, 24, 32, 40, 48, 64};
  options.rpn.samples = 60;
  options.roi.samples = 40;
  options.roi.box_features = 32;
  options.roi.mask_channels = 16;
  return options;
}

std::shared_ptr<DetectionNetwork> fresh(const std::string& arch) {
  torch::manual_seed(1);
  const auto network = make_network(small_network(arch));
  network->backbone->body->freeze(2);
  network->train();
  return network;
}

struct Learnt {
  std::vector<double> losses, counts;
  TensorMap gradients;
};

// In fp64, where rounding turns the sign of no activation.
Learnt learn(DetectionNetwork& network) {
  network.to(torch::kDouble);
  std::vector<Target> targets = two_targets();
  for (Target& target : targets) target.boxes = target.boxes.to(torch::kDouble);
  std::vector<Rng> rngs{Rng(1), Rng(2)};
  const auto terms = network.losses(noise({2, 1, kSide, kSide}, 3).to(torch::kDouble), targets,
                                    rngs, torch::kDouble, LossOptions{});
  network.zero_grad();
  total_loss(terms).backward();
  Learnt learnt;
  for (const LossTerm& term : terms) {
    learnt.losses.push_back(term.value.item<double>());
    learnt.counts.push_back(term.count.item<double>());
  }
  for (const auto& [name, parameter] : parameters_of(network)) {
    if (parameter.grad().defined()) learnt.gradients[name] = parameter.grad().clone();
  }
  return learnt;
}

void expect_the_same(const Learnt& a, const Learnt& b) {
  ASSERT_EQ(a.losses.size(), b.losses.size());
  EXPECT_EQ(a.counts, b.counts);
  for (size_t i = 0; i < a.losses.size(); ++i) {
    EXPECT_GT(a.losses[i], 0);
    EXPECT_NEAR(a.losses[i], b.losses[i], 1e-9 * a.losses[i]);
  }
  ASSERT_GT(a.gradients.size(), 20u);
  ASSERT_EQ(a.gradients.size(), b.gradients.size());
  for (const auto& [name, gradient] : a.gradients) {
    const double norm = gradient.norm().item<double>();
    EXPECT_LT((gradient - b.gradients.at(name)).norm().item<double>(), 1e-9 * norm + 1e-12) << name;
  }
}

class FixedLengths : public testing::TestWithParam<std::string> {};

TEST_P(FixedLengths, LearnWhatCountedListsLearn) {
  const auto network = fresh(GetParam());
  const Learnt counted = learn(*network);
  const FixedLengthsGuard guard;
  expect_the_same(counted, learn(*network));
}

TEST(FixedLengthsOfMaskRcnn, ProposalsFillUpWithEmptyBoxes) {
  const auto network = std::dynamic_pointer_cast<MaskRcnn>(fresh("mask_rcnn"));
  const torch::NoGradGuard no_grad;
  const auto pyramid = network->backbone(noise({2, 1, kSide, kSide}, 3), torch::kFloat);
  const RpnOutput out = network->rpn(pyramid, kSide, kSide);
  const Proposals counted = network->rpn->propose(out, kSide, kSide, /*training=*/true);
  const FixedLengthsGuard guard;
  const Proposals fixed = network->rpn->propose(out, kSide, kSide, /*training=*/true);
  for (size_t n = 0; n < 2; ++n) {
    const int64_t count = counted.boxes[n].size(0), places = fixed.boxes[n].size(0);
    ASSERT_GT(count, 20);
    ASSERT_EQ(places, 500);
    ASSERT_LT(count, places);
    EXPECT_LT(largest_difference(fixed.boxes[n].slice(0, 0, count), counted.boxes[n]), 1e-4);
    EXPECT_EQ(largest_difference(fixed.scores[n].slice(0, 0, count), counted.scores[n]), 0);
    EXPECT_EQ(fixed.boxes[n].slice(0, count).abs().sum().item<double>(), 0);
    EXPECT_TRUE(fixed.scores[n].slice(0, count).isinf().all().item<bool>());
  }
}

// What Module::to() does, which refuses this device.
void to_meta(torch::nn::Module& module) {
  const auto move = [](const torch::Tensor& tensor) {
    const torch::Tensor meta = tensor.detach().to(torch::kMeta);
    tensor.unsafeGetTensorImpl()->shallow_copy_from(meta.getIntrusivePtr());
  };
  for (const torch::Tensor& tensor : module.parameters()) move(tensor);
  for (const torch::Tensor& tensor : module.buffers()) move(tensor);
}

std::vector<Target> on_meta(std::vector<Target> targets) {
  for (Target& t : targets) {
    for (torch::Tensor* tensor : {&t.boxes, &t.labels, &t.masks, &t.has_mask, &t.ignored})
      *tensor = tensor->to(torch::kMeta);
  }
  return targets;
}

TEST_P(FixedLengths, AWholeStepAsksTheDeviceForNothing) {
  for (const auto compute : {torch::kFloat, torch::kBFloat16}) {
    const auto network = fresh(GetParam());
    to_meta(*network);
    OptimizerOptions clipped;
    clipped.clip_norm = 1;
    Optimizer optimizer(parameters_of(*network), clipped);
    ExponentialAverage average(parameters_of(*network), 0.9);
    std::vector<Rng> rngs{Rng(1), Rng(2)};
    const auto terms = network->losses(torch::empty({2, 1, kSide, kSide}, torch::kMeta),
                                       on_meta(two_targets()), rngs, compute, LossOptions{});
    const torch::Tensor total = total_loss(terms);
    EXPECT_TRUE(total.is_meta());
    total.backward();
    EXPECT_TRUE(optimizer.step(0.1).is_meta());
    average.update(parameters_of(*network));
  }
}

// The step above can fail.
TEST(FixedLengthsOfMaskRcnn, TheMetaDeviceAnswersNoQuestions) {
  const torch::Tensor tensor = torch::empty({3}, torch::kMeta);
  EXPECT_ANY_THROW(tensor.sum().item<double>());
  EXPECT_ANY_THROW(torch::nonzero(tensor));
  EXPECT_ANY_THROW(tensor.to(torch::kCPU));
}

INSTANTIATE_TEST_SUITE_P(Networks, FixedLengths, testing::Values("mask_rcnn", "retinanet"));

}  // namespace
}  // namespace mammograft
