#include "core/rounds.h"

#include <gtest/gtest.h>

#include <set>

namespace mammograft {
namespace {

TEST(Rounds, EveryRoundHoldsAllInAnotherOrder) {
  const std::vector<size_t> pool = {3, 5, 8, 13, 21, 34, 55, 89};
  std::set<std::vector<size_t>> orders;
  for (int64_t round = 0; round < 5; ++round) {
    std::vector<size_t> order;
    for (int64_t k = 0; k < 8; ++k) order.push_back(in_rounds(pool, 8 * round + k, Rng(1), "x"));
    EXPECT_EQ(std::set<size_t>(order.begin(), order.end()),
              std::set<size_t>(pool.begin(), pool.end()));
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 5u);
}

TEST(Rounds, DependOnSeedAndNameAndNotOnTheDrawsBefore) {
  const auto sequence = [](const Rng& rng, const char* name) {
    std::vector<size_t> items;
    for (int64_t i = 0; i < 20; ++i) items.push_back(in_rounds(20, i, rng, name));
    return items;
  };
  Rng used(1);
  used.next();
  EXPECT_EQ(sequence(Rng(1), "x"), sequence(used, "x"));
  EXPECT_NE(sequence(Rng(1), "x"), sequence(Rng(1), "y"));
  EXPECT_NE(sequence(Rng(1), "x"), sequence(Rng(2), "x"));
}

// As it was when synthesis, blenders and detectors each had one of their own: the same seed has to
// give the same images.
TEST(Rounds, AreAShuffleOfTheForkWithTheNumberOfTheRound) {
  const Rng rng(7);
  for (const int64_t i : {0, 4, 5, 17}) {
    std::vector<size_t> order = {0, 1, 2, 3, 4};
    Rng fork = rng.fork("mass", static_cast<uint64_t>(i) / 5);
    fork.shuffle(order);
    EXPECT_EQ(in_rounds(5, i, rng, "mass"), order[static_cast<size_t>(i) % 5]);
  }
}

}  // namespace
}  // namespace mammograft
