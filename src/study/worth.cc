#include "study/worth.h"

#include <algorithm>
#include <cmath>

#include "study/learning_curve.h"

namespace mammograft {
namespace {

// Real masses and rates of `real`, for the sample and for its resamples.
struct RealCurve {
  std::vector<double> masses;
  std::vector<const Resampled*> rates;

  bool is_curve() const {
    return masses.size() > 1 &&
           std::adjacent_find(masses.begin(), masses.end(), std::greater_equal<>()) == masses.end();
  }
  CurvePlace reached(double rate) const {
    std::vector<double> y;
    for (const Resampled* one : rates) y.push_back(one->value);
    return MonotoneCurve(masses, y).reached(rate);
  }
  CurvePlace reached(double rate, size_t resample) const {
    std::vector<double> y;
    for (const Resampled* one : rates) y.push_back(one->resamples[resample]);
    return MonotoneCurve(masses, y).reached(rate);
  }
};

// An end of the interval that is the curve's end lies outside, where many resamples do.
CurvePlace place_in(const RealCurve& real, double x) {
  if (x <= real.masses.front()) return {real.masses.front(), -1};
  if (x >= real.masses.back()) return {real.masses.back(), 1};
  return {x, 0};
}

double per_graft(const Worth& worth, const StudyArm& arm) {
  const bool known = worth.value.side == 0 && arm.grafts > 0;
  return known ? (worth.value.x - worth.masses) / arm.grafts : std::nan("");
}

void add_interval(const RealCurve& real, const Resampled& arm, double level, Worth& worth) {
  std::vector<double> places;
  for (size_t b = 0; b < arm.resamples.size(); ++b)
    places.push_back(real.reached(arm.resamples[b], b).x);
  if (places.empty()) return;
  const Interval interval = percentile_interval(places, level);
  worth.low = place_in(real, interval.low);
  worth.high = place_in(real, interval.high);
  worth.has_interval = true;
}

}  // namespace

std::vector<Worth> worths(const Study& study, const std::vector<ArmScore>& scores,
                          const EvaluateResult& scored, size_t fppi) {
  std::vector<Worth> all;
  const auto baseline = study.arm_of("real");
  if (!baseline || !study.several_patients()) return all;
  for (const ArmScore& score : scores) {
    const StudyPoint& point = study.points[score.point];
    if (!study.arms[score.arm].has_grafts() || !(point.masses > 0)) continue;
    RealCurve real;
    for (const ArmScore* one : learning_curve(study, scores, *baseline, point.length)) {
      real.masses.push_back(study.points[one->point].masses);
      real.rates.push_back(&rate_of(scored, *one, fppi));
    }
    if (!real.is_curve()) continue;
    const Resampled& rate = rate_of(scored, score, fppi);
    Worth worth{score.arm, score.point, point.masses, real.reached(rate.value), {}, {}, false, 0};
    worth.per_graft = per_graft(worth, study.arms[score.arm]);
    add_interval(real, rate, scored.options.bootstrap.level, worth);
    all.push_back(worth);
  }
  return all;
}

}  // namespace mammograft
