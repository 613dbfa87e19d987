#include "stats/bootstrap.h"

#include "core/error.h"
#include "core/progress.h"

namespace mammograft {
namespace {

void append(const std::vector<double>& values, std::vector<Resampled>& statistics) {
  ensure(values.size() == statistics.size(), "bootstrap: {} statistics of a resample, {} before",
         values.size(), statistics.size());
  for (size_t s = 0; s < values.size(); ++s) statistics[s].resamples.push_back(values[s]);
}

}  // namespace

std::vector<Resampled> bootstrap(const PatientResampler& patients, const Statistics& statistics,
                                 const BootstrapOptions& options, std::string_view stream) {
  check(options);
  std::vector<Resampled> result;
  for (double value : statistics(patients.sample())) result.push_back({value, {}});
  Rng rng = Rng(static_cast<uint64_t>(options.seed)).fork(stream);
  for (int b = 0; b < options.resamples; ++b) {
    check_cancelled();
    append(statistics(patients.draw(rng)), result);
  }
  return result;
}

}  // namespace mammograft
