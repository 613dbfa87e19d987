#include "core/rng.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/error.h"
#include "core/hash.h"

// The same bits everywhere: no fused multiply-add, and no logarithm or exponential of the C
// library, whose last bit depends on its version and on the processor.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

namespace mammograft {

namespace {

// ln 2 in two parts, the first with enough trailing zeros that k * kLn2High is exact (fdlibm).
constexpr double kLn2High = 6.93147180369123816490e-01;
constexpr double kLn2Low = 1.90821492927058770002e-10;

// The output function of splitmix64 applied to x + its increment; a bijection of 64 bits.
// Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
uint64_t splitmix(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// Natural logarithm for finite x > 0: x = m 2^k with m in [sqrt(1/2), sqrt(2)), and
// ln m = 2 artanh((m - 1) / (m + 1)) by its series; |z| < 0.172, so z^25 / 25 is below 2^-64.
double portable_log(double x) {
  int k = 0;
  double m = std::frexp(x, &k);  // [0.5, 1)
  if (m < 0.70710678118654752) {
    m *= 2;
    --k;
  }
  const double z = (m - 1) / (m + 1);
  const double z2 = z * z;
  double sum = 0;
  for (int n = 23; n >= 3; n -= 2) sum = (sum + 1.0 / n) * z2;
  return k * kLn2High + (k * kLn2Low + (2 * z * sum + 2 * z));
}

// Exponential for |x| < 700: x = k ln 2 + r with |r| <= 0.35, and the Taylor series of e^r.
double portable_exp(double x) {
  const double k = std::floor(x / (kLn2High + kLn2Low) + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = 1;
  for (int n = 16; n >= 1; --n) sum = 1 + sum * r / n;
  return std::ldexp(sum, static_cast<int>(k));
}

// ln(n!): sums of logarithms below 10, Stirling's series above (error below 1e-13).
double log_factorial(double n) {
  if (n < 10) {
    double product = 1;
    for (double i = 2; i <= n; ++i) product *= i;
    return portable_log(product);
  }
  constexpr double kHalfLog2Pi = 0.91893853320467274178;
  const double x = n + 1;
  const double r = 1 / (x * x);
  const double series =
      (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)))) / x;
  return (x - 0.5) * portable_log(x) - x + kHalfLog2Pi + series;
}

// Transformed rejection, algorithm PTRS, for mean >= 10. Hoermann: The transformed rejection method
// for generating Poisson random variables, Insurance: Mathematics and Economics 12 (1993).
int64_t poisson_ptrs(Rng& rng, double mean) {
  const double log_mean = portable_log(mean);
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_r = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = rng.uniform() - 0.5;
    const double v = 1 - rng.uniform();  // (0, 1]
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<int64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const double left = portable_log(v * inverse_alpha / (a / (us * us) + b));
    if (left <= k * log_mean - mean - log_factorial(k)) return static_cast<int64_t>(k);
  }
}

}  // namespace

Rng::Rng(uint64_t seed) : seed_(seed) {
  constexpr uint64_t kIncrement = 0x9E3779B97F4A7C15u;
  for (uint64_t i = 0; i < 4; ++i) state_[i] = splitmix(seed + i * kIncrement);
}

Rng Rng::fork(std::string_view name, uint64_t index) const {
  return Rng(splitmix(splitmix(splitmix(seed_) ^ fnv1a(name)) ^ index));
}

// Blackman, Vigna: Scrambled linear pseudorandom number generators, ACM TOMS 47 (2021).
uint64_t Rng::next() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Rng::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double Rng::uniform(double low, double high) {
  const double x = low + (high - low) * uniform();
  // Rounding may reach `high`, which is not in the interval (an empty interval has only `low`).
  return x < high ? x : std::max(low, std::nextafter(high, low));
}

double Rng::log_uniform(double low, double high) {
  ensure(low > 0 && low <= high, "log_uniform: expected 0 < low <= high, found {}, {}", low, high);
  const double x = portable_exp(uniform(portable_log(low), portable_log(high)));
  return std::clamp(x, low, std::max(low, std::nextafter(high, low)));
}

// Marsaglia's polar method; the second number of each pair is not kept, so that the state is only
// that of the generator.
double Rng::normal() {
  while (true) {
    const double x = 2 * uniform() - 1;
    const double y = 2 * uniform() - 1;
    const double s = x * x + y * y;
    if (s > 0 && s < 1) return x * std::sqrt(-2 * portable_log(s) / s);
  }
}

// Lemire: Fast random integer generation in an interval, ACM TOMACS 29 (2019).
int64_t Rng::integer(int64_t n) {
  ensure(n > 0, "Rng::integer: expected n > 0, found {}", n);
  const uint64_t range = static_cast<uint64_t>(n);
  const uint64_t threshold = (0 - range) % range;  // 2^64 mod n
  while (true) {
    const auto product = static_cast<unsigned __int128>(next()) * range;
    if (static_cast<uint64_t>(product) >= threshold) return static_cast<int64_t>(product >> 64);
  }
}

bool Rng::chance(double probability) { return uniform() < probability; }

int64_t Rng::poisson(double mean) {
  ensure(mean >= 0 && mean < 1e15, "Rng::poisson: expected 0 <= mean < 1e15, found {}", mean);
  if (mean >= 10) return poisson_ptrs(*this, mean);
  const double limit =
      portable_exp(-mean);  // Knuth: how many uniforms until their product is below
  int64_t count = 0;
  for (double product = 1 - uniform(); product > limit; product *= 1 - uniform()) ++count;
  return count;
}

}  // namespace mammograft
