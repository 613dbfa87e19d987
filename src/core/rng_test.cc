#include "core/rng.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "core/hash.h"
#include "core/json.h"

namespace mammograft {
namespace {

// Made by tests/golden/core/make_rng.py, an implementation of its own.
const Json& golden() {
  static const Json json = read_json(MAMMOGRAFT_SOURCE_DIR "/tests/golden/core/rng.json");
  return json;
}

TEST(Rng, BitsMatchGolden) {
  for (const Json& entry : golden().at("next")) {
    Rng rng(std::stoull(entry.at("seed").get<std::string>(), nullptr, 16));
    for (const Json& value : entry.at("values")) {
      EXPECT_EQ(fmt::format("{:016x}", rng.next()), value.get<std::string>());
    }
  }
}

TEST(Rng, ForksMatchGolden) {
  for (const Json& entry : golden().at("fork")) {
    Rng rng = Rng(42).fork(entry.at("name").get<std::string>(), entry.at("index").get<uint64_t>());
    for (const Json& value : entry.at("values")) {
      EXPECT_EQ(fmt::format("{:016x}", rng.next()), value.get<std::string>());
    }
  }
}

TEST(Rng, DistributionsMatchGolden) {
  const Json& json = golden();
  Rng uniform(7), normal(7), log_uniform(7), integer(7), integer_large(7), shuffle(7);
  for (const Json& v : json.at("uniform")) EXPECT_EQ(uniform.uniform(), v.get<double>());
  for (const Json& v : json.at("normal")) {
    EXPECT_NEAR(normal.normal(), v.get<double>(), 1e-15 * std::abs(v.get<double>()) + 1e-16);
  }
  for (const Json& v : json.at("log_uniform")) {
    EXPECT_NEAR(log_uniform.log_uniform(1e-3, 50), v.get<double>(), 4e-15 * v.get<double>());
  }
  for (const Json& v : json.at("integer")) EXPECT_EQ(integer.integer(10), v.get<int64_t>());
  for (const Json& v : json.at("integer_large")) {
    EXPECT_EQ(integer_large.integer(int64_t{3} << 61), v.get<int64_t>());
  }
  std::vector<int> items(20);
  std::iota(items.begin(), items.end(), 0);
  shuffle.shuffle(items);
  EXPECT_EQ(items, json.at("shuffle").get<std::vector<int>>());
}

// Exact bits of the distributions that use logarithm and exponential: the same everywhere.
TEST(Rng, DistributionBitsNeverChange) {
  Rng rng(2024);
  std::string bytes;
  const auto append = [&bytes](double x) {
    bytes += fmt::format("{:016x}", std::bit_cast<uint64_t>(x));
  };
  for (int i = 0; i < 2000; ++i) {
    append(rng.normal());
    append(rng.log_uniform(0.01, 1000));
    append(static_cast<double>(rng.poisson(3.5)));
    append(static_cast<double>(rng.poisson(250)));
  }
  EXPECT_EQ(fmt::format("{:016x}", fnv1a(bytes)), "22e5b3af503aa802");
}

TEST(Rng, ForkDoesNotDependOnDrawsAndCopiesRepeat) {
  Rng a(1);
  Rng b(1);
  b.next();
  EXPECT_EQ(a.fork("x").next(), b.fork("x").next());
  EXPECT_NE(a.fork("x").next(), a.fork("y").next());
  EXPECT_NE(a.fork("x", 0).next(), a.fork("x", 1).next());
  EXPECT_NE(a.fork("x").fork("y").next(), a.fork("y").fork("x").next());
  Rng copy = b;
  EXPECT_EQ(copy.next(), b.next());
}

// Mean and variance of n draws against theory, at five standard errors.
template <typename Draw>
void expect_moments(Draw draw, double mean, double variance, double fourth_central) {
  constexpr int n = 200000;
  double sum = 0;
  double sum2 = 0;
  for (int i = 0; i < n; ++i) {
    const double x = static_cast<double>(draw()) - mean;
    sum += x;
    sum2 += x * x;
  }
  EXPECT_NEAR(sum / n, 0, 5 * std::sqrt(variance / n)) << "mean " << mean;
  EXPECT_NEAR(sum2 / n, variance, 5 * std::sqrt((fourth_central - variance * variance) / n))
      << "variance, mean " << mean;
}

TEST(Rng, MomentsAreThoseOfTheDistributions) {
  Rng rng(3);
  expect_moments([&] { return rng.uniform(); }, 0.5, 1.0 / 12, 1.0 / 80);
  expect_moments([&] { return rng.normal(); }, 0, 1, 3);
  expect_moments([&] { return rng.integer(7); }, 3, 4, 28);
  expect_moments([&] { return rng.chance(0.2); }, 0.2, 0.16, 0.16 * (1 - 3 * 0.16));
  for (const double mean : {0.0, 0.3, 4.0, 9.99, 10.0, 14.0, 200.0, 50000.0}) {
    expect_moments([&] { return rng.poisson(mean); }, mean, mean, mean * (1 + 3 * mean));
  }
}

// The whole distribution, not only its moments: chi-square of the two algorithms around mean 10.
TEST(Rng, PoissonProbabilities) {
  Rng rng(5);
  constexpr int n = 200000;
  for (const double mean : {6.0, 12.0}) {
    std::vector<int> counts(60, 0);
    for (int i = 0; i < n; ++i)
      ++counts[static_cast<size_t>(std::min<int64_t>(rng.poisson(mean), 59))];
    double chi2 = 0;
    int bins = 0;
    for (int k = 0; k < 59; ++k) {
      const double expected = n * std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0));
      if (expected < 20) continue;
      chi2 += (counts[k] - expected) * (counts[k] - expected) / expected;
      ++bins;
    }
    EXPECT_LT(chi2, bins + 5 * std::sqrt(2.0 * bins)) << mean;
  }
}

TEST(Rng, RangesAreHalfOpenAndChecked) {
  Rng rng(9);
  const double next = std::nextafter(1.0, 2.0);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(rng.uniform(1.0, next), 1.0);
    EXPECT_EQ(rng.uniform(2.0, 2.0), 2.0);
    const double x = rng.log_uniform(2, 3);
    EXPECT_TRUE(x >= 2 && x < 3);
    EXPECT_FALSE(rng.chance(0));
    EXPECT_TRUE(rng.chance(1));
    EXPECT_EQ(rng.integer(1), 0);
  }
  EXPECT_EQ(rng.log_uniform(5, 5), 5);
  EXPECT_THROW(rng.integer(0), Error);
  EXPECT_THROW(rng.log_uniform(0, 1), Error);
  EXPECT_THROW(rng.poisson(-1), Error);
  EXPECT_THROW(rng.poisson(std::numeric_limits<double>::quiet_NaN()), Error);
}

}  // namespace
}  // namespace mammograft
