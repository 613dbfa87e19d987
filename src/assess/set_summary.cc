#include "assess/set_summary.h"

#include <algorithm>
#include <cmath>

#include "stats/quantile.h"

namespace mammograft {
namespace {

constexpr double kUnknown = MassMeasures::kUnknown;

Spread spread_of(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return {};
  double sum = 0;
  for (double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  std::sort(values.begin(), values.end());
  return {mean, quantile_of_sorted(values, 0.5), quantile_of_sorted(values, 0.05),
          quantile_of_sorted(values, 0.95)};
}

std::vector<double> collect(const AssessedSet& set, double MassMeasures::* measure) {
  std::vector<double> values;
  for (const AssessedMass& mass : set.masses) values.push_back(mass.measures.*measure);
  return values;
}

void summarise_transfer(AssessedSet& set, const PatientResampler& patients,
                        const BootstrapOptions& options) {
  const std::vector<double> source = collect(set, &MassMeasures::source_contrast);
  const std::vector<double> result = collect(set, &MassMeasures::contrast);
  set.transfer = contrast_transfer(source, result);
  const auto slope_and_ratio = [&](const Times& times) -> std::vector<double> {
    std::vector<double> weights;
    for (const AssessedMass& mass : set.masses) weights.push_back(times_of(mass.patients, times));
    const ContrastTransfer drawn = contrast_transfer(source, result, weights);
    return {drawn.slope, drawn.ratio_of_means};
  };
  const auto resampled = bootstrap(patients, slope_and_ratio, options, "assess.contrast");
  set.slope = percentile_interval(resampled[0].resamples, options.level);
  set.ratio_of_means = percentile_interval(resampled[1].resamples, options.level);
}

using Detail = Provenance::Detail;

// The mean of a weight over the masses that have it, each as often as drawn.
double mean_weight(const AssessedSet& set, Detail::Bands Detail::* which, size_t band,
                   const Times& times) {
  double sum = 0, count = 0;
  for (const AssessedMass& mass : set.masses) {
    if (!mass.measures.detail) continue;
    const double value = ((*mass.measures.detail).*which)[band];
    if (std::isnan(value)) continue;
    const double drawn = times_of(mass.patients, times);
    sum += drawn * value, count += drawn;
  }
  return count > 0 ? sum / count : kUnknown;
}

double survival(const AssessedSet& set, const Times& times) {
  double points = 0, surviving = 0;
  for (const AssessedMass& mass : set.masses) {
    if (!mass.measures.detail) continue;
    const double drawn = times_of(mass.patients, times);
    points += drawn * static_cast<double>(mass.measures.detail->points);
    surviving += drawn * static_cast<double>(mass.measures.detail->surviving);
  }
  return points > 0 ? surviving / points : kUnknown;
}

void summarise_detail(AssessedSet& set, const PatientResampler& patients,
                      const BootstrapOptions& options) {
  DetailSummary& detail = set.detail;
  for (size_t band = 0; band < 2; ++band) {
    detail.lesion[band] = mean_weight(set, &Detail::lesion, band, {});
    detail.background[band] = mean_weight(set, &Detail::background, band, {});
    detail.salient_lesion[band] = mean_weight(set, &Detail::salient_lesion, band, {});
    detail.salient_background[band] = mean_weight(set, &Detail::salient_background, band, {});
  }
  for (const AssessedMass& mass : set.masses) {
    if (!mass.measures.detail) continue;
    detail.points += mass.measures.detail->points;
    detail.surviving += mass.measures.detail->surviving;
  }
  detail.survival = survival(set, {});
  const auto resampled = bootstrap(
      patients,
      [&](const Times& times) -> std::vector<double> {
        return {mean_weight(set, &Detail::salient_lesion, 0, times),
                mean_weight(set, &Detail::salient_lesion, 1, times), survival(set, times)};
      },
      options, "assess.detail");
  for (size_t band = 0; band < 2; ++band)
    detail.salient_lesion_interval[band] =
        percentile_interval(resampled[band].resamples, options.level);
  detail.survival_interval = percentile_interval(resampled[2].resamples, options.level);
}

// A measure of real masses and of a set's, joined and sorted, as resamples need it.
class TwoSamples {
 public:
  TwoSamples(const AssessedSet& real, const AssessedSet& set, double MassMeasures::* measure) {
    for (const AssessedSet* one : {&real, &set}) {
      for (const AssessedMass& mass : one->masses) {
        const double value = mass.measures.*measure;
        if (!std::isnan(value)) items_.push_back({value, one == &set, &mass.patients});
      }
    }
    std::stable_sort(items_.begin(), items_.end(),
                     [](const Item& a, const Item& b) { return a.value < b.value; });
  }

  // Mean of the set's minus mean of the real ones.
  double shift(const Times& times) const {
    double sum[2] = {0, 0}, count[2] = {0, 0};
    for (const Item& item : items_) {
      const double drawn = times_of(*item.patients, times);
      sum[item.of_set] += drawn * item.value;
      count[item.of_set] += drawn;
    }
    if (count[0] <= 0 || count[1] <= 0) return kUnknown;
    return sum[1] / count[1] - sum[0] / count[0];
  }

  // Kolmogorov and Smirnov: the largest difference of the two distribution functions.
  double distance() const {
    double total[2] = {0, 0}, below[2] = {0, 0}, largest = 0;
    for (const Item& item : items_) ++total[item.of_set];
    if (total[0] == 0 || total[1] == 0) return kUnknown;
    for (size_t i = 0; i < items_.size(); ++i) {
      ++below[items_[i].of_set];
      const bool tied = i + 1 < items_.size() && items_[i + 1].value == items_[i].value;
      if (!tied) largest = std::max(largest, std::abs(below[0] / total[0] - below[1] / total[1]));
    }
    return largest;
  }

 private:
  struct Item {
    double value;
    bool of_set;
    const std::vector<int>* patients;
  };
  std::vector<Item> items_;
};

Shift shift_of(const AssessedSet& real, const AssessedSet& set, double MassMeasures::* measure,
               const PatientResampler& patients, const BootstrapOptions& options,
               const std::string& stream) {
  const TwoSamples both(real, set, measure);
  const double value = both.shift({});
  if (std::isnan(value)) return {};
  const auto shift = [&](const Times& times) -> std::vector<double> { return {both.shift(times)}; };
  const auto resampled = bootstrap(patients, shift, options, stream);
  return {value, both.distance(), percentile_interval(resampled[0].resamples, options.level)};
}

}  // namespace

double median_high_frequency(const AssessedSet& real) {
  return spread_of(collect(real, &MassMeasures::high_frequency)).median;
}

void summarise(AssessedSet& set, double real_high_frequency) {
  set.conspicuity = spread_of(collect(set, &MassMeasures::conspicuity));
  set.detector_score = spread_of(collect(set, &MassMeasures::detector_score));
  set.contrast = spread_of(collect(set, &MassMeasures::contrast)).mean;
  set.seam = spread_of(collect(set, &MassMeasures::seam));
  std::vector<double> power = collect(set, &MassMeasures::high_frequency);
  for (double& value : power) value /= real_high_frequency;
  set.high_frequency = spread_of(power);
  set.background_change = spread_of(collect(set, &MassMeasures::background_change)).mean;
  set.background_share = spread_of(collect(set, &MassMeasures::background_share)).mean;
  set.background_before = spread_of(collect(set, &MassMeasures::background_before)).mean;
}

void compare_with_sources(AssessedSet& set, const PatientResampler& patients,
                          const BootstrapOptions& options) {
  summarise_transfer(set, patients, options);
  summarise_detail(set, patients, options);
}

void compare_with_real(const AssessedSet& real, AssessedSet& set, const PatientResampler& patients,
                       const BootstrapOptions& options) {
  const auto shift = [&](double MassMeasures::* measure, const std::string& stream) {
    return shift_of(real, set, measure, patients, options, stream);
  };
  set.conspicuity_shift = shift(&MassMeasures::conspicuity, "assess.conspicuity");
  set.detector_score_shift = shift(&MassMeasures::detector_score, "assess.detector_score");
}

}  // namespace mammograft
