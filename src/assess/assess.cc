#include "assess/assess.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "assess/candidates.h"
#include "assess/patients.h"
#include "assess/regression.h"
#include "assess/set_summary.h"
#include "core/error.h"
#include "graft/appearance.h"

namespace mammograft {
namespace {

// Only the networks need folds: without them all patients are in one.
Folds own_folds(const Candidates& candidates, const AssessOptions& options, uint64_t seed) {
  std::set<std::string> with_mass, others;
  for (const Candidate& candidate : candidates.real.masses)
    with_mass.insert(candidate.ref.image->patient_id);
  for (const CandidateSet& set : candidates.sets) {
    for (const Candidate& candidate : set.masses) {
      for (const std::string& name : patients_of(candidate.ref, candidate.provenance)) {
        if (!with_mass.count(name)) others.insert(name);
      }
    }
  }
  if (options.told_apart) {
    return folds_over({with_mass.begin(), with_mass.end()}, {others.begin(), others.end()},
                      options.fold_count, seed);
  }
  Folds one{1, seed, {}};
  for (const auto* names : {&with_mass, &others})
    for (const std::string& name : *names) one.fold_of[name] = 0;
  return one;
}

AssessedSet assessed(const CandidateSet& set, PatientTable& patients) {
  AssessedSet result;
  result.name = set.name;
  result.dilation_mm = set.dilation_mm;
  result.left_out = set.left_out;
  result.unknown_backgrounds = set.unknown_backgrounds;
  for (const Candidate& candidate : set.masses) {
    AssessedMass& mass = result.masses.emplace_back();
    mass.ref = candidate.ref;
    mass.source = candidate.source;
    mass.background = candidate.background;
    mass.measures = candidate.measures;
    mass.patients = patients.add(candidate.ref, patients_of(candidate.ref, candidate.provenance));
  }
  return result;
}

void add_samples(const CandidateSet& candidates, const AssessedSet& set, bool synthetic,
                 const std::vector<int>& fold_of, std::vector<MassSample>& samples) {
  for (size_t i = 0; i < set.masses.size(); ++i) {
    MassSample& sample = samples.emplace_back();
    sample.window = candidates.masses[i].window;
    sample.appearance = set.masses[i].measures.appearance;
    sample.synthetic = synthetic;
    for (int patient : set.masses[i].patients)
      sample.folds.push_back(fold_of[static_cast<size_t>(patient)]);
  }
}

// Those of the real masses, then those of one set.
std::vector<MassSample> samples_of(const Candidates& candidates, size_t s, const AssessedSet& real,
                                   const AssessedSet& set, const std::vector<int>& fold_of) {
  std::vector<MassSample> samples;
  add_samples(candidates.real, real, false, fold_of, samples);
  add_samples(candidates.sets[s], set, true, fold_of, samples);
  return samples;
}

// Synthetic masses whose patients lie in different folds.
int in_two_folds(const std::vector<MassSample>& samples, const AssessedSet& set) {
  const auto count = std::count_if(samples.begin(), samples.end(), [](const MassSample& sample) {
    return sample.synthetic && test_fold(sample) < 0;
  });
  if (static_cast<size_t>(count) == set.masses.size()) {
    fail(ErrorKind::bad_input,
         "{}: none of {} synthetic masses can be tested: their lesion's and their background's "
         "patient always lie in different folds",
         set.name, count);
  }
  return static_cast<int>(count);
}

// What a judge said of the real masses and of one set, as the AUC needs it.
using Scored = std::vector<ScoredCase>;

Scored scored_masses(const AssessedSet& real, const AssessedSet& set, const std::vector<int>& fold,
                     const std::vector<double>& score) {
  Scored result;
  const size_t count = real.masses.size();
  for (size_t i = 0; i < score.size(); ++i) {
    if (fold[i] < 0) continue;
    const bool synthetic = i >= count;
    const AssessedMass& mass = synthetic ? set.masses[i - count] : real.masses[i];
    result.push_back({score[i], synthetic, fold[i], mass.patients});
  }
  return result;
}

std::vector<double> mean_over_seeds(const ClassifierScores& scores) {
  std::vector<double> mean(scores.fold.size(), 0);
  for (const auto& seed : scores.score) {
    for (size_t i = 0; i < mean.size(); ++i) {
      mean[i] += seed[i] / static_cast<double>(scores.score.size());
    }
  }
  return mean;
}

// Fills in what the networks of one set said.
Scored take_scores(const ClassifierScores& scores, const AssessedSet& real, AssessedSet& set) {
  const std::vector<double> mean = mean_over_seeds(scores);
  const size_t count = real.masses.size();
  set.real_scores.assign(mean.begin(), mean.begin() + static_cast<std::ptrdiff_t>(count));
  for (size_t i = count; i < mean.size(); ++i) {
    set.masses[i - count].score = mean[i];
    set.masses[i - count].fold = scores.fold[i];
  }
  for (const auto& one : scores.score)
    set.seed_auc.push_back(stratified_auc(scored_masses(real, set, scores.fold, one)));
  set.classifier_seconds = scores.seconds;
  return scored_masses(real, set, scores.fold, mean);
}

// What a regression on all measures of appearance says, and on each group of them.
void judge_by_appearance(const std::vector<MassSample>& samples, const std::vector<int>& fold,
                         const PatientResampler& patients, const BootstrapOptions& bootstrap,
                         const AssessedSet& real, AssessedSet& set) {
  std::vector<Scored> scored;
  const auto judge = [&](size_t first, size_t count) {
    scored.push_back(
        scored_masses(real, set, fold, regression_scores(samples, fold, first, count)));
  };
  judge(0, kAppearanceMeasures);
  size_t first = 0;
  for (const AppearanceGroup& group : kAppearanceGroups) {
    judge(first, group.measures);
    first += group.measures;
  }
  std::vector<AucEstimate> said = compare_auc(scored, patients, bootstrap, "assess.auc").sets;
  set.appearance_auc = said.front();
  set.appearance_group_auc.assign(said.begin() + 1, said.end());
}

BootstrapOptions bootstrap_options(const AssessOptions& options, uint64_t seed, int threads) {
  return {options.resamples, options.level, static_cast<int64_t>(seed), "percentile", threads};
}

void check(const AssessOptions& options) {
  check(options.window);
  check(options.classifier);
  if (options.dilation_mm < 0) {
    fail(ErrorKind::usage, "dilation_mm: found {}, expected 0 or more", options.dilation_mm);
  }
  check(bootstrap_options(options, 0, 0));
}

}  // namespace

Assessment assess(const AssessInput& input, const AssessOptions& options, uint64_t seed,
                  int threads, Progress& progress) {
  check(options);
  const std::shared_ptr<const Origins> origins = origins_of(input);
  Candidates candidates = candidates_of(input, options, *origins);
  measure(candidates, options, threads, progress);

  Assessment result;
  result.origins = origins;
  result.folds = input.folds ? *input.folds : own_folds(candidates, options, seed);
  PatientTable patients(result.folds);
  result.real = assessed(candidates.real, patients);
  for (const CandidateSet& set : candidates.sets) result.sets.push_back(assessed(set, patients));
  result.patients = patients.names();

  const PatientResampler resampler(patients.fold_of());  // within folds
  const BootstrapOptions bootstrap = bootstrap_options(options, seed, threads);
  const double reference = median_high_frequency(result.real);
  summarise(result.real, reference);
  std::vector<Scored> scored;
  for (size_t s = 0; s < result.sets.size(); ++s) {
    AssessedSet& set = result.sets[s];
    summarise(set, reference);
    compare_with_sources(set, resampler, bootstrap);
    compare_with_real(result.real, set, resampler, bootstrap);
    if (!options.told_apart) {
      set.real_scores.assign(result.real.masses.size(), MassMeasures::kUnknown);
      continue;
    }
    const std::vector<MassSample> samples =
        samples_of(candidates, s, result.real, set, patients.fold_of());
    set.two_folds = in_two_folds(samples, set);
    const ClassifierScores scores =
        cross_validate(samples, result.folds.count, options.classifier, seed, threads, progress);
    scored.push_back(take_scores(scores, result.real, set));
    judge_by_appearance(samples, scores.fold, resampler, bootstrap, result.real, set);
  }
  if (!options.told_apart) return result;
  const AucComparison comparison = compare_auc(scored, resampler, bootstrap, "assess.auc");
  for (size_t s = 0; s < result.sets.size(); ++s) result.sets[s].auc = comparison.sets[s];
  result.differences = comparison.differences;
  return result;
}

}  // namespace mammograft
