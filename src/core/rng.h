// Random numbers: one seed for a run, split by name, the same on every platform and library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace mammograft {

// xoshiro256** seeded by splitmix64. Own distributions, because those of the C++ library differ
// between implementations. Copyable: a copy repeats the same draws.
class Rng {
 public:
  explicit Rng(uint64_t seed);

  // An independent stream that depends on the seed of this one, the name and the index, and not on
  // how many numbers were drawn before: adding a draw somewhere does not change the rest, and step
  // 700 of a resumed run draws what it would have drawn.
  Rng fork(std::string_view name, uint64_t index = 0) const;

  uint64_t next();                              // 64 random bits
  double uniform();                             // [0, 1)
  double uniform(double low, double high);      // [low, high)
  double log_uniform(double low, double high);  // exp of uniform in the logarithm; low > 0
  double normal();                              // mean 0, standard deviation 1
  int64_t integer(int64_t n);                   // 0 .. n-1, unbiased; n > 0
  bool chance(double probability);
  int64_t poisson(double mean);  // mean >= 0

  template <typename T>
  void shuffle(std::vector<T>& items) {  // Fisher-Yates
    for (size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[static_cast<size_t>(integer(static_cast<int64_t>(i)))]);
    }
  }

 private:
  uint64_t seed_;
  uint64_t state_[4];
};

}  // namespace mammograft
