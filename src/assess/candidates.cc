#include "assess/candidates.h"

#include <algorithm>
#include <map>
#include <set>

#include "cohort/spacing.h"
#include "core/error.h"
#include "graft/appearance.h"
#include "graft/dilated.h"
#include "graft/measures.h"

namespace mammograft {
namespace {

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
  measures.background_before =
      candidate.provenance.background_change.value_or(MassMeasures::kUnknown);
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
  measures.detector_score = attributes.value(kDetectorScore, MassMeasures::kUnknown);
  const cv::Mat omega =
      dilated(patch.mask, candidate.ref.reach_mm, {patch.mm_per_px, patch.mm_per_px});
  measures.seam = seam_energy(patch, omega);
  measures.high_frequency = high_frequency_power(patch);
  candidate.window = normalised_window(sight.window, sight.inside);
  measures.appearance = appearance(patch, omega);
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
      if (contrast.emplace(candidate.source->annotation, MassMeasures::kUnknown).second) {
        others.push_back(*candidate.source);
      }
    }
  }
  std::vector<double> measured(others.size(), MassMeasures::kUnknown);
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

void check_names(const std::vector<CandidateSet>& sets) {
  std::set<std::string> names = {"real"};
  for (const CandidateSet& set : sets) {
    if (names.insert(set.name).second) continue;
    fail(ErrorKind::usage, "--synthetic: the name {} is taken, give each set its own: NAME=COHORT",
         set.name);
  }
}

}  // namespace

std::shared_ptr<const Origins> origins_of(const AssessInput& input) {
  const auto origins = std::make_shared<Origins>();
  origins->lesions.add(input.lesions);
  origins->lesions.add(input.real);
  origins->backgrounds.add(input.backgrounds);
  origins->backgrounds.add(input.real);
  return origins;
}

Candidates candidates_of(const AssessInput& input, const AssessOptions& options,
                         const Origins& origins) {
  Candidates result{real_candidates(input.real, options), {}};
  for (const SyntheticSet& set : input.synthetic) {
    result.sets.push_back(synthetic_candidates(set, options, origins.lesions, origins.backgrounds));
  }
  check_names(result.sets);
  return result;
}

void measure(Candidates& candidates, const AssessOptions& options, int threads,
             Progress& progress) {
  measure(candidates.real, options, threads, progress);
  for (CandidateSet& set : candidates.sets) measure(set, options, threads, progress);
  measure_sources(candidates.sets, candidates.real, options, threads, progress);
}

}  // namespace mammograft
