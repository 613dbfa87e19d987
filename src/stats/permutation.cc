#include "stats/permutation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "core/parallel.h"

namespace mammograft {
namespace {

// Sums come in another order after a swap: what differs by rounding alone is as extreme.
constexpr double kRounding = 1e-9;

void choose(TimesBlock& block, size_t lane, size_t patient, bool second) {
  block.set(lane, static_cast<int>(patient), second ? 0 : 1);
}

// The two halves of 2n patients: whose results count for the one system, and for the other.
struct Halves {
  TimesBlock one, other;
  explicit Halves(size_t patients) : one(2 * patients), other(2 * patients) {}
  void assign(size_t lane, size_t patient, bool swapped) {
    const size_t patients = one.patients() / 2;
    choose(one, lane, patient, swapped);
    choose(one, lane, patient + patients, !swapped);
    choose(other, lane, patient, !swapped);
    choose(other, lane, patient + patients, swapped);
  }
};

std::vector<double> differences(const BlockStatistics& statistics, const Halves& halves) {
  std::vector<double> values = statistics(halves.one);
  const std::vector<double> others = statistics(halves.other);
  for (size_t i = 0; i < values.size(); ++i) values[i] -= others[i];
  return values;
}

}  // namespace

std::vector<double> paired_permutation_p(size_t patients, const BlockStatistics& statistics,
                                         const PermutationOptions& options,
                                         std::string_view stream) {
  Halves as_they_are(patients);
  for (size_t l = 0; l < kLanes; ++l)
    for (size_t p = 0; p < patients; ++p) as_they_are.assign(l, p, false);
  const std::vector<double> found = differences(statistics, as_they_are);
  const size_t count = found.size() / kLanes;
  const auto rounds = static_cast<size_t>(options.permutations);
  const size_t blocks = (rounds + kLanes - 1) / kLanes;
  std::vector<std::vector<double>> extreme(blocks, std::vector<double>(count));
  const Rng base(static_cast<uint64_t>(options.seed));
  parallel_for(static_cast<int64_t>(blocks), options.threads, [&](int64_t b) {
    const auto block = static_cast<size_t>(b);
    Rng rng = base.fork(stream, block);
    Halves halves(patients);
    for (size_t p = 0; p < patients; ++p) {
      const uint64_t bits = rng.next();
      for (size_t l = 0; l < kLanes; ++l) halves.assign(l, p, (bits >> l & 1) != 0);
    }
    const std::vector<double> permuted = differences(statistics, halves);
    const size_t lanes = std::min(kLanes, rounds - block * kLanes);
    for (size_t s = 0; s < count; ++s) {
      const double least = std::abs(found[s * kLanes]) - kRounding;
      for (size_t l = 0; l < lanes; ++l)
        extreme[block][s] += std::abs(permuted[s * kLanes + l]) >= least;
    }
  });
  std::vector<double> p;
  for (size_t s = 0; s < count; ++s) {
    double sum = 0;
    for (const std::vector<double>& block : extreme) sum += block[s];
    p.push_back(std::isnan(found[s * kLanes]) ? std::numeric_limits<double>::quiet_NaN()
                                              : (1 + sum) / (1 + static_cast<double>(rounds)));
  }
  return p;
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<size_t> order;
  for (size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p[a] < p[b]; });
  std::vector<double> adjusted = p;
  double largest = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, p[order[rank]] * static_cast<double>(order.size() - rank));
    adjusted[order[rank]] = std::min(1.0, largest);
  }
  return adjusted;
}

}  // namespace mammograft
