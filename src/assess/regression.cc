#include "assess/regression.h"

#include <cmath>
#include <limits>
#include <set>

#include "stats/logistic.h"

namespace mammograft {
namespace {

// The measures that are seen, of one sample or another.
struct View {
  size_t first, count;
  double of(const MassSample& sample, size_t i) const { return sample.appearance[first + i]; }
};

// The mean of each measure over the samples that tell theirs; 0 where none does.
std::vector<double> means_of(const std::vector<const MassSample*>& samples, const View& view) {
  std::vector<double> means(view.count, 0);
  for (size_t i = 0; i < view.count; ++i) {
    double sum = 0, known = 0;
    for (const MassSample* sample : samples) {
      if (!std::isfinite(view.of(*sample, i))) continue;
      sum += view.of(*sample, i);
      ++known;
    }
    if (known > 0) means[i] = sum / known;
  }
  return means;
}

std::vector<double> features_of(const MassSample& sample, const View& view,
                                const std::vector<double>& means) {
  std::vector<double> features = means;
  for (size_t i = 0; i < view.count; ++i) {
    if (std::isfinite(view.of(sample, i))) features[i] = view.of(sample, i);
  }
  return features;
}

}  // namespace

std::vector<double> regression_scores(const std::vector<MassSample>& samples,
                                      const std::vector<int>& fold, size_t first, size_t count) {
  const View view{first, count};
  std::vector<double> scores(samples.size(), std::numeric_limits<double>::quiet_NaN());
  for (const int k : std::set<int>(fold.begin(), fold.end())) {
    if (k < 0) continue;
    TrainingPart part = training_part(samples, k);
    std::vector<const MassSample*>& learnt = part.real;
    learnt.insert(learnt.end(), part.synthetic.begin(), part.synthetic.end());
    const std::vector<double> means = means_of(learnt, view);
    std::vector<LogisticCase> cases;
    for (const MassSample* sample : learnt)
      cases.push_back({features_of(*sample, view, means), sample->synthetic ? 1.0 : 0.0});
    const LogisticFit fit = fit_logistic(cases);
    for (size_t i = 0; i < samples.size(); ++i) {
      if (fold[i] == k) scores[i] = fit.logit(features_of(samples[i], view, means));
    }
  }
  return scores;
}

}  // namespace mammograft
