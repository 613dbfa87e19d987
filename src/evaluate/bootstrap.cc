#include "evaluate/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/progress.h"
#include "core/rng.h"

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

// Counts of one resample: how often each patient was drawn, and the totals that follow.
struct Resample {
  std::vector<int> times;  // [patients]
  int64_t images = 0, masses = 0;
  std::vector<int64_t> group_masses;
};

class Sampler {
 public:
  Sampler(const FrocData& data, const std::vector<MassGroup>& groups)
      : data_(data), masses_of_(data.patients(), 0) {
    for (int patient : data.patient_of_mass) ++masses_of_[patient];
    for (const MassGroup& group : groups) {
      ensure(group.size() == data.patient_of_mass.size(), "a group has {} masses, expected {}",
             group.size(), data.patient_of_mass.size());
      auto& counts = group_masses_of_.emplace_back(data.patients(), 0);
      for (size_t m = 0; m < group.size(); ++m) counts[data.patient_of_mass[m]] += group[m] != 0;
    }
  }

  void draw(Rng& rng, Resample& sample) const {
    do {
      sample.times.assign(data_.patients(), 0);
      sample.images = sample.masses = 0;
      for (int i = 0; i < data_.patients(); ++i) {
        const auto patient = static_cast<size_t>(rng.integer(data_.patients()));
        ++sample.times[patient];
        sample.images += data_.images_of_patient[patient];
        sample.masses += masses_of_[patient];
      }
    } while (sample.images == 0 || sample.masses == 0);
    sample.group_masses.assign(group_masses_of_.size(), 0);
    for (size_t g = 0; g < group_masses_of_.size(); ++g) {
      for (int p = 0; p < data_.patients(); ++p) {
        sample.group_masses[g] += static_cast<int64_t>(sample.times[p]) * group_masses_of_[g][p];
      }
    }
  }

 private:
  const FrocData& data_;
  std::vector<int> masses_of_;                     // [patients]
  std::vector<std::vector<int>> group_masses_of_;  // [group][patients]
};

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

// Walks down the scores and calls at(x_index, hits, group_hits) with the last counts whose FPPI is
// <= fppi[x_index]: the same rule as point_at().
template <typename At>
void walk(const std::vector<Step>& steps, const Resample& sample, const std::vector<double>& fppi,
          const std::vector<std::vector<int>>& groups_of_mass, const At& at) {
  int64_t hits = 0, alarms = 0, counted_hits = 0;
  std::vector<int64_t> group_hits(sample.group_masses.size(), 0), counted_group = group_hits;
  size_t x = 0;
  int64_t most = most_alarms(fppi[0], sample.images);
  for (const Step& step : steps) {
    const int times = sample.times[step.patient];
    if (step.mass < 0) {
      alarms += times;
    } else if (times > 0) {
      hits += times;
      for (int g : groups_of_mass[step.mass]) group_hits[g] += times;
    }
    if (!step.last_of_tie) continue;
    while (alarms > most) {
      at(x++, counted_hits, counted_group);
      if (x == fppi.size()) return;
      most = most_alarms(fppi[x], sample.images);
    }
    if (hits != counted_hits) {
      counted_hits = hits;
      counted_group = group_hits;
    }
  }
  while (x < fppi.size()) at(x++, counted_hits, counted_group);
}

Interval interval_of(std::vector<double>& values, double level) {
  const double low = percentile(values, (1 - level) / 2);
  return {low, percentile(values, (1 + level) / 2)};
}

}  // namespace

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return kNan;
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(std::floor(place));
  const size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - std::floor(place)) * (values[above] - values[below]);
}

BootstrapResult bootstrap_tpr(const FrocData& data, const std::vector<double>& fppi,
                              const std::vector<MassGroup>& groups,
                              const BootstrapOptions& options) {
  if (options.resamples < 0) {
    fail(ErrorKind::usage, "resamples: found {}, expected >= 0", options.resamples);
  }
  if (!(options.level > 0 && options.level < 1)) {
    fail(ErrorKind::usage, "level: found {}, expected between 0 and 1", options.level);
  }
  ensure(std::is_sorted(fppi.begin(), fppi.end()), "bootstrap: FPPI values are not ascending");
  BootstrapResult result;
  result.tpr.assign(fppi.size(), {kNan, kNan});
  result.group_tpr.assign(groups.size(), result.tpr);
  if (data.masses() == 0 || data.images() == 0 || options.resamples == 0 || fppi.empty()) {
    return result;
  }

  std::vector<std::vector<int>> groups_of_mass(data.patient_of_mass.size());
  for (size_t g = 0; g < groups.size(); ++g) {
    for (size_t m = 0; m < groups[g].size(); ++m) {
      if (groups[g][m]) groups_of_mass[m].push_back(static_cast<int>(g));
    }
  }
  const std::vector<Step> steps = make_steps(data);
  const Sampler sampler(data, groups);
  std::vector<std::vector<double>> tpr(fppi.size());
  std::vector<std::vector<std::vector<double>>> group_tpr(groups.size(), tpr);
  Rng rng = Rng(static_cast<uint64_t>(options.seed)).fork("bootstrap");
  Resample sample;
  for (int b = 0; b < options.resamples; ++b) {
    check_cancelled();
    sampler.draw(rng, sample);
    walk(steps, sample, fppi, groups_of_mass,
         [&](size_t x, int64_t hits, const std::vector<int64_t>& group_hits) {
           tpr[x].push_back(static_cast<double>(hits) / static_cast<double>(sample.masses));
           for (size_t g = 0; g < group_hits.size(); ++g) {
             if (sample.group_masses[g] == 0) continue;  // this resample says nothing about it
             group_tpr[g][x].push_back(static_cast<double>(group_hits[g]) /
                                       static_cast<double>(sample.group_masses[g]));
           }
         });
  }
  for (size_t x = 0; x < fppi.size(); ++x) {
    result.tpr[x] = interval_of(tpr[x], options.level);
    for (size_t g = 0; g < groups.size(); ++g) {
      result.group_tpr[g][x] = interval_of(group_tpr[g][x], options.level);
    }
  }
  return result;
}

}  // namespace mammograft
