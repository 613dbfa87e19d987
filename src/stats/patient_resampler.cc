#include "stats/patient_resampler.h"

#include <map>
#include <utility>

#include "core/error.h"

namespace mammograft {

double times_of(const std::vector<int>& patients, const Times& times) {
  double product = 1;
  if (times.empty()) return product;
  for (int patient : patients) product *= times[static_cast<size_t>(patient)];
  return product;
}

PatientResampler::PatientResampler(const std::vector<int>& stratum_of, Usable usable)
    : patients_(stratum_of.size()), usable_(std::move(usable)) {
  std::map<int, std::vector<size_t>> strata;
  for (size_t p = 0; p < patients_; ++p) strata[stratum_of[p]].push_back(p);
  for (auto& [number, members] : strata) strata_.push_back(std::move(members));
  ensure(!usable_ || usable_(sample()), "resampling: the sample of {} patients is not usable",
         patients_);
}

Times PatientResampler::draw(Rng& rng) const {
  Times times = draw_once(rng);
  while (usable_ && !usable_(times)) times = draw_once(rng);
  return times;
}

Times PatientResampler::draw_once(Rng& rng) const {
  Times times(patients_, 0);
  for (const std::vector<size_t>& members : strata_) {
    const auto size = static_cast<int64_t>(members.size());
    for (int64_t i = 0; i < size; ++i) ++times[members[static_cast<size_t>(rng.integer(size))]];
  }
  return times;
}

}  // namespace mammograft
