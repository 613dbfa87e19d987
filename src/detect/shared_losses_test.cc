#include "detect/shared_losses.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <mutex>

#include "core/testing.h"
#include "nn/test_communicator.h"

namespace mammograft {
namespace {

// The mean square of some residuals, as a network would say it.
LossTerm mean_square(const torch::Tensor& residuals, double weight) {
  const int64_t count = residuals.numel();
  return {"square", residuals.square().sum() / std::max<double>(static_cast<double>(count), 1),
          weight, torch::scalar_tensor(count)};
}

TEST(SharedLosses, PartsAndGradientsAddUpToThoseOfTheWhole) {
  // One process with nothing to learn from; one term that nobody has.
  const torch::Tensor x = torch::arange(1, 8, torch::kDouble);
  const std::vector<torch::Tensor> shares = {x.slice(0, 0, 2), x.slice(0, 0, 0), x.slice(0, 2)};
  torch::Tensor w = torch::scalar_tensor(0.7, torch::kDouble).set_requires_grad(true);
  const torch::Tensor whole = total_loss({mean_square(w * x - 1, 3)});
  whole.backward();

  std::mutex mutex;
  double loss = 0, gradient = 0;
  run_processes(3, [&](Communicator& process) {
    torch::Tensor own = torch::scalar_tensor(0.7, torch::kDouble).set_requires_grad(true);
    std::vector<LossTerm> terms = {mean_square(own * shares[process.rank()] - 1, 3),
                                   mean_square(own * torch::zeros({0}, torch::kDouble), 1)};
    share_losses(terms, process);
    const torch::Tensor total = total_loss(terms);
    total.backward();
    const std::lock_guard lock(mutex);
    loss += total.item<double>();
    gradient += own.grad().item<double>();
  });
  EXPECT_NEAR(loss, whole.item<double>(), 1e-12);
  EXPECT_NEAR(gradient, w.grad().item<double>(), 1e-12);
}

TEST(SharedLosses, ANetworkThatDoesNotCountIsADefect) {
  std::vector<LossTerm> terms = {{"square", torch::ones({})}};
  EXPECT_ERROR(share_losses(terms, single_process()), defect, "square");
}

}  // namespace
}  // namespace mammograft
