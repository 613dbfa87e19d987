#include "detect/shared_losses.h"

#include <torch/types.h>

namespace mammograft {

void share_losses(std::vector<LossTerm>& terms, Communicator& processes) {
  for (const LossTerm& term : terms)
    ensure(term.count.defined(), "{}: the network did not count", term.name);
  if (processes.size() == 1) return;
  torch::Tensor counts = torch::empty({static_cast<int64_t>(terms.size())}, torch::kDouble);
  auto count = counts.accessor<double, 1>();
  for (size_t i = 0; i < terms.size(); ++i)
    count[static_cast<int64_t>(i)] = terms[i].count.item<double>();
  const torch::Tensor own = counts.clamp_min(1);
  processes.sum(counts);
  const torch::Tensor share = own / counts.clamp_min(1);
  for (size_t i = 0; i < terms.size(); ++i)
    terms[i].value = terms[i].value * share[static_cast<int64_t>(i)].item<double>();
}

}  // namespace mammograft
