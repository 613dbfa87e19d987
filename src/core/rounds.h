// Going through a pool again and again, each time in another order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/rng.h"

namespace mammograft {

// Item number i (0, 1, 2, ...) when all of `pool` is gone through in a fresh random order each
// round. Depends on i and on rng.fork(name) alone. The pool is not empty.
size_t in_rounds(const std::vector<size_t>& pool, int64_t i, const Rng& rng, std::string_view name);

// The same of the numbers 0 .. size - 1.
size_t in_rounds(size_t size, int64_t i, const Rng& rng, std::string_view name);

}  // namespace mammograft
