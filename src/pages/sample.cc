#include "pages/sample.h"

#include <algorithm>
#include <numeric>

namespace mammograft {

std::vector<size_t> sample(size_t of, int count, Rng rng) {
  std::vector<size_t> order(of);
  std::iota(order.begin(), order.end(), size_t{0});
  rng.shuffle(order);
  order.resize(std::min(of, static_cast<size_t>(count)));
  return order;
}

}  // namespace mammograft
