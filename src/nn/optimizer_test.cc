#include "nn/optimizer.h"

#include <gtest/gtest.h>
#include <torch/nn/utils.h>
#include <torch/optim.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "core/error.h"

namespace mammograft {
namespace {

TensorMap make_parameters() {
  torch::manual_seed(5);
  TensorMap parameters{{"w", torch::randn({4, 3})}, {"b", torch::randn({4})}};
  for (auto& [name, tensor] : parameters) tensor.set_requires_grad(true);
  return parameters;
}

torch::Tensor loss_of(const TensorMap& p, int64_t step) {
  torch::manual_seed(100 + step);
  return (torch::mv(p.at("w"), torch::randn({3})) + p.at("b")).square().sum();
}

void run(Optimizer& optimizer, const TensorMap& parameters, int from, int to) {
  for (int i = from; i < to; ++i) {
    optimizer.zero_grad();
    loss_of(parameters, i).backward();
    optimizer.step(0.02);
  }
}

template <typename Torch>
TensorMap reference(Torch& optimizer, const TensorMap& parameters, double clip) {
  for (int i = 0; i < 10; ++i) {
    optimizer.zero_grad();
    loss_of(parameters, i).backward();
    if (clip > 0) torch::nn::utils::clip_grad_norm_({parameters.at("b"), parameters.at("w")}, clip);
    optimizer.step();
  }
  return parameters;
}

void expect_equal(const TensorMap& a, const TensorMap& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : a) {
    EXPECT_LE((tensor - b.at(name)).abs().max().item<double>(), tolerance) << name;
  }
}

TEST(Optimizer, SgdEqualsTorch) {
  for (const double clip : {0.0, 1.5}) {
    const TensorMap own = make_parameters(), other = make_parameters();
    OptimizerOptions options;
    options.clip_norm = clip;
    Optimizer optimizer(own, options);
    run(optimizer, own, 0, 10);
    torch::optim::SGD sgd(std::vector<torch::Tensor>{other.at("b"), other.at("w")},
                          torch::optim::SGDOptions(0.02).momentum(0.9).weight_decay(1e-4));
    expect_equal(own, reference(sgd, other, clip), 1e-6);
  }
}

TEST(Optimizer, StridesOfGradientsNeedNotBeThoseOfTheirParameters) {
  const torch::Tensor values = torch::arange(36, torch::kFloat32).reshape({2, 3, 3, 2});
  for (const double momentum : {0.0, 0.9}) {
    OptimizerOptions options;
    options.momentum = momentum;
    options.clip_norm = 0;
    const TensorMap parameters{
        {"w", values.clone(torch::MemoryFormat::ChannelsLast).set_requires_grad(true)}};
    const torch::Tensor gradient = at::sin(values);
    parameters.at("w").mutable_grad() = gradient.clone(torch::MemoryFormat::Contiguous);
    Optimizer(parameters, options).step(0.5);
    const torch::Tensor expected = values - 0.5 * (gradient + options.weight_decay * values);
    EXPECT_LE((parameters.at("w") - expected).abs().max().item<double>(), 1e-5) << momentum;
  }
}

TEST(Optimizer, AdamEqualsTorch) {
  const TensorMap own = make_parameters(), other = make_parameters();
  OptimizerOptions options;
  options.kind = "adam";
  options.clip_norm = 0;
  Optimizer optimizer(own, options);
  run(optimizer, own, 0, 10);
  torch::optim::Adam adam(std::vector<torch::Tensor>{other.at("b"), other.at("w")},
                          torch::optim::AdamOptions(0.02).weight_decay(1e-4));
  expect_equal(own, reference(adam, other, 0), 1e-6);
}

TEST(Optimizer, StateRoundTripContinuesExactly) {
  for (const char* kind : {"sgd", "adam"}) {
    OptimizerOptions options;
    options.kind = kind;
    const TensorMap whole = make_parameters(), first = make_parameters();
    Optimizer uninterrupted(whole, options), before(first, options);
    run(uninterrupted, whole, 0, 8);
    run(before, first, 0, 3);
    Optimizer after(first, options);
    after.load_state(before.state());
    run(after, first, 3, 8);
    expect_equal(whole, first, 0);
  }
}

TEST(Optimizer, ReturnsTheNormBeforeClippingAndSkipsWhatHasNoGradient) {
  TensorMap parameters = make_parameters();
  const torch::Tensor b = parameters.at("b").detach().clone();
  OptimizerOptions options;
  options.clip_norm = 1;
  options.momentum = 0;
  options.weight_decay = 0;
  Optimizer optimizer(parameters, options);
  const torch::Tensor before = parameters.at("w").detach().clone();
  parameters.at("w").mutable_grad() = torch::full({4, 3}, 5.0);
  EXPECT_NEAR(optimizer.step(1.0).item<double>(), 5 * std::sqrt(12.0), 1e-4);
  EXPECT_NEAR((before - parameters.at("w")).norm().item<double>(), 1, 1e-4);
  EXPECT_TRUE(torch::equal(parameters.at("b"), b));
}

TEST(Optimizer, BiasDecayIsOptionalAndStagesKeepTheStateOfKeptNames) {
  const TensorMap parameters = make_parameters();
  OptimizerOptions options;
  options.weight_decay = 1;
  options.decay_bias = false;
  options.momentum = 0.5;
  Optimizer optimizer(parameters, options);
  const torch::Tensor b = parameters.at("b").detach().clone();
  for (const auto& [name, tensor] : parameters) tensor.mutable_grad() = torch::zeros_like(tensor);
  optimizer.step(0.1);
  EXPECT_TRUE(torch::equal(parameters.at("b"), b));
  EXPECT_TRUE(optimizer.state().contains("momentum.b"));
  optimizer.set_parameters({{"w", parameters.at("w")}});
  EXPECT_TRUE(optimizer.state().contains("momentum.w"));
  EXPECT_FALSE(optimizer.state().contains("momentum.b"));
}

}  // namespace
}  // namespace mammograft
