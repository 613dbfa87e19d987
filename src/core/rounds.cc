#include "core/rounds.h"

#include <numeric>

#include "core/error.h"

namespace mammograft {

size_t in_rounds(const std::vector<size_t>& pool, int64_t i, const Rng& rng,
                 std::string_view name) {
  ensure(!pool.empty(), "{}: a pool of nothing", name);
  const auto size = std::ssize(pool);
  std::vector<size_t> order = pool;
  rng.fork(name, static_cast<uint64_t>(i / size)).shuffle(order);
  return order[static_cast<size_t>(i % size)];
}

size_t in_rounds(size_t size, int64_t i, const Rng& rng, std::string_view name) {
  std::vector<size_t> all(size);
  std::iota(all.begin(), all.end(), size_t{0});
  return in_rounds(all, i, rng, name);
}

}  // namespace mammograft
