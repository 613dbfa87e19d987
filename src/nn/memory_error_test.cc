#include "nn/memory_error.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <stdexcept>

namespace mammograft {
namespace {

// Whether allocating `bytes` fails for want of memory.
bool has_no_memory_for(int64_t bytes) {
  try {
    (void)torch::empty({bytes}, torch::kByte);
  } catch (const std::exception& error) {
    return is_out_of_memory(error);
  }
  return false;
}

TEST(MemoryError, IsThatOfTheAllocator) {
#ifdef MAMMOGRAFT_SANITIZED
  GTEST_SKIP() << "the sanitizer ends the process";
#endif
  EXPECT_TRUE(has_no_memory_for(int64_t{1} << 60));
}

TEST(MemoryError, IsNoOther) {
  EXPECT_FALSE(has_no_memory_for(-1)) << "no size";
  EXPECT_FALSE(is_out_of_memory(std::runtime_error("can't allocate memory")));
}

}  // namespace
}  // namespace mammograft
