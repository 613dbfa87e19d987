// Which masses a page shows where it cannot show all.
#pragma once

#include <cstddef>
#include <vector>

#include "core/rng.h"

namespace mammograft {

// `count` of 0 .. of-1, all when there are fewer, drawn without replacement, in random order.
std::vector<size_t> sample(size_t of, int count, Rng rng);

}  // namespace mammograft
