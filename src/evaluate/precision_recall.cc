#include "evaluate/precision_recall.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr size_t kRecallPoints = 101;

// As numpy's linspace(0, 1, 101) has them, which COCO compares recalls with: 7 / 100 is below the
// one that is 7 * 0.01.
double recall_point(size_t i) {
  return i + 1 < kRecallPoints ? static_cast<double>(i) * 0.01 : 1.0;
}

// The fewest hits whose share of the positives is at least `recall`, divided as COCO divides.
int64_t fewest_hits(double recall, int64_t positives) {
  const auto all = static_cast<double>(positives);
  const auto enough = [&](int64_t hits) { return static_cast<double>(hits) / all >= recall; };
  auto hits = static_cast<int64_t>(std::ceil(recall * all));
  while (hits > 0 && enough(hits - 1)) --hits;
  while (!enough(hits)) ++hits;
  return hits;
}

// Sums of how often patients count. Bytes are gathered in 16 bits, which hold 256 of them, and from
// time to time added to the sums: most events are false positives, and this is all they cost.
class RecallTally {
 public:
  void add(const uint8_t* times) {
    for (size_t l = 0; l < kLanes; ++l) recent_[l] = static_cast<uint16_t>(recent_[l] + times[l]);
    if (++events_ == 256) settle();
  }
  const Lanes<int64_t>& sum() {
    settle();
    return sum_;
  }

 private:
  void settle() {
    for (size_t l = 0; l < kLanes; ++l) sum_[l] += recent_[l];
    recent_ = {};
    events_ = 0;
  }

  Lanes<int64_t> sum_{};
  Lanes<uint16_t> recent_{};
  int events_ = 0;
};

// The curve of one resample at COCO's recalls.
class RecallCurve {
 public:
  explicit RecallCurve(int64_t positives) : positives_(positives) {
    for (size_t i = 0; positives > 0 && i < kRecallPoints; ++i) {
      fewest_[i] = fewest_hits(recall_point(i), positives);
    }
  }

  void visit(int64_t hits, int64_t reported) {
    if (positives_ == 0 || reported == 0) return;
    while (reached_ + 1 < kRecallPoints && hits >= fewest_[reached_ + 1]) ++reached_;
    const double precision = static_cast<double>(hits) / static_cast<double>(reported);
    highest_[reached_] = std::max(highest_[reached_], precision);
  }

  double area() const {
    if (positives_ == 0) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0, highest = 0;
    for (size_t i = kRecallPoints; i-- > 0;) sum += highest = std::max(highest, highest_[i]);
    return sum / kRecallPoints;
  }

 private:
  int64_t positives_;
  size_t reached_ = 0;                           // the last recall that the hits suffice for
  std::array<int64_t, kRecallPoints> fewest_{};  // hits
  std::array<double, kRecallPoints> highest_{};  // precision while `reached_` was this one
};

}  // namespace

PrecisionRecall::PrecisionRecall(std::vector<RecallEvent> events,
                                 std::vector<int> positives_of_patient)
    : positives_of_patient_(std::move(positives_of_patient)) {
  const auto higher = [](const RecallEvent& a, const RecallEvent& b) { return a.score > b.score; };
  if (!std::is_sorted(events.begin(), events.end(), higher)) {
    std::stable_sort(events.begin(), events.end(), higher);
  }
  const auto patients = std::ssize(positives_of_patient_);
  steps_.reserve(events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    const RecallEvent& event = events[i];
    ensure(!std::isnan(event.score) && event.patient >= 0 && event.patient < patients,
           "precision: score {} of patient {} of {}", event.score, event.patient, patients);
    const bool peak = event.hit && !(i + 1 < events.size() && events[i + 1].hit);
    steps_.push_back({event.patient, event.hit, peak});
  }
}

double PrecisionRecall::value() const { return at(TimesBlock(positives_of_patient_.size()))[0]; }

double PrecisionRecall::recall() const {
  const auto positives =
      std::accumulate(positives_of_patient_.begin(), positives_of_patient_.end(), int64_t{0});
  const auto hits =
      std::count_if(steps_.begin(), steps_.end(), [](const Step& step) { return step.hit; });
  return positives > 0 ? static_cast<double>(hits) / static_cast<double>(positives)
                       : std::numeric_limits<double>::quiet_NaN();
}

Lanes<double> PrecisionRecall::at(const TimesBlock& times) const {
  std::vector<RecallCurve> curves;
  for (int64_t positives : times.total(positives_of_patient_)) curves.emplace_back(positives);
  RecallTally hits, reported;
  for (const Step& step : steps_) {
    const uint8_t* count = times.of(step.patient);
    reported.add(count);
    if (step.hit) hits.add(count);
    if (!step.peak) continue;
    const auto &found = hits.sum(), &all = reported.sum();
    for (size_t l = 0; l < kLanes; ++l) curves[l].visit(found[l], all[l]);
  }
  Lanes<double> area;
  for (size_t l = 0; l < kLanes; ++l) area[l] = curves[l].area();
  return area;
}

}  // namespace mammograft
