#include "assess/auc.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"
#include "core/progress.h"

namespace mammograft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Wins of positives over negatives, and pairs, both weighted.
struct Pairs {
  double wins = 0, all = 0;
};

// A fold's masses sorted by score, so that a resample is one pass.
struct FoldOrder {
  std::vector<const ScoredMass*> masses;
  explicit FoldOrder(std::vector<const ScoredMass*> unsorted) : masses(std::move(unsorted)) {
    std::stable_sort(masses.begin(), masses.end(),
                     [](const ScoredMass* a, const ScoredMass* b) { return a->score < b->score; });
  }

  Pairs count(const std::vector<double>& times) const {
    Pairs pairs;
    double negatives = 0, positives = 0;
    for (size_t i = 0; i < masses.size();) {
      double tied_negatives = 0, tied_positives = 0;
      size_t end = i;
      for (; end < masses.size() && masses[end]->score == masses[i]->score; ++end) {
        (masses[end]->synthetic ? tied_positives : tied_negatives) +=
            times_of(masses[end]->patients, times);
      }
      pairs.wins += tied_positives * (negatives + tied_negatives / 2);
      negatives += tied_negatives;
      positives += tied_positives;
      i = end;
    }
    pairs.all = negatives * positives;
    return pairs;
  }
};

std::vector<FoldOrder> by_fold(const std::vector<ScoredMass>& masses) {
  std::map<int, std::vector<const ScoredMass*>> folds;
  for (const ScoredMass& mass : masses) folds[mass.fold].push_back(&mass);
  std::vector<FoldOrder> orders;
  for (auto& [fold, members] : folds) orders.emplace_back(std::move(members));
  return orders;
}

double average(const std::vector<FoldOrder>& folds, const std::vector<double>& times) {
  Pairs total;
  for (const FoldOrder& fold : folds) {
    const Pairs pairs = fold.count(times);
    total.wins += pairs.wins;
    total.all += pairs.all;
  }
  return total.all > 0 ? total.wins / total.all : kNan;
}

AucEstimate estimate(const std::vector<FoldOrder>& folds) {
  AucEstimate result;
  result.value = average(folds, {});
  for (const FoldOrder& fold : folds) {
    const auto synthetic =
        static_cast<int>(std::count_if(fold.masses.begin(), fold.masses.end(),
                                       [](const ScoredMass* mass) { return mass->synthetic; }));
    const int real = static_cast<int>(fold.masses.size()) - synthetic;
    if (real == 0 || synthetic == 0) continue;  // takes part in no pair
    result.real += real;
    result.synthetic += synthetic;
  }
  return result;
}

double share_below_zero(const std::vector<double>& values) {
  double below = 0, all = 0;
  for (double value : values) {
    if (std::isnan(value)) continue;
    below += value < 0 ? 1 : value == 0 ? 0.5 : 0;
    ++all;
  }
  return all > 0 ? below / all : kNan;
}

}  // namespace

double auc(const std::vector<double>& negatives, const std::vector<double>& positives) {
  std::vector<ScoredMass> masses;
  for (double score : negatives) masses.push_back({score, false, 0, {}});
  for (double score : positives) masses.push_back({score, true, 0, {}});
  return fold_auc(masses);
}

double times_of(const std::vector<int>& patients, const std::vector<double>& times) {
  double product = 1;
  if (times.empty()) return product;
  for (int patient : patients) product *= times[static_cast<size_t>(patient)];
  return product;
}

double fold_auc(const std::vector<ScoredMass>& masses, const std::vector<double>& times) {
  return average(by_fold(masses), times);
}

PatientResampler::PatientResampler(const std::vector<int>& fold_of) : patients_(fold_of.size()) {
  std::map<int, std::vector<size_t>> folds;
  for (size_t p = 0; p < fold_of.size(); ++p) folds[fold_of[p]].push_back(p);
  for (auto& [fold, members] : folds) folds_.push_back(std::move(members));
}

std::vector<double> PatientResampler::draw(Rng& rng) const {
  std::vector<double> times(patients_, 0);
  for (const std::vector<size_t>& fold : folds_) {
    const auto size = static_cast<int64_t>(fold.size());
    for (int64_t i = 0; i < size; ++i) ++times[fold[static_cast<size_t>(rng.integer(size))]];
  }
  return times;
}

Interval percentile_interval(std::vector<double> values, double level) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  const double low = percentile(values, (1 - level) / 2);
  return {low, percentile(values, (1 + level) / 2)};
}

AucComparison compare_auc(const std::vector<std::vector<ScoredMass>>& sets,
                          const std::vector<int>& fold_of_patient,
                          const BootstrapOptions& options) {
  std::vector<std::vector<FoldOrder>> orders;
  for (const auto& set : sets) orders.push_back(by_fold(set));
  std::vector<std::vector<double>> resampled(sets.size());
  const PatientResampler resampler(fold_of_patient);
  Rng rng = Rng(static_cast<uint64_t>(options.seed)).fork("assess.auc");
  for (int b = 0; b < options.resamples; ++b) {
    check_cancelled();
    const std::vector<double> times = resampler.draw(rng);
    for (size_t s = 0; s < sets.size(); ++s) resampled[s].push_back(average(orders[s], times));
  }
  AucComparison result;
  for (size_t s = 0; s < sets.size(); ++s) {
    result.sets.push_back(estimate(orders[s]));
    result.sets.back().interval = percentile_interval(resampled[s], options.level);
  }
  for (size_t a = 0; a < sets.size(); ++a) {
    for (size_t b = a + 1; b < sets.size(); ++b) {
      std::vector<double> differences;
      for (size_t i = 0; i < resampled[a].size(); ++i) {
        differences.push_back(resampled[a][i] - resampled[b][i]);
      }
      result.differences.push_back({a, b, result.sets[a].value - result.sets[b].value,
                                    percentile_interval(differences, options.level),
                                    share_below_zero(differences)});
    }
  }
  return result;
}

}  // namespace mammograft
