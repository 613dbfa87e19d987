#include "stats/auc.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace mammograft {
namespace {

using Cases = std::vector<ScoredCase>;

// Wins of positives over negatives, and pairs, both weighted.
struct Pairs {
  double wins = 0, all = 0;
};

// Of one stratum, by rising score.
Pairs count_pairs(const Cases& cases, const Times& times) {
  Pairs pairs;
  double negatives = 0, positives = 0;
  for (size_t i = 0; i < cases.size();) {
    double tied_negatives = 0, tied_positives = 0;
    size_t end = i;
    for (; end < cases.size() && cases[end].score == cases[i].score; ++end) {
      (cases[end].positive ? tied_positives : tied_negatives) +=
          times_of(cases[end].patients, times);
    }
    pairs.wins += tied_positives * (negatives + tied_negatives / 2);
    negatives += tied_negatives;
    positives += tied_positives;
    i = end;
  }
  pairs.all = negatives * positives;
  return pairs;
}

int count(const Cases& cases, bool positive) {
  return static_cast<int>(std::count_if(
      cases.begin(), cases.end(), [&](const ScoredCase& one) { return one.positive == positive; }));
}

int count_in_pairs(const std::vector<Cases>& strata, bool positive) {
  int sum = 0;
  for (const Cases& cases : strata) {
    if (count(cases, !positive) > 0) sum += count(cases, positive);
  }
  return sum;
}

}  // namespace

double auc(const std::vector<double>& negatives, const std::vector<double>& positives) {
  Cases cases;
  for (double score : negatives) cases.push_back({score, false, 0, {}});
  for (double score : positives) cases.push_back({score, true, 0, {}});
  return stratified_auc(cases);
}

StratifiedAuc::StratifiedAuc(const Cases& cases) {
  std::map<int, Cases> strata;
  for (const ScoredCase& one : cases) strata[one.stratum].push_back(one);
  for (auto& [number, members] : strata) {
    std::stable_sort(members.begin(), members.end(),
                     [](const ScoredCase& a, const ScoredCase& b) { return a.score < b.score; });
    strata_.push_back(std::move(members));
  }
}

double StratifiedAuc::value(const Times& times) const {
  Pairs total;
  for (const Cases& cases : strata_) {
    const Pairs pairs = count_pairs(cases, times);
    total.wins += pairs.wins;
    total.all += pairs.all;
  }
  return total.all > 0 ? total.wins / total.all : std::numeric_limits<double>::quiet_NaN();
}

int StratifiedAuc::negatives() const { return count_in_pairs(strata_, false); }

int StratifiedAuc::positives() const { return count_in_pairs(strata_, true); }

double stratified_auc(const Cases& cases, const Times& times) {
  return StratifiedAuc(cases).value(times);
}

}  // namespace mammograft
