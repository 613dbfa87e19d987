#include "evaluate/systems.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"
#include "core/log.h"
#include "evaluate/delong_auc.h"
#include "stats/permutation.h"

namespace mammograft {
namespace {

constexpr double kUntested = std::numeric_limits<double>::quiet_NaN();
constexpr Interval kUnknownBounds{kUntested, kUntested};
constexpr const char* kDelongFigure = "auc_patient";

FigureOptions figure_options(const EvaluateOptions& options) {
  return {options.fppi, options.area_fppi, options.specificities};
}

// All that is resampled of one set: its figures, its band, its groups.
Figures figures_of(const SetResult& set, const EvaluateOptions& options) {
  CurvePlaces curve;
  curve.fppi = set.band_fppi;
  for (const GroupResult& group : set.groups) curve.groups.push_back(group.members);
  return Figures(set.reading, figure_options(options), std::move(curve));
}

std::vector<int64_t> image_ids(const SetResult& set) {
  std::vector<int64_t> ids;
  for (const ImageRecord* image : set.truth.images) ids.push_back(image->id);
  return ids;
}

// Sets that were searched on the same images: their patients are drawn together.
std::vector<std::vector<size_t>> sets_by_images(const std::vector<SetResult>& sets) {
  std::vector<std::vector<size_t>> groups;
  std::map<std::vector<int64_t>, size_t> group_of;
  for (size_t s = 0; s < sets.size(); ++s) {
    const auto [place, fresh] = group_of.emplace(image_ids(sets[s]), groups.size());
    if (fresh) groups.emplace_back();
    groups[place->second].push_back(s);
  }
  return groups;
}

std::vector<SystemResult> systems_of(const std::vector<SetResult>& sets) {
  std::vector<SystemResult> systems;
  for (size_t s = 0; s < sets.size(); ++s) {
    const auto known = std::find_if(systems.begin(), systems.end(), [&](const SystemResult& one) {
      return one.name == sets[s].system;
    });
    if (known == systems.end()) {
      systems.push_back({sets[s].system, {s}, {}});
    } else {
      known->sets.push_back(s);
    }
  }
  return systems;
}

// [patients]
std::vector<int> strata_of(const SetResult& set, const std::string& strata) {
  if (strata == "folds") return set.fold_of_patient;
  std::vector<int> stratum(static_cast<size_t>(set.reading.patients), 0);
  if (strata == "masses")
    for (int patient : set.data.patient_of_mass) stratum[static_cast<size_t>(patient)] = 1;
  return stratum;
}

// Sets on the same images, with their systems, as one vector of statistics. Behind the patients
// stand the runs of systems that have several: they are drawn too. Run i of one system goes with
// run i of every other that has as many: they share a seed, and on a learning curve the patients
// that were drawn to learn from.
class JointStatistics {
 public:
  // Of systems of several runs `whole`: everything that their sets have; else the figures.
  JointStatistics(const std::vector<SetResult>& sets, std::vector<size_t> members,
                  const std::vector<SystemResult>& systems, const EvaluateOptions& options,
                  bool whole)
      : members_(std::move(members)) {
    for (size_t s : members_) statistics_.push_back(figures_of(sets[s], options));
    averaged_ = whole ? statistics_.front().size() : names().size();
    for (const Figures& one : statistics_)
      ensure(!whole || one.size() == averaged_, "systems: sets of the same images differ");
    strata_ = strata_of(sets[members_.front()], options.strata);
    for (size_t y = 0; y < systems.size(); ++y) add_system(systems[y], y);
  }

  const std::vector<int>& strata() const { return strata_; }
  const std::vector<FigureName>& names() const { return statistics_.front().names(); }

  // Those of each set in turn, then the means of each system of several runs.
  std::vector<double> at(const TimesBlock& times) const {
    std::vector<double> all;
    std::vector<std::vector<double>> of_set;
    for (const Figures& one : statistics_) {
      of_set.push_back(one.at(times));
      all.insert(all.end(), of_set.back().begin(), of_set.back().end());
    }
    for (const Several& system : several_) {
      const std::vector<double> mean = mean_of(system, of_set, times);
      all.insert(all.end(), mean.begin(), mean.end());
    }
    return all;
  }

  // Gives what at() returned back to whom it belongs: `take_set(set, statistics)`,
  // `take_system(system, means)`.
  template <typename TakeSet, typename TakeSystem>
  void hand_out(const std::vector<Resampled>& all, TakeSet take_set, TakeSystem take_system) const {
    auto next = all.begin();
    for (size_t m = 0; m < members_.size(); ++m) {
      const auto count = static_cast<std::ptrdiff_t>(statistics_[m].size());
      take_set(members_[m], std::vector<Resampled>(next, next + count));
      next += count;
    }
    for (const Several& system : several_) {
      const auto count = static_cast<std::ptrdiff_t>(averaged_);
      take_system(system.index, std::vector<Resampled>(next, next + count));
      next += count;
    }
  }

 private:
  struct Several {
    size_t index;                // of the system
    std::vector<size_t> places;  // of its runs, in members_
    int first_patient;           // the patient that stands for its first run
  };

  void add_system(const SystemResult& system, size_t index) {
    std::vector<size_t> places;
    for (size_t m = 0; m < members_.size(); ++m)
      if (std::count(system.sets.begin(), system.sets.end(), members_[m])) places.push_back(m);
    if (places.size() < 2 || places.size() != system.sets.size()) return;
    const auto paired = std::find_if(several_.begin(), several_.end(), [&](const Several& other) {
      return other.places.size() == places.size();
    });
    if (paired != several_.end()) {
      several_.push_back({index, places, paired->first_patient});
      return;
    }
    const int stratum = 1'000'000 + static_cast<int>(places.size());  // beyond those of patients
    several_.push_back({index, places, static_cast<int>(strata_.size())});
    strata_.insert(strata_.end(), places.size(), stratum);
  }

  // The mean over its runs, each as often as it was drawn.
  std::vector<double> mean_of(const Several& system, const std::vector<std::vector<double>>& of_set,
                              const TimesBlock& times) const {
    const size_t count = averaged_ * kLanes;
    std::vector<double> mean(count, 0);
    Lanes<double> drawn{};
    for (size_t r = 0; r < system.places.size(); ++r) {
      const uint8_t* weight = times.of(system.first_patient + static_cast<int>(r));
      for (size_t l = 0; l < kLanes; ++l) drawn[l] += weight[l];
      for (size_t i = 0; i < count; ++i) {
        if (weight[i % kLanes] > 0) mean[i] += weight[i % kLanes] * of_set[system.places[r]][i];
      }
    }
    for (size_t i = 0; i < count; ++i) mean[i] /= drawn[i % kLanes];
    return mean;
  }

  std::vector<size_t> members_;
  std::vector<Figures> statistics_;
  std::vector<Several> several_;
  std::vector<int> strata_;
  size_t averaged_ = 0;  // statistics of a system of several runs
};

std::vector<FigureResult> results_of(const std::vector<FigureName>& names,
                                     const std::vector<Resampled>& statistics,
                                     const BootstrapOptions& options) {
  std::vector<FigureResult> results;
  for (size_t f = 0; f < names.size(); ++f)
    results.push_back(
        {names[f], statistics[f].value, interval_of(statistics[f], options), kUnknownBounds});
  return results;
}

void take_intervals(const std::vector<FigureName>& names, const std::vector<Resampled>& statistics,
                    const BootstrapOptions& options, SetResult& set) {
  set.figures = results_of(names, statistics, options);
  for (FigureResult& figure : set.figures)
    if (figure.name.key == kDelongFigure)
      figure.delong = delong_interval(set.reading, options.level);
  for (size_t x = 0; x < set.operating_points.size(); ++x)
    set.operating_points[x].tpr = set.figures[x].interval;
  size_t next = names.size();
  for (size_t i = 0; i < set.band_fppi.size(); ++i)
    set.band.push_back(interval_of(statistics[next++], options));
  for (GroupResult& group : set.groups)
    for (Interval& bounds : group.bounds) bounds = interval_of(statistics[next++], options);
}

// Whether a resample holds a mass and an image to count over.
PatientResampler::Usable usable_for(const SetResult& set) {
  std::vector<int> masses(static_cast<size_t>(set.reading.patients), 0);
  for (int patient : set.data.patient_of_mass) ++masses[static_cast<size_t>(patient)];
  return [masses, images = set.data.images_of_patient](const Times& times) {
    int64_t found = 0, counted = 0;
    for (size_t p = 0; p < masses.size(); ++p) {
      found += int64_t{times[p]} * masses[p];
      counted += int64_t{times[p]} * images[p];
    }
    return found > 0 && counted > 0;
  };
}

// Resamples only where that says something.
BootstrapOptions sensible(BootstrapOptions options, const SetResult& set,
                          std::vector<std::string>& notes) {
  if (options.resamples == 0) return options;
  if (set.data.masses() == 0) {
    notes.push_back(set.name + ": there is no mass to find, so no share of found ones");
    options.resamples = 0;
  } else if (set.reading.patients < 2) {
    notes.push_back(set.name + ": one patient only, so no intervals and no tests");
    options.resamples = 0;
  }
  return options;
}

// Fills the figures, intervals and resamples of these sets and of their systems.
void resample_together(std::vector<SetResult>& sets, const std::vector<size_t>& members,
                       const EvaluateOptions& options, bool whole, SystemComparison& result) {
  const SetResult& first = sets[members.front()];
  const BootstrapOptions rounds = sensible(options.bootstrap, first, result.notes);
  const JointStatistics joint(sets, members, result.systems, options, whole);
  const bool draws = rounds.resamples > 0;
  const PatientResampler patients(joint.strata(),
                                  draws ? usable_for(first) : PatientResampler::Usable{});
  const BlockStatistics at = [&](const TimesBlock& times) { return joint.at(times); };
  const std::vector<Resampled> all = bootstrap(patients, at, rounds, "bootstrap");
  const std::vector<FigureName>& names = joint.names();
  joint.hand_out(
      all,
      [&](size_t s, const std::vector<Resampled>& statistics) {
        take_intervals(names, statistics, rounds, sets[s]);
        for (SystemResult& system : result.systems) {
          if (system.sets != std::vector<size_t>{s}) continue;
          system.figures = sets[s].figures;
          system.drawn = statistics;
          if (!whole) system.drawn.resize(names.size());
        }
      },
      [&](size_t y, const std::vector<Resampled>& means) {
        result.systems[y].figures = results_of(names, means, rounds);
        result.systems[y].drawn = means;
      });
}

// Whether two systems may be compared: every run of both on the same images.
bool comparable(const std::vector<SetResult>& sets, const SystemResult& first,
                const SystemResult& second) {
  const SetResult& one = sets[first.sets.front()];
  const auto same = [&](size_t s) { return on_same_images(sets[s], one); };
  return std::all_of(first.sets.begin(), first.sets.end(), same) &&
         std::all_of(second.sets.begin(), second.sets.end(), same);
}

// [figure]; run i of the one changes places with run i of the other, all runs of a patient at once.
std::vector<double> permutation_p(const std::vector<SetResult>& sets, const SystemResult& first,
                                  const SystemResult& second, const EvaluateOptions& options) {
  std::vector<Figures> pairs;
  for (size_t r = 0; r < first.sets.size(); ++r) {
    pairs.emplace_back(joined(sets[first.sets[r]].reading, sets[second.sets[r]].reading),
                       figure_options(options));
  }
  const BlockStatistics mean = [&](const TimesBlock& times) {
    std::vector<double> sum = pairs.front().at(times);
    for (size_t r = 1; r < pairs.size(); ++r) {
      const std::vector<double> more = pairs[r].at(times);
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
    }
    for (double& value : sum) value /= static_cast<double>(pairs.size());
    return sum;
  };
  const auto patients = static_cast<size_t>(sets[first.sets.front()].reading.patients);
  const BootstrapOptions& run = options.bootstrap;
  return paired_permutation_p(patients, mean, {options.permutations, run.seed, run.threads},
                              "permutation");
}

void compare_pair(const std::vector<SetResult>& sets, size_t a, size_t b,
                  const EvaluateOptions& options, SystemComparison& result) {
  const SystemResult &first = result.systems[a], &second = result.systems[b];
  if (first.figures.empty() || second.figures.empty()) return;
  const std::string pair = first.name + " and " + second.name;
  if (!comparable(sets, first, second)) {
    result.notes.push_back(pair + ": searched on different images, so not compared");
    return;
  }
  const bool paired_runs = first.sets.size() == second.sets.size();
  std::vector<double> p(first.figures.size(), kUntested);
  if (!paired_runs) {
    result.notes.push_back(pair + ": different numbers of runs, so no permutation test");
  } else if (options.permutations > 0 && sets[first.sets.front()].reading.patients > 1) {
    p = permutation_p(sets, first, second, options);
  }
  for (size_t f = 0; f < first.figures.size(); ++f) {
    const Resampled difference = first.drawn[f] - second.drawn[f];
    const Interval interval = interval_of(difference, options.bootstrap);
    const bool delong = first.figures[f].name.key == kDelongFigure && first.sets.size() == 1 &&
                        second.sets.size() == 1;
    const double p_delong =
        delong ? delong_p(sets[first.sets.front()].reading, sets[second.sets.front()].reading)
               : kUntested;
    result.differences.push_back({a, b, first.figures[f].name, difference.value, interval,
                                  bootstrap_p(difference), p[f], kUntested, p_delong,
                                  options.margin > 0 && interval.low > -options.margin});
  }
}

// Over the pairs of systems, figure by figure.
void correct(std::vector<SystemDifference>& differences) {
  std::map<std::string, std::vector<size_t>> by_figure;
  for (size_t d = 0; d < differences.size(); ++d) by_figure[differences[d].name.key].push_back(d);
  for (const auto& [figure, places] : by_figure) {
    std::vector<double> p;
    for (size_t d : places) p.push_back(differences[d].p_permutation);
    const std::vector<double> corrected = holm(p);
    for (size_t i = 0; i < places.size(); ++i) differences[places[i]].p_holm = corrected[i];
  }
}

using Pair = std::pair<size_t, size_t>;

size_t index_of(const std::vector<SystemResult>& systems, const std::string& name) {
  for (size_t y = 0; y < systems.size(); ++y)
    if (systems[y].name == name) return y;
  fail(ErrorKind::usage, "systems: found no {}", name);
}

std::vector<Pair> pairs_of(const std::vector<SystemResult>& systems, const SystemScope& scope) {
  std::vector<Pair> pairs;
  if (scope.contrasts) {
    for (const SystemScope::Contrast& one : *scope.contrasts)
      pairs.emplace_back(index_of(systems, one.first), index_of(systems, one.second));
    return pairs;
  }
  for (size_t a = 0; a < systems.size(); ++a)
    for (size_t b = a + 1; b < systems.size(); ++b) pairs.emplace_back(a, b);
  return pairs;
}

}  // namespace

SystemComparison compare_systems(std::vector<SetResult>& sets, const EvaluateOptions& options,
                                 const SystemScope& scope) {
  SystemComparison result;
  result.systems = systems_of(sets);
  const std::vector<Pair> pairs = pairs_of(result.systems, scope);
  for (const std::vector<size_t>& members : sets_by_images(sets))
    resample_together(sets, members, options, scope.keep_resamples, result);
  for (const SystemResult& system : result.systems) {
    if (system.figures.empty())
      result.notes.push_back(system.name + ": its runs were searched on different images");
  }
  for (const auto& [a, b] : pairs) compare_pair(sets, a, b, options, result);
  correct(result.differences);
  for (SystemResult& system : result.systems)
    if (!scope.keep_resamples) system.drawn.clear();
  for (const std::string& note : result.notes) log_warning(note);
  return result;
}

}  // namespace mammograft
