#include "evaluate/evaluate.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "cohort/box_form.h"
#include "core/error.h"
#include "core/log.h"
#include "evaluate/groups.h"
#include "evaluate/pooling.h"

namespace mammograft {
namespace {

void check_options(const EvaluateOptions& options) {
  if (options.fppi.empty()) fail(ErrorKind::usage, "fppi: expected at least one number");
  for (double x : options.fppi) {
    if (!(std::isfinite(x) && x >= 0)) fail(ErrorKind::usage, "fppi: found {}, expected >= 0", x);
  }
  for (double share : {options.matching.threshold, options.matching.ignore_threshold}) {
    if (!(share >= 0 && share < 1)) {
      fail(ErrorKind::usage, "threshold: found {}, expected from 0 to below 1", share);
    }
  }
}

void check_values(const NamedDetections& file) {
  for (size_t i = 0; i < file.detections.size(); ++i) {
    const Detection& detection = file.detections[i];
    if (!std::isfinite(detection.score)) {
      fail(ErrorKind::bad_input, "{}: [{}].score: found {}, expected a finite number", file.name, i,
           detection.score);
    }
    const Box& box = detection.bbox;
    for (double value : {box.x0, box.y0, box.x1, box.y1}) {
      if (!std::isfinite(value)) {
        fail(ErrorKind::bad_input, "{}: [{}].bbox: found {}, expected finite numbers", file.name, i,
             value);
      }
    }
  }
}

std::string joined(const std::set<int64_t>& ids) { return fmt::format("{}", fmt::join(ids, ", ")); }

// Category ids of the truth: those it declares, else those its annotations use.
std::set<int64_t> known_categories(const Cohort& truth) {
  std::set<int64_t> ids;
  for (const Category& category : truth.categories) ids.insert(category.id);
  if (ids.empty()) {
    for (const Annotation& annotation : truth.annotations) ids.insert(annotation.category_id);
  }
  return ids;
}

std::set<int64_t> scored_categories(const Cohort& truth, const std::vector<std::string>& names) {
  if (names.empty()) return known_categories(truth);
  std::set<int64_t> ids;
  for (const std::string& name : names) {
    const auto found = std::find_if(truth.categories.begin(), truth.categories.end(),
                                    [&](const Category& c) { return c.name == name; });
    if (found == truth.categories.end()) {
      fail(ErrorKind::bad_input, "categories: the truth has none named '{}'", name);
    }
    ids.insert(found->id);
  }
  return ids;
}

// The scored images with the annotations of the scored categories; regions to ignore stay.
std::shared_ptr<const Cohort> scored_part(const Cohort& truth, const std::set<int64_t>& images,
                                          const std::set<int64_t>& categories) {
  auto part = std::make_shared<Cohort>(
      filter(truth, [&](const ImageRecord& image) { return images.count(image.id) > 0; }));
  std::erase_if(part->annotations, [&](const Annotation& annotation) {
    return !annotation.ignore && !categories.count(annotation.category_id);
  });
  return part;
}

// Scores of boxes in another form are near zero, which looks like a bad detector.
void warn_of_odd_boxes(const Cohort& truth, const NamedDetections& file) {
  std::map<int64_t, const ImageRecord*> images;
  for (const ImageRecord& image : truth.images) images[image.id] = &image;
  BoxForm form;
  for (const Detection& detection : file.detections) {
    const ImageRecord& image = *images.at(detection.image_id);
    form.add(detection.bbox, image.width, image.height);
  }
  const std::string suspicion = form.suspicion();
  if (!suspicion.empty()) log_warning(file.name + ": " + suspicion);
}

// Masks that others gave as polygons.
void fill_outlines(SetResult& set) {
  for (Detection& detection : set.detections) {
    if (detection.mask || detection.outline.empty()) continue;
    const ImageRecord& image = *set.truth.images[set.truth.index_of.at(detection.image_id)];
    detection.mask = rasterize(detection.outline, image.height, image.width);
  }
}

void take_detections(const Pool& pool, const std::set<int64_t>& known,
                     const std::set<int64_t>& scored, SetResult& set) {
  for (const NamedDetections* file : pool.files) {
    set.files.push_back(file->name);
    for (size_t i = 0; i < file->detections.size(); ++i) {
      const Detection& detection = file->detections[i];
      if (!known.empty() && !known.count(detection.category_id)) {
        fail(ErrorKind::bad_input,
             "{}: [{}].category_id: found {}, expected one of the truth's: {}", file->name, i,
             detection.category_id, joined(known));
      }
      if (known.empty() || scored.count(detection.category_id)) set.detections.push_back(detection);
    }
  }
}

void guard(const Pool& pool, const Cohort& truth, bool allow, SetResult& set) {
  set.provenance_known = true;
  for (const NamedDetections* file : pool.files) {
    if (!file->meta) {
      set.provenance_known = false;
      continue;
    }
    const bool listed = !file->meta->image_ids.empty();
    const Leak leak = find_leak(truth, listed ? searched_images(*file) : pool.images, *file->meta);
    if (!allow) refuse_leak(leak, file->name);
    if (leak.patients > 0) {
      log_warning(fmt::format("{}: the model learnt from {} of the {} patients it is scored on",
                              file->name, leak.patients, leak.of));
    }
    set.leaked_patients += leak.patients;
  }
}

// Patients as indices; an image without a patient id stands for a patient of its own.
std::vector<int> patient_indices(const Truth& truth, int& without_id, int& patients) {
  std::map<std::string, int> index_of;
  std::vector<int> result;
  patients = 0;
  for (const ImageRecord* image : truth.images) {
    if (image->patient_id.empty()) {
      ++without_id;
      result.push_back(patients++);
      continue;
    }
    const auto [place, fresh] = index_of.emplace(image->patient_id, patients);
    patients += fresh;
    result.push_back(place->second);
  }
  return result;
}

void make_data(const EvaluateOptions& options, SetResult& set) {
  const Truth& truth = set.truth;
  const bool normal_only = options.fppi_over == "normal";
  const std::vector<int> patient_of =
      patient_indices(truth, set.counts.patients_without_id, set.counts.patients);
  set.data.images_of_patient.assign(set.counts.patients, 0);
  const auto counted = [&](int image) {
    return !normal_only || truth.images[image]->status == Status::normal;
  };
  for (int i = 0; i < static_cast<int>(truth.images.size()); ++i) {
    set.data.images_of_patient[patient_of[i]] += counted(i);
  }
  for (const Truth::Mass& mass : truth.masses) {
    set.data.patient_of_mass.push_back(patient_of[mass.image]);
  }
  for (size_t i = 0; i < set.detections.size(); ++i) {
    const int image = truth.index_of.at(set.detections[i].image_id);
    const Match& match = set.matches[i];
    if (match.outcome == Outcome::hit) {
      set.data.events.push_back({set.detections[i].score, patient_of[image], match.mass});
    } else if (match.outcome == Outcome::false_positive && counted(image)) {
      set.data.events.push_back({set.detections[i].score, patient_of[image], -1});
    }
  }
  std::stable_sort(set.data.events.begin(), set.data.events.end(),
                   [](const FrocEvent& a, const FrocEvent& b) { return a.score > b.score; });
  if (normal_only && set.data.images() == 0) {
    fail(ErrorKind::bad_input, "fppi_over: the truth has no image of status normal");
  }
}

void count(const EvaluateOptions& options, SetResult& set) {
  EvaluationCounts& counts = set.counts;
  counts.images = static_cast<int>(set.truth.images.size());
  counts.normal_images = static_cast<int>(
      std::count_if(set.truth.images.begin(), set.truth.images.end(),
                    [](const ImageRecord* image) { return image->status == Status::normal; }));
  counts.fppi_images = set.data.images();
  counts.masses = static_cast<int>(set.truth.masses.size());
  for (const auto& regions : set.truth.ignored_of) {
    counts.ignored_regions += static_cast<int>(regions.size());
  }
  counts.detections = static_cast<int>(set.detections.size());
  for (const Match& match : set.matches) {
    counts.hits += match.outcome == Outcome::hit;
    counts.duplicates += match.outcome == Outcome::duplicate;
    counts.ignored += match.outcome == Outcome::ignored;
    counts.false_positives += match.outcome == Outcome::false_positive;
  }
  if (hit_rule_from(options.matching.rule) != HitRule::mask_iou) return;
  for (const Detection& detection : set.detections) counts.without_mask += !detection.mask;
  if (counts.without_mask > 0) {
    log_warning(
        fmt::format("{}: {} of {} detections have no mask and count as their filled box "
                    "(detect --masks all makes them)",
                    set.name, counts.without_mask, counts.detections));
  }
}

// From a hundredth of a false positive per image to the curve's end, but not beyond ten, where
// nobody reads; evenly on a logarithmic axis.
std::vector<double> band_places(const Froc& froc) {
  constexpr int kPlaces = 121;
  const double first = 0.01, last = std::clamp(froc.points.back().fppi, 1.0, 10.0);
  std::vector<double> places;
  for (int i = 0; i < kPlaces; ++i) {
    places.push_back(first * std::pow(last / first, static_cast<double>(i) / (kPlaces - 1)));
  }
  return places;
}

void make_groups(const EvaluateOptions& options, const std::vector<NamedGroup>& groups,
                 const TprIntervals& bounds, SetResult& set) {
  for (size_t g = 0; g < groups.size(); ++g) {
    GroupResult result{groups[g].by, groups[g].group, 0, {}, {}, bounds.group_tpr[g]};
    for (char member : groups[g].members) result.masses += member != 0;
    for (size_t x = 0; x < options.fppi.size(); ++x) {
      const std::vector<char> found = found_at(set.data, set.operating_points[x].point.threshold);
      int hits = 0;
      for (size_t m = 0; m < found.size(); ++m) hits += found[m] && groups[g].members[m];
      result.found.push_back(hits);
      result.tpr.push_back(static_cast<double>(hits) / result.masses);
    }
    set.groups.push_back(std::move(result));
  }
}

SetResult evaluate_pool(const Cohort& truth, const Pool& pool, const EvaluateOptions& options) {
  SetResult set;
  set.name = pool.name;
  guard(pool, truth, options.allow_leak, set);
  const std::set<int64_t> scored = scored_categories(truth, options.categories);
  set.cohort = scored_part(truth, pool.images, scored);
  set.truth = index_truth(*set.cohort);
  take_detections(pool, known_categories(truth), scored, set);
  fill_outlines(set);
  set.matches = match(set.truth, set.detections, options.matching);
  make_data(options, set);
  count(options, set);
  set.froc = make_froc(set.data);

  const auto groups = mass_groups(set.truth, options.groups, options.size_bins_mm);
  std::vector<MassGroup> members;
  for (const NamedGroup& group : groups) members.push_back(group.members);
  const TprIntervals bounds = bootstrap_tpr(set.data, options.fppi, members, options.bootstrap);
  for (size_t x = 0; x < options.fppi.size(); ++x) {
    set.operating_points.push_back(
        {options.fppi[x], point_at(set.froc, options.fppi[x]), bounds.tpr[x]});
  }
  make_groups(options, groups, bounds, set);
  set.band_fppi = band_places(set.froc);
  set.band = bootstrap_tpr(set.data, set.band_fppi, {}, options.bootstrap).tpr;
  return set;
}

}  // namespace

EvaluateResult evaluate(const Cohort& truth, const std::vector<NamedDetections>& files,
                        const EvaluateOptions& options) {
  check_options(options);
  for (const NamedDetections& file : files) check_values(file);
  EvaluateResult result{options, {}};
  auto& fppi = result.options.fppi;
  std::sort(fppi.begin(), fppi.end());
  fppi.erase(std::unique(fppi.begin(), fppi.end()), fppi.end());
  const std::vector<Pool> pools = make_pools(truth, files, options.pool);
  for (const NamedDetections& file : files) warn_of_odd_boxes(truth, file);
  for (const Pool& pool : pools) {
    result.sets.push_back(evaluate_pool(truth, pool, result.options));
  }
  return result;
}

const OperatingPoint& operating_point_near(const SetResult& set, double fppi) {
  return *std::min_element(set.operating_points.begin(), set.operating_points.end(),
                           [&](const OperatingPoint& a, const OperatingPoint& b) {
                             return std::abs(a.fppi_limit - fppi) < std::abs(b.fppi_limit - fppi);
                           });
}

}  // namespace mammograft
