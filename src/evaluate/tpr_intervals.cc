#include "evaluate/tpr_intervals.h"

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "stats/bootstrap.h"

namespace mammograft {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Every event reduced to what a resample looks at. A resample only changes how often each patient
// counts, so the events stay sorted and one pass over them gives its curve.
struct Step {
  int patient;
  int mass;
  bool last_of_tie;
};

std::vector<Step> make_steps(const FrocData& data) {
  std::vector<Step> steps;
  steps.reserve(data.events.size());
  for (size_t i = 0; i < data.events.size(); ++i) {
    const bool last =
        i + 1 == data.events.size() || data.events[i + 1].score != data.events[i].score;
    steps.push_back({data.events[i].patient, data.events[i].mass, last});
  }
  return steps;
}

// The largest number of false positives whose FPPI is <= limit, exactly as point_at() divides.
int64_t most_alarms(double limit, int64_t images) {
  auto alarms = static_cast<int64_t>(limit * static_cast<double>(images));
  const auto within = [&](int64_t n) {
    return static_cast<double>(n) / static_cast<double>(images) <= limit;
  };
  while (within(alarms + 1)) ++alarms;
  while (alarms > 0 && !within(alarms)) --alarms;
  return alarms;
}

int64_t total(const Times& times, const std::vector<int>& of_patient) {
  int64_t sum = 0;
  for (size_t p = 0; p < times.size(); ++p) sum += static_cast<int64_t>(times[p]) * of_patient[p];
  return sum;
}

// The TPR of all masses and of each group at every FPPI, for patients who count several times.
class TprStatistics {
 public:
  TprStatistics(const FrocData& data, const std::vector<double>& fppi,
                const std::vector<MassGroup>& groups)
      : data_(data),
        fppi_(fppi),
        steps_(make_steps(data)),
        masses_of_patient_(groups.size() + 1, std::vector<int>(data.patients(), 0)),
        parts_of_mass_(data.patient_of_mass.size()) {
    add_part(0, MassGroup(data.patient_of_mass.size(), 1));
    for (size_t g = 0; g < groups.size(); ++g) add_part(g + 1, groups[g]);
  }

  size_t parts() const { return masses_of_patient_.size(); }  // all masses, then the groups

  bool usable(const Times& times) const {
    return total(times, data_.images_of_patient) > 0 && total(times, masses_of_patient_[0]) > 0;
  }

  // [part * fppi + x]; NaN for a group of which these patients have no mass.
  std::vector<double> at(const Times& times) const {
    std::vector<int64_t> masses;
    for (const auto& of_patient : masses_of_patient_) masses.push_back(total(times, of_patient));
    std::vector<double> tpr(parts() * fppi_.size(), kNan);
    walk(times, [&](size_t x, const std::vector<int64_t>& hits) {
      for (size_t part = 0; part < parts(); ++part) {
        if (masses[part] == 0) continue;
        tpr[part * fppi_.size() + x] =
            static_cast<double>(hits[part]) / static_cast<double>(masses[part]);
      }
    });
    return tpr;
  }

 private:
  void add_part(size_t part, const MassGroup& members) {
    ensure(members.size() == parts_of_mass_.size(), "a group has {} masses, expected {}",
           members.size(), parts_of_mass_.size());
    for (size_t m = 0; m < members.size(); ++m) {
      if (!members[m]) continue;
      parts_of_mass_[m].push_back(part);
      ++masses_of_patient_[part][data_.patient_of_mass[m]];
    }
  }

  // Walks down the scores and calls visit(x, hits of each part) with the last counts whose FPPI is
  // <= fppi[x]: the same rule as point_at().
  template <typename Visit>
  void walk(const Times& times, const Visit& visit) const {
    const int64_t images = total(times, data_.images_of_patient);
    int64_t alarms = 0;
    std::vector<int64_t> hits(parts(), 0), counted = hits;
    size_t x = 0;
    int64_t most = most_alarms(fppi_[0], images);
    for (const Step& step : steps_) {
      const int count = times[step.patient];
      if (step.mass < 0) {
        alarms += count;
      } else if (count > 0) {
        for (size_t part : parts_of_mass_[step.mass]) hits[part] += count;
      }
      if (!step.last_of_tie) continue;
      while (alarms > most) {
        visit(x++, counted);
        if (x == fppi_.size()) return;
        most = most_alarms(fppi_[x], images);
      }
      if (hits[0] != counted[0]) counted = hits;
    }
    while (x < fppi_.size()) visit(x++, counted);
  }

  const FrocData& data_;
  const std::vector<double>& fppi_;
  std::vector<Step> steps_;
  std::vector<std::vector<int>> masses_of_patient_;  // [part][patients]
  std::vector<std::vector<size_t>> parts_of_mass_;   // [masses]
};

}  // namespace

TprIntervals bootstrap_tpr(const FrocData& data, const std::vector<double>& fppi,
                           const std::vector<MassGroup>& groups, const BootstrapOptions& options) {
  check(options);
  ensure(std::is_sorted(fppi.begin(), fppi.end()), "bootstrap: FPPI values are not ascending");
  TprIntervals result;
  result.tpr.assign(fppi.size(), {kNan, kNan});
  result.group_tpr.assign(groups.size(), result.tpr);
  if (data.masses() == 0 || data.images() == 0 || options.resamples == 0 || fppi.empty()) {
    return result;
  }
  const TprStatistics statistics(data, fppi, groups);
  const PatientResampler patients(std::vector<int>(data.patients(), 0),
                                  [&](const Times& times) { return statistics.usable(times); });
  const std::vector<Resampled> tpr = bootstrap(
      patients, [&](const Times& times) { return statistics.at(times); }, options, "bootstrap");
  for (size_t part = 0; part < statistics.parts(); ++part) {
    auto& intervals = part == 0 ? result.tpr : result.group_tpr[part - 1];
    for (size_t x = 0; x < fppi.size(); ++x) {
      const Resampled& one = tpr[part * fppi.size() + x];
      intervals[x] = percentile_interval(one.resamples, options.level);
    }
  }
  return result;
}

}  // namespace mammograft
