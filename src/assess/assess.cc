#include "assess/assess.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "assess/patients.h"
#include "assess/set_summary.h"
#include "cohort/spacing.h"
#include "core/error.h"
#include "graft/dilated.h"

namespace mammograft {
namespace {

constexpr double kNan = MassMeasures::kUnknown;

// A set on its way: what the classifier needs beside the measures.
struct Candidate {
  MassRef ref;
  Provenance provenance;
  std::optional<MassRef> source;
  std::optional<OriginIndex::Image> background;
  MassMeasures measures;
  cv::Mat window;  // normalised
};

struct CandidateSet {
  std::string name;
  std::vector<Candidate> masses;
  double dilation_mm = 0;  // of what was grafted, before it was scaled
  int left_out = 0, unknown_backgrounds = 0;
};

std::vector<MassRef> some_masses_of(const Cohort& cohort) {
  std::vector<MassRef> masses = masses_of(cohort);
  if (masses.empty()) {
    fail(ErrorKind::bad_input, "{}: no annotated mass", cohort.folder.string());
  }
  return masses;
}

CandidateSet real_candidates(const std::vector<Cohort>& cohorts, const AssessOptions& options) {
  CandidateSet set{"real", {}, options.dilation_mm};
  for (const Cohort& cohort : cohorts) {
    for (const MassRef& mass : some_masses_of(cohort)) {
      if (mass.image->patient_id.empty()) {
        fail(ErrorKind::bad_input, "{}: {}: patient_id: missing, masses are held out by patient",
             cohort.folder.string(), mass.image->file_name);
      }
      if (is_synthetic(*mass.image)) {
        fail(ErrorKind::bad_input, "{}: {}: source: found a synthetic image among the real ones",
             cohort.folder.string(), mass.image->file_name);
      }
      Candidate& candidate = set.masses.emplace_back();
      candidate.ref = mass;
      candidate.ref.reach_mm = set.dilation_mm;
      // For the folds a real mass is one that was made from its own patient.
      candidate.provenance.background = {mass.image->file_name, mass.image->patient_id};
    }
  }
  return set;
}

const Provenance& provenance_of(const Cohort& cohort, const ImageRecord& image) {
  if (!image.source) {
    fail(ErrorKind::bad_input,
         "{}: {}: source: missing, expected the provenance of a synthetic image",
         cohort.folder.string(), image.file_name);
  }
  return *image.source;
}

// How far beyond its mask a lesion was grafted, as synthesize() says of the cohort.
std::optional<double> stated_dilation(const Json& info) {
  const Json::json_pointer place("/synthesis/options/lesion/dilation_mm");
  if (!info.contains(place) || !info[place].is_number()) return std::nullopt;
  return info[place].get<double>();
}

// The same of several that were joined.
double dilation_of(const SyntheticSet& set, const AssessOptions& options) {
  const Json& info = set.cohort.info;
  const Json parts = info.contains("merged") ? info["merged"] : Json::array({info});
  std::set<double> found;
  for (const Json& part : parts) found.insert(stated_dilation(part).value_or(options.dilation_mm));
  if (found.size() > 1) {
    fail(ErrorKind::bad_input,
         "{}: info.synthesis.options.lesion.dilation_mm: found {} and {}, expected one in all of a "
         "set",
         set_name(set), *found.begin(), *found.rbegin());
  }
  return found.empty() ? options.dilation_mm : *found.begin();
}

bool grafted(const MassRef& mass) { return mass.annotation->attributes.value("grafted", false); }

// A background may show masses of its own: where one of an image's is marked as the grafted one,
// the others do not count.
std::vector<MassRef> synthetic_masses_of(const Cohort& cohort) {
  std::vector<MassRef> masses = some_masses_of(cohort);
  std::set<const ImageRecord*> marked;
  for (const MassRef& mass : masses) {
    if (grafted(mass)) marked.insert(mass.image);
  }
  std::erase_if(masses,
                [&](const MassRef& mass) { return marked.count(mass.image) && !grafted(mass); });
  return masses;
}

void check_one_mass(const std::vector<MassRef>& masses) {
  for (size_t i = 1; i < masses.size(); ++i) {
    if (masses[i].image != masses[i - 1].image) continue;
    fail(ErrorKind::bad_input, "{}: {}: more than one mass, expected the one that was grafted",
         masses[i].cohort->folder.string(), masses[i].image->file_name);
  }
}

Candidate synthetic_candidate(const MassRef& mass, double dilation_mm, const OriginIndex& lesions,
                              const OriginIndex& backgrounds) {
  Candidate candidate;
  candidate.ref = mass;
  candidate.provenance = provenance_of(*mass.cohort, *mass.image);
  Provenance& provenance = candidate.provenance;
  candidate.ref.reach_mm = dilation_mm * provenance.scale();  // it was scaled along
  if (provenance.lesion) {
    candidate.source = lesions.lesion(*provenance.lesion);
    if (!candidate.source) {
      fail(ErrorKind::bad_input,
           "{}: {}: source: no mass {} on an image {} in the real cohorts; give its cohort with "
           "--lesions",
           mass.cohort->folder.string(), mass.image->file_name, provenance.lesion->annotation_id,
           provenance.lesion->file_name);
    }
    provenance.lesion->patient_id = candidate.source->image->patient_id;
  }
  if (provenance.background) candidate.background = backgrounds.image(*provenance.background);
  return candidate;
}

CandidateSet synthetic_candidates(const SyntheticSet& input, const AssessOptions& options,
                                  const OriginIndex& lesions, const OriginIndex& backgrounds) {
  const std::vector<MassRef> masses = synthetic_masses_of(input.cohort);
  check_one_mass(masses);
  CandidateSet set{set_name(input), {}, dilation_of(input, options)};
  for (const MassRef& mass : masses) {
    set.masses.push_back(synthetic_candidate(mass, set.dilation_mm, lesions, backgrounds));
    const Candidate& last = set.masses.back();
    set.unknown_backgrounds += last.provenance.background && !last.background;
  }
  return set;
}

// A pixel of the coarser of both grids, the background's and the scaled lesion's: the region was
// dilated on the latter, and on the way to the former its rim and its mask's move by less than
// that.
double grid_mm(const Candidate& candidate, const AssessOptions& options) {
  const auto largest = [&](const MassRef& mass) {
    const auto [row_mm, column_mm] = spacing_of(*mass.image, options.window.spacing_mm);
    return std::max(row_mm, column_mm);
  };
  const double own = largest(candidate.ref);
  if (!candidate.source) return own;
  return std::max(own, candidate.provenance.scale() * largest(*candidate.source));
}

// Both changes of the background that an image was made from.
void measure_background(const cv::Mat& original, const Candidate& candidate,
                        const AssessOptions& options, MassMeasures& measures) {
  measures.detail = candidate.provenance.detail;
  measures.background_before = candidate.provenance.background_change.value_or(kNan);
  if (!candidate.background) return;
  const auto& [cohort, image] = *candidate.background;
  const cv::Mat before = read_pixels(*cohort, *image);
  if (before.size() != original.size()) {
    fail(ErrorKind::bad_input,
         "{}: {}: found {} x {} pixels, expected those of its background "
         "{}: {} x {}",
         candidate.ref.cohort->folder.string(), candidate.ref.image->file_name, original.cols,
         original.rows, image->file_name, before.cols, before.rows);
  }
  const auto [omega, window] = original_region(
      candidate.ref, options.window, candidate.ref.reach_mm + grid_mm(candidate, options));
  measures.background_change =
      background_change(before(window), original(window), omega(window)).mean;
  measures.background_share = background_change(before, original, omega).share;
}

void measure(const MassSight& sight, const AssessOptions& options, Candidate& candidate) {
  MassMeasures& measures = candidate.measures;
  const MassPatch& patch = sight.patch;
  measures.contrast = mass_contrast(patch);
  measures.conspicuity = mass_conspicuity(patch);
  const Json& attributes = candidate.ref.annotation->attributes;
  measures.detector_score = attributes.value(kDetectorScore, kNan);
  measures.seam = seam_energy(
      patch, dilated(patch.mask, candidate.ref.reach_mm, {patch.mm_per_px, patch.mm_per_px}));
  measures.high_frequency = high_frequency_power(patch);
  candidate.window = normalised_window(sight.window, sight.inside);
  measure_background(sight.original, candidate, options, measures);
}

// Measures all masses of a set and drops those that cannot be seen.
void measure(CandidateSet& set, const AssessOptions& options, int threads, Progress& progress) {
  std::vector<MassRef> masses;
  for (const Candidate& candidate : set.masses) masses.push_back(candidate.ref);
  visit_masses(masses, options.window, threads, progress,
               [&](size_t i, const MassSight& sight) { measure(sight, options, set.masses[i]); });
  const auto unseen = [](const Candidate& candidate) { return candidate.window.empty(); };
  set.left_out = static_cast<int>(std::erase_if(set.masses, unseen));
  if (set.masses.empty()) {
    fail(ErrorKind::bad_input, "{}: no mass has a pixel at {} mm per pixel", set.name,
         options.window.mm_per_px);
  }
}

// The contrast of every lesion that a synthetic mass was made from, each measured once.
void measure_sources(std::vector<CandidateSet>& sets, const CandidateSet& real,
                     const AssessOptions& options, int threads, Progress& progress) {
  std::map<const Annotation*, double> contrast;
  for (const Candidate& candidate : real.masses) {
    contrast[candidate.ref.annotation] = candidate.measures.contrast;
  }
  std::vector<MassRef> others;
  for (const CandidateSet& set : sets) {
    for (const Candidate& candidate : set.masses) {
      if (!candidate.source) continue;
      if (contrast.emplace(candidate.source->annotation, kNan).second) {
        others.push_back(*candidate.source);
      }
    }
  }
  std::vector<double> measured(others.size(), kNan);
  visit_masses(others, options.window, threads, progress,
               [&](size_t i, const MassSight& sight) { measured[i] = mass_contrast(sight.patch); });
  for (size_t i = 0; i < others.size(); ++i) contrast[others[i].annotation] = measured[i];
  for (CandidateSet& set : sets) {
    for (Candidate& candidate : set.masses) {
      if (!candidate.source) continue;
      candidate.measures.source_contrast =
          contrast.at(candidate.source->annotation) * candidate.provenance.gain();
    }
  }
}

// Only the networks need folds: without them all patients are in one.
Folds own_folds(const CandidateSet& real, const std::vector<CandidateSet>& sets,
                const AssessOptions& options, uint64_t seed) {
  std::set<std::string> with_mass, others;
  for (const Candidate& candidate : real.masses) with_mass.insert(candidate.ref.image->patient_id);
  for (const CandidateSet& set : sets) {
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

std::vector<ClassifierSample> samples_of(const CandidateSet& candidates, const AssessedSet& set,
                                         bool synthetic, const std::vector<int>& fold_of) {
  std::vector<ClassifierSample> samples;
  for (size_t i = 0; i < set.masses.size(); ++i) {
    ClassifierSample& sample = samples.emplace_back();
    sample.window = candidates.masses[i].window;
    sample.synthetic = synthetic;
    for (int patient : set.masses[i].patients) {
      sample.folds.push_back(fold_of[static_cast<size_t>(patient)]);
    }
  }
  return samples;
}

int in_two_folds(const std::vector<ClassifierSample>& samples) {
  return static_cast<int>(
      std::count_if(samples.begin(), samples.end(),
                    [](const ClassifierSample& sample) { return test_fold(sample) < 0; }));
}

// What the networks of one set said, as the AUC needs it.
using Scored = std::vector<ScoredCase>;

Scored scored_masses(const AssessedSet& real, const AssessedSet& set,
                     const ClassifierScores& scores, const std::vector<double>& score) {
  Scored result;
  const size_t count = real.masses.size();
  for (size_t i = 0; i < score.size(); ++i) {
    if (scores.fold[i] < 0) continue;
    const bool synthetic = i >= count;
    const AssessedMass& mass = synthetic ? set.masses[i - count] : real.masses[i];
    result.push_back({score[i], synthetic, scores.fold[i], mass.patients});
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

// Trains and tests the networks of one set; fills in what they said.
Scored classify(const CandidateSet& real_windows, const CandidateSet& windows,
                const std::vector<int>& fold_of, int folds, const AssessOptions& options,
                uint64_t seed, int threads, Progress& progress, AssessedSet& real,
                AssessedSet& set) {
  std::vector<ClassifierSample> samples = samples_of(real_windows, real, false, fold_of);
  const std::vector<ClassifierSample> synthetic = samples_of(windows, set, true, fold_of);
  set.two_folds = in_two_folds(synthetic);
  if (set.two_folds == static_cast<int>(synthetic.size())) {
    fail(ErrorKind::bad_input,
         "{}: none of {} synthetic masses can be tested: their lesion's and their background's "
         "patient always lie in different folds",
         set.name, synthetic.size());
  }
  samples.insert(samples.end(), synthetic.begin(), synthetic.end());
  const ClassifierScores scores =
      cross_validate(samples, folds, options.classifier, seed, threads, progress);
  const std::vector<double> mean = mean_over_seeds(scores);
  const size_t count = real.masses.size();
  set.real_scores.assign(mean.begin(), mean.begin() + static_cast<std::ptrdiff_t>(count));
  for (size_t i = count; i < samples.size(); ++i) {
    set.masses[i - count].score = mean[i];
    set.masses[i - count].fold = scores.fold[i];
  }
  for (const auto& one : scores.score) {
    set.seed_auc.push_back(stratified_auc(scored_masses(real, set, scores, one)));
  }
  set.classifier_seconds = scores.seconds;
  return scored_masses(real, set, scores, mean);
}

void check_names(const std::vector<CandidateSet>& sets) {
  std::set<std::string> names = {"real"};
  for (const CandidateSet& set : sets) {
    if (names.insert(set.name).second) continue;
    fail(ErrorKind::usage, "--synthetic: the name {} is taken, give each set its own: NAME=COHORT",
         set.name);
  }
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

// What sources and backgrounds of candidates, and of the result, point into.
struct Origins {
  OriginIndex lesions, backgrounds;
};

std::shared_ptr<const Origins> origins_of(const AssessInput& input) {
  const auto origins = std::make_shared<Origins>();
  origins->lesions.add(input.lesions);
  origins->lesions.add(input.real);
  origins->backgrounds.add(input.backgrounds);
  origins->backgrounds.add(input.real);
  return origins;
}

struct Candidates {
  CandidateSet real;
  std::vector<CandidateSet> sets;
};

// Everything that can be wrong with the input is found before the first pixel is read.
Candidates candidates_of(const AssessInput& input, const AssessOptions& options,
                         const Origins& origins) {
  Candidates result{real_candidates(input.real, options), {}};
  for (const SyntheticSet& set : input.synthetic) {
    result.sets.push_back(synthetic_candidates(set, options, origins.lesions, origins.backgrounds));
  }
  check_names(result.sets);
  return result;
}

}  // namespace

std::string set_name(const SyntheticSet& set) {
  if (!set.name.empty()) return set.name;
  return provenance_of(set.cohort, *some_masses_of(set.cohort).front().image).method;
}

Assessment assess(const AssessInput& input, const AssessOptions& options, uint64_t seed,
                  int threads, Progress& progress) {
  check(options);
  const std::shared_ptr<const Origins> origins = origins_of(input);
  Candidates candidates = candidates_of(input, options, *origins);
  measure(candidates.real, options, threads, progress);
  for (CandidateSet& set : candidates.sets) measure(set, options, threads, progress);
  measure_sources(candidates.sets, candidates.real, options, threads, progress);

  Assessment result;
  result.origins = origins;
  result.folds =
      input.folds ? *input.folds : own_folds(candidates.real, candidates.sets, options, seed);
  PatientTable patients(result.folds);
  result.real = assessed(candidates.real, patients);
  for (const CandidateSet& set : candidates.sets) result.sets.push_back(assessed(set, patients));
  result.patients = patients.names();

  const std::vector<int>& fold_of = patients.fold_of();
  const PatientResampler resampler(fold_of);  // within folds
  const BootstrapOptions bootstrap = bootstrap_options(options, seed, threads);
  const double reference = median_high_frequency(result.real);
  summarise(result.real, reference);
  std::vector<Scored> scored;
  for (size_t s = 0; s < result.sets.size(); ++s) {
    AssessedSet& set = result.sets[s];
    summarise(set, reference);
    compare_with_sources(set, resampler, bootstrap);
    compare_with_real(result.real, set, resampler, bootstrap);
    if (options.told_apart) {
      scored.push_back(classify(candidates.real, candidates.sets[s], fold_of, result.folds.count,
                                options, seed, threads, progress, result.real, set));
    } else {
      set.real_scores.assign(result.real.masses.size(), kNan);
      set.auc = {kNan, {kNan, kNan}, 0, 0};
    }
  }
  if (!options.told_apart) return result;
  const AucComparison comparison = compare_auc(scored, resampler, bootstrap, "assess.auc");
  for (size_t s = 0; s < result.sets.size(); ++s) result.sets[s].auc = comparison.sets[s];
  result.differences = comparison.differences;
  return result;
}

}  // namespace mammograft
