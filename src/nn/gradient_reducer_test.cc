// Gradients of several processes (threads here) against those of one that sees everything.
#include "nn/gradient_reducer.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "nn/optimizer.h"
#include "nn/test_communicator.h"

namespace mammograft {
namespace {

constexpr int kProcesses = 3;

// Three layers, and a branch that only some inputs use.
struct Model {
  Model() {
    torch::manual_seed(3);
    for (const auto& [rows, columns] :
         std::vector<std::pair<int64_t, int64_t>>{{6, 4}, {5, 6}, {2, 5}, {2, 5}, {3, 3}}) {
      parameters.push_back(torch::randn({rows, columns}).set_requires_grad(true));
    }
  }
  // parameters[3] learns only with_branch, parameters[4] never.
  torch::Tensor loss(const torch::Tensor& x, bool with_branch) const {
    const torch::Tensor hidden = torch::tanh(
        torch::matmul(torch::tanh(torch::matmul(x, parameters[0].t())), parameters[1].t()));
    torch::Tensor sum = torch::matmul(hidden, parameters[2].t()).square().sum();
    if (with_branch) sum = sum + torch::matmul(hidden, parameters[3].t()).square().sum();
    return sum;
  }
  std::vector<torch::Tensor> parameters;
};

torch::Tensor inputs(int process) {
  torch::manual_seed(100 + process);
  return torch::randn({7, 4});
}

// The gradients of the sum of the losses of all processes.
std::vector<torch::Tensor> expected_gradients(int branches) {
  const Model model;
  for (int i = 0; i < kProcesses; ++i) model.loss(inputs(i), i < branches).backward();
  std::vector<torch::Tensor> gradients;
  for (const torch::Tensor& p : model.parameters) gradients.push_back(p.grad());
  return gradients;
}

void expect_gradients(const Model& model, const std::vector<torch::Tensor>& expected) {
  for (size_t i = 0; i < expected.size(); ++i) {
    const torch::Tensor& found = model.parameters[i].grad();
    ASSERT_EQ(found.defined(), expected[i].defined()) << i;
    if (found.defined()) {
      EXPECT_TRUE(torch::allclose(found, expected[i], 1e-5, 1e-5)) << i;
    }
  }
}

// torch's default generator is shared by the threads: what is random is made before them.
struct Case {
  explicit Case(int branches) : branches(branches), expected(expected_gradients(branches)) {
    for (int i = 0; i < kProcesses; ++i) {
      models.emplace_back();
      data.push_back(inputs(i));
    }
  }
  void backward(int process) const {
    models[process].loss(data[process], process < branches).backward();
  }
  int branches;  // so many processes use the branch
  std::vector<torch::Tensor> expected;
  std::vector<Model> models;
  std::vector<torch::Tensor> data;
};

class EveryBucketSize : public testing::TestWithParam<int64_t> {};

TEST_P(EveryBucketSize, GradientsBecomeTheirSumWhoeverHasThem) {
  for (int branches = 0; branches <= kProcesses; ++branches) {
    const Case c(branches);
    std::vector<std::vector<int64_t>> lengths(kProcesses);
    run_processes(kProcesses, [&](ThreadCommunicator& process) {
      const Model& model = c.models[process.rank()];
      GradientReducer reducer(model.parameters, process, GetParam());
      for (int step = 0; step < 2; ++step) {
        for (const torch::Tensor& p : model.parameters) p.mutable_grad() = torch::Tensor();
        reducer.begin();
        c.backward(process.rank());
        reducer.finish();
        expect_gradients(model, c.expected);
      }
      lengths[process.rank()] = process.lengths();
      EXPECT_EQ(lengths[process.rank()].size(), 2 * reducer.buckets());
    });
    for (const auto& other : lengths) EXPECT_EQ(other, lengths[0]) << branches;
  }
}

// One parameter a bucket; two buckets or so; one.
INSTANTIATE_TEST_SUITE_P(GradientReducer, EveryBucketSize, testing::Values(1, 160, kBucketBytes));

TEST(GradientReducer, EarlierBackwardPassesOfTheStepCount) {
  const Case c(1);
  run_processes(kProcesses, [&](ThreadCommunicator& process) {
    const Model& model = c.models[process.rank()];
    const torch::Tensor& x = c.data[process.rank()];
    GradientReducer reducer(model.parameters, process, 1);
    // The branch learns in the first of two passes only.
    model.loss(x.slice(0, 0, 3), process.rank() < 1).backward();
    EXPECT_EQ(process.lengths().size(), 0u);  // nothing goes out before begin()
    reducer.begin();
    model.loss(x.slice(0, 3), false).backward();
    reducer.finish();
  });
  const Model one;
  for (int i = 0; i < kProcesses; ++i) {
    one.loss(c.data[i].slice(0, 0, 3), i < 1).backward();
    one.loss(c.data[i].slice(0, 3), false).backward();
  }
  std::vector<torch::Tensor> expected;
  for (const torch::Tensor& p : one.parameters) expected.push_back(p.grad());
  for (const Model& model : c.models) expect_gradients(model, expected);
}

TEST(GradientReducer, SumsStartDuringTheBackwardPass) {
  const Case c(kProcesses);
  run_processes(kProcesses, [&](ThreadCommunicator& process) {
    // The never used parameter would hold up its bucket, and all that follow, until finish().
    const Model& model = c.models[process.rank()];
    const std::vector<torch::Tensor> used(model.parameters.begin(), model.parameters.begin() + 4);
    GradientReducer reducer(used, process, 1);
    size_t started = 99;  // when the gradient of the first layer arrives, the last
    used[0].register_hook([&](const torch::Tensor&) { started = process.lengths().size(); });
    reducer.begin();
    c.backward(process.rank());
    EXPECT_GE(started, 2u);  // autograd may do the last two in either order
    EXPECT_EQ(process.lengths().size(), 4u);
    reducer.finish();
  });
}

TEST(GradientReducer, WhatSomeProcessLacksHoldsUpTheOthersOnce) {
  const Case c(1);
  run_processes(kProcesses, [&](ThreadCommunicator& process) {
    const Model& model = c.models[process.rank()];
    GradientReducer reducer(model.parameters, process, 1);
    for (const bool first : {true, false}) {
      const size_t before = process.lengths().size();
      for (const torch::Tensor& p : model.parameters) p.mutable_grad() = torch::Tensor();
      size_t started = 99;
      const auto hook = model.parameters[0].register_hook(
          [&](const torch::Tensor&) { started = process.lengths().size() - before; });
      reducer.begin();
      c.backward(process.rank());
      reducer.finish();
      model.parameters[0].remove_hook(hook);
      // The parameter that nobody uses is in front in the first step, and behind in the second.
      EXPECT_EQ(started > 0, !first) << started;
      expect_gradients(model, c.expected);
    }
  });
}

TEST(GradientReducer, MomentumDoesNotMoveWhatNoProcessLearnt) {
  const Case with(kProcesses), without(0);
  const torch::Tensor before = with.models[0].parameters[3].detach().clone();
  run_processes(kProcesses, [&](ThreadCommunicator& process) {
    const Model& model = with.models[process.rank()];
    Optimizer optimizer({{"branch", model.parameters[3]}}, OptimizerOptions{});
    GradientReducer reducer(model.parameters, process);
    reducer.begin();
    model.loss(with.data[process.rank()], process.rank() == 1).backward();
    reducer.finish();
    optimizer.step(0.01);
    const torch::Tensor moved = model.parameters[3].detach().clone();
    EXPECT_FALSE(torch::equal(moved, before));
    optimizer.zero_grad();
    reducer.begin();
    model.loss(with.data[process.rank()], false).backward();
    reducer.finish();
    optimizer.step(0.01);
    EXPECT_TRUE(torch::equal(model.parameters[3], moved));
  });
  EXPECT_TRUE(torch::equal(with.models[0].parameters[3], with.models[2].parameters[3]));
}

TEST(GradientReducer, OneProcessKeepsItsGradientsBitForBit) {
  const Model model, other;
  const torch::Tensor x = inputs(0);
  GradientReducer reducer(model.parameters, single_process(), 1);
  reducer.begin();
  model.loss(x, true).backward();
  reducer.finish();
  other.loss(x, true).backward();
  for (size_t i = 0; i < 4; ++i)
    EXPECT_TRUE(torch::equal(model.parameters[i].grad(), other.parameters[i].grad()));
}

}  // namespace
}  // namespace mammograft
