#include "evaluate/score_set.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/error.h"
#include "core/log.h"
#include "evaluate/detection_order.h"
#include "evaluate/fold_table.h"
#include "evaluate/groups.h"
#include "evaluate/leak.h"

namespace mammograft {
namespace {

constexpr double kUnknownTpr = std::numeric_limits<double>::quiet_NaN();

std::string listed(const std::set<int64_t>& ids) { return fmt::format("{}", fmt::join(ids, ", ")); }

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
             detection.category_id, listed(known));
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
    const Leak leak = find_leak(truth, searched_images(*file), *file->meta);
    if (!allow) refuse_leak(leak, file->name);
    if (leak.patients > 0) {
      log_warning(fmt::format("{}: the model learnt from {} of the {} patients it is scored on",
                              file->name, leak.patients, leak.of));
    }
    set.leaked_patients += leak.patients;
  }
}

// Whatever order the files had.
void put_in_order(std::vector<Detection>& detections) {
  std::sort(detections.begin(), detections.end(), [](const Detection& a, const Detection& b) {
    return a.image_id != b.image_id ? a.image_id < b.image_id : ranks_before(a, b);
  });
}

// COCO's figures, of masks where the detections have some.
void add_coco(int threads, SetResult& set) {
  CocoApOptions options;
  options.threads = threads;
  set.coco.push_back({"boxes", coco_ap(set.truth, set.detections, options).areas.front()});
  const bool masks = std::any_of(set.detections.begin(), set.detections.end(),
                                 [](const Detection& one) { return one.mask.has_value(); });
  if (!masks) return;
  options.masks = true;
  set.coco.push_back({"masks", coco_ap(set.truth, set.detections, options).areas.front()});
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

std::vector<char> counted_images(const Truth& truth, const std::string& over) {
  std::vector<char> counted;
  for (size_t i = 0; i < truth.images.size(); ++i) {
    const bool normal = truth.images[i]->status == Status::normal;
    counted.push_back(over == "all" || (over == "normal" ? normal : truth.masses_of[i].empty()));
  }
  if (std::count(counted.begin(), counted.end(), 1) == 0) {
    fail(ErrorKind::bad_input, "fppi_over: the truth has no image {}",
         over == "normal" ? "of status normal"
         : over == "all"  ? "that is scored"
                          : "without a mass");
  }
  return counted;
}

// Outlines and boxes in one truth are measured with two measures.
void warn_of_bare_masses(const SetResult& set) {
  const auto bare =
      std::count_if(set.truth.masses.begin(), set.truth.masses.end(), [](const Truth::Mass& mass) {
        return std::holds_alternative<std::monostate>(mass.annotation->segmentation);
      });
  if (bare == 0) return;
  log_warning(fmt::format("{}: {} of {} masses have no mask and count as their filled box",
                          set.name, bare, set.truth.masses.size()));
}

void count(const EvaluateOptions& options, SetResult& set) {
  EvaluationCounts& counts = set.counts;
  counts.images = static_cast<int>(set.truth.images.size());
  counts.normal_images = static_cast<int>(
      std::count_if(set.truth.images.begin(), set.truth.images.end(),
                    [](const ImageRecord* image) { return image->status == Status::normal; }));
  counts.fppi_images = set.data.images();
  counts.targets = set.data.masses();
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
  const HitRule rule = hit_rule_from(options.matching.rule);
  if (rule == HitRule::mask_iou || rule == HitRule::centre_in_mask) warn_of_bare_masses(set);
  if (rule != HitRule::mask_iou) return;
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

// Of the targets that hold a mass of the group.
MassGroup targets_of(const Reading& reading, const MassGroup& masses) {
  MassGroup members(reading.targets.size(), 0);
  for (size_t m = 0; m < masses.size(); ++m)
    if (masses[m]) members[static_cast<size_t>(reading.target_of_mass[m])] = 1;
  return members;
}

void make_groups(const EvaluateOptions& options, SetResult& set) {
  for (const NamedGroup& group : mass_groups(set.truth, options.groups, options.size_bins_mm)) {
    GroupResult result{group.by, group.group, targets_of(set.reading, group.members), 0, {},
                       {},       {}};
    result.masses = static_cast<int>(std::count(result.members.begin(), result.members.end(), 1));
    for (const OperatingPoint& at : set.operating_points) {
      const std::vector<char> found = found_at(set.data, at.point.threshold);
      int hits = 0;
      for (size_t m = 0; m < found.size(); ++m) hits += found[m] && result.members[m];
      result.found.push_back(hits);
      result.tpr.push_back(static_cast<double>(hits) / result.masses);
      result.bounds.push_back({kUnknownTpr, kUnknownTpr});
    }
    set.groups.push_back(std::move(result));
  }
}

void make_operating_points(const EvaluateOptions& options, SetResult& set) {
  for (double fppi : options.fppi)
    set.operating_points.push_back({fppi, point_at(set.froc, fppi), {kUnknownTpr, kUnknownTpr}});
}

}  // namespace

SetResult score_set(const Cohort& truth, const Pool& pool, const EvaluateOptions& options) {
  SetResult set;
  set.name = pool.name;
  set.system = pool.system;
  guard(pool, truth, options.allow_leak, set);
  const std::set<int64_t> scored = scored_categories(truth, options.categories);
  set.cohort = scored_part(truth, pool.images, scored);
  set.truth = index_truth(*set.cohort);
  take_detections(pool, known_categories(truth), scored, set);
  put_in_order(set.detections);
  fill_outlines(set);
  set.matches = match(set.truth, set.detections, options.matching);
  const std::vector<int> patients =
      patient_indices(set.truth, set.counts.patients_without_id, set.counts.patients);
  set.reading = make_reading(set.truth, set.detections, set.matches, patients,
                             counted_images(set.truth, options.fppi_over), unit_from(options.unit));
  if (options.lesion_weights == "size") weigh_by_size(set.truth, set.reading);
  set.data = froc_data(set.reading);
  set.froc = make_froc(set.data);
  count(options, set);
  make_operating_points(options, set);
  make_groups(options, set);
  add_folds(pool, options.fppi, set);
  add_coco(options.bootstrap.threads, set);
  set.band_fppi = band_places(set.froc);
  return set;
}

bool on_same_images(const SetResult& first, const SetResult& second) {
  return std::equal(first.truth.images.begin(), first.truth.images.end(),
                    second.truth.images.begin(), second.truth.images.end(),
                    [](const ImageRecord* a, const ImageRecord* b) { return a->id == b->id; });
}

const OperatingPoint& operating_point_near(const SetResult& set, double fppi) {
  return *std::min_element(set.operating_points.begin(), set.operating_points.end(),
                           [&](const OperatingPoint& a, const OperatingPoint& b) {
                             return std::abs(a.fppi_limit - fppi) < std::abs(b.fppi_limit - fppi);
                           });
}

}  // namespace mammograft
