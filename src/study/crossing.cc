#include "study/crossing.h"

#include <cmath>
#include <map>
#include <utility>

namespace mammograft {
namespace {

// The differences of two arms along the length of their trainings.
struct GainCurve {
  std::vector<double> lengths;
  std::vector<Resampled> gains;
};

std::vector<double> gains_in(const GainCurve& curve, size_t resample) {
  std::vector<double> values;
  for (const Resampled& gain : curve.gains) values.push_back(gain.resamples[resample]);
  return values;
}

std::vector<double> gains_of_sample(const GainCurve& curve) {
  std::vector<double> values;
  for (const Resampled& gain : curve.gains) values.push_back(gain.value);
  return values;
}

// By number of patients, 0 last: all of them.
using GainCurves = std::map<std::pair<bool, int>, GainCurve>;

GainCurves gain_curves(const Study& study, const std::vector<ArmScore>& scores,
                       const EvaluateResult& scored, size_t fppi, size_t arm, size_t against) {
  GainCurves curves;
  for (const ArmScore& one : scores) {
    for (const ArmScore& other : scores) {
      if (one.arm != arm || other.arm != against || one.point != other.point) continue;
      const int patients = study.points[one.point].patients;
      GainCurve& curve = curves[{patients == 0, patients}];
      curve.lengths.push_back(study.points[one.point].length);
      curve.gains.push_back(rate_of(scored, one, fppi) - rate_of(scored, other, fppi));
    }
  }
  return curves;
}

void add_resamples(const GainCurve& curve, double level, Crossing& crossing) {
  const size_t rounds = curve.gains.front().resamples.size();
  std::vector<double> places;
  for (size_t b = 0; b < rounds; ++b) {
    const std::vector<double> found = sign_changes(curve.lengths, gains_in(curve, b));
    if (!found.empty()) places.push_back(found.back());
  }
  if (rounds == 0) return;
  crossing.crossing_share = static_cast<double>(places.size()) / static_cast<double>(rounds);
  crossing.interval = percentile_interval(places, level);
}

}  // namespace

std::vector<double> sign_changes(const std::vector<double>& lengths,
                                 const std::vector<double>& differences) {
  std::vector<double> changes;
  size_t before = lengths.size();  // the last point with a difference
  for (size_t i = 0; i < lengths.size(); ++i) {
    if (differences[i] == 0 || std::isnan(differences[i])) continue;
    if (before < i && differences[before] * differences[i] < 0) {
      const double share = differences[before] / (differences[before] - differences[i]);
      changes.push_back(lengths[before] * std::pow(lengths[i] / lengths[before], share));
    }
    before = i;
  }
  return changes;
}

std::vector<Crossing> crossings(const Study& study, const std::vector<ArmScore>& scores,
                                const EvaluateResult& scored, size_t fppi) {
  std::vector<Crossing> all;
  const auto against = study.arm_of("real");
  if (!against || !study.several_lengths()) return all;
  for (size_t arm = 0; arm < study.arms.size(); ++arm) {
    if (arm == *against) continue;
    for (const auto& [number, curve] : gain_curves(study, scores, scored, fppi, arm, *against)) {
      if (curve.lengths.size() < 2) continue;
      const std::vector<double> gains = gains_of_sample(curve);
      Crossing crossing;
      crossing.arm = arm;
      crossing.against = *against;
      crossing.patients = number.second;
      crossing.first = curve.lengths.front();
      crossing.last = curve.lengths.back();
      crossing.lengths = sign_changes(curve.lengths, gains);
      crossing.gain_first = gains.front();
      crossing.gain_last = gains.back();
      add_resamples(curve, scored.options.bootstrap.level, crossing);
      all.push_back(std::move(crossing));
    }
  }
  return all;
}

}  // namespace mammograft
