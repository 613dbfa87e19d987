#include "core/shard.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/testing.h"

namespace mammograft {
namespace {

TEST(Shard, IsReadAndSaid) {
  EXPECT_EQ(Shard::parse("2/5"), (Shard{2, 5, true}));
  EXPECT_EQ(Shard::parse("2/5").text(), "2/5");
  EXPECT_EQ(Shard::parse("1/1").text(), "1/1");
  EXPECT_EQ(Shard::parse("").text(), "");
  for (const char* wrong : {"0/5", "6/5", "2", "2/", "/5", "2/5/7", "a/b", "2 / 5", "-1/5", "1/-1",
                            "1/99999999999", "1/200000"})
    EXPECT_ERROR(Shard::parse(wrong, "--shard"), usage, "--shard: found \"");
}

TEST(Shard, EveryKeyIsInOne) {
  std::vector<int> sizes(7);
  for (int i = 0; i < 7000; ++i) {
    int holders = 0;
    for (int k = 1; k <= 7; ++k) {
      if (!Shard{k, 7, true}.holds("dicom/" + std::to_string(i))) continue;
      ++holders;
      ++sizes[static_cast<size_t>(k - 1)];
    }
    EXPECT_EQ(holders, 1) << i;
  }
  // Binomial: 1000 with a standard deviation of 29.
  for (const int size : sizes) EXPECT_NEAR(size, 1000, 150);
  EXPECT_TRUE(Shard().holds("anything"));
}

// What is divided today must be divided the same tomorrow: numbers of the recipe written out in
// Python (FNV-1a of 64 bits, MurmurHash3's finalizer, modulo).
TEST(Shard, DividesAsItEverDid) {
  EXPECT_TRUE((Shard{5, 5, true}.holds("mias/001")));
  EXPECT_TRUE((Shard{3, 5, true}.holds("mias/002")));
  EXPECT_TRUE((Shard{84, 200, true}.holds("dicom/0123456789abcdef")));
}

}  // namespace
}  // namespace mammograft
