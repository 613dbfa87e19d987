#include "nn/exponential_average.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(ExponentialAverage, EqualsTheWeightedMeanOfAllSteps) {
  TensorMap parameters{{"a", torch::zeros({2})}};
  ExponentialAverage average(parameters, 0.9);
  double weighted = 0, weights = 0;
  for (int t = 1; t <= 20; ++t) {
    parameters["a"] = torch::full({2}, static_cast<double>(t * t));
    average.update(parameters);
    weighted = 0.9 * weighted + t * t;
    weights = 0.9 * weights + 1;
    EXPECT_NEAR(average.value().at("a")[1].item<double>(), weighted / weights, 1e-4 * t * t);
  }
}

TEST(ExponentialAverage, ContinuesFromItsState) {
  TensorMap parameters{{"a", torch::ones({1})}};
  ExponentialAverage whole(parameters, 0.5), first(parameters, 0.5), second(parameters, 0.5);
  whole.update(parameters);
  first.update(parameters);
  TensorMap state;
  for (const auto& [name, tensor] : first.state()) state[name] = tensor.clone();
  second.load_state(state);
  parameters["a"] = torch::full({1}, 7.0);
  whole.update(parameters);
  second.update(parameters);
  EXPECT_TRUE(torch::equal(whole.value().at("a"), second.value().at("a")));
}

TEST(ExponentialAverage, TheDecayIsAShare) {
  EXPECT_ERROR(ExponentialAverage({}, 1), usage, "ema_decay");
}

}  // namespace
}  // namespace mammograft
