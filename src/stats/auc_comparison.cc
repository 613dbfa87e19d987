#include "stats/auc_comparison.h"

namespace mammograft {

AucComparison compare_auc(const std::vector<std::vector<ScoredCase>>& sets,
                          const PatientResampler& patients, const BootstrapOptions& options,
                          std::string_view stream) {
  const std::vector<StratifiedAuc> aucs(sets.begin(), sets.end());
  const auto values = [&aucs](const Times& times) {
    std::vector<double> values;
    for (const StratifiedAuc& auc : aucs) values.push_back(auc.value(times));
    return values;
  };
  const std::vector<Resampled> resampled = bootstrap(patients, values, options, stream);
  AucComparison result;
  for (size_t s = 0; s < aucs.size(); ++s) {
    result.sets.push_back({resampled[s].value,
                           interval_of(resampled[s], options),
                           aucs[s].negatives(), aucs[s].positives()});
  }
  result.differences = paired_differences(resampled, options);
  return result;
}

}  // namespace mammograft
