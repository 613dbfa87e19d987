#include "detect/shared_losses.h"

#include <torch/torch.h>

#include <algorithm>

namespace mammograft {

void share_losses(std::vector<LossTerm>& terms, Communicator& processes) {
  torch::Tensor counts = torch::empty({static_cast<int64_t>(terms.size())}, torch::kDouble);
  auto count = counts.accessor<double, 1>();
  for (size_t i = 0; i < terms.size(); ++i) {
    ensure(terms[i].count >= 0, "{}: the network did not count", terms[i].name);
    count[static_cast<int64_t>(i)] = static_cast<double>(terms[i].count);
  }
  if (processes.size() == 1) return;
  processes.sum(counts);
  for (size_t i = 0; i < terms.size(); ++i) {
    const double own = static_cast<double>(std::max<int64_t>(terms[i].count, 1));
    terms[i].value = terms[i].value * (own / std::max(count[static_cast<int64_t>(i)], 1.0));
  }
}

}  // namespace mammograft
