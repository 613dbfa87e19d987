#include "evaluate/coco_ap.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "core/error.h"
#include "core/parallel.h"
#include "evaluate/assignment.h"
#include "evaluate/coco_overlap.h"
#include "evaluate/detection_mask.h"
#include "evaluate/detection_order.h"

namespace mammograft {
namespace {

constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();
constexpr double kSmallPx = 32 * 32, kMediumPx = 96 * 96, kHugePx = 1e10;
constexpr double kAreaRange[kCocoAreas][2] = {
    {0, kHugePx}, {0, kSmallPx}, {kSmallPx, kMediumPx}, {kMediumPx, kHugePx}};

bool lies_within(double pixels, size_t area) {
  return pixels >= kAreaRange[area][0] && pixels <= kAreaRange[area][1];
}

double mean_of(const std::array<double, kCocoThresholds>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / kCocoThresholds;
}

CocoFigures no_figures() {
  CocoFigures figures;
  figures.precision.fill(kNoFigure);
  figures.recall.fill(kNoFigure);
  return figures;
}

// Over the categories that have a mass.
CocoFigures mean_of(const std::vector<CocoCategory>& categories, size_t area) {
  CocoFigures mean = no_figures();
  int count = 0;
  for (const CocoCategory& category : categories) {
    const CocoFigures& figures = category.areas[area];
    if (figures.masses == 0) continue;
    if (count++ == 0) {
      mean.precision.fill(0);
      mean.recall.fill(0);
    }
    mean.masses += figures.masses;
    for (size_t t = 0; t < kCocoThresholds; ++t) {
      mean.precision[t] += figures.precision[t];
      mean.recall[t] += figures.recall[t];
    }
  }
  for (size_t t = 0; count > 0 && t < kCocoThresholds; ++t) {
    mean.precision[t] /= count;
    mean.recall[t] /= count;
  }
  return mean;
}

std::vector<int64_t> categories_with_masses(const Truth& truth) {
  std::vector<int64_t> ids;
  for (const Truth::Mass& mass : truth.masses) {
    if (ids.empty() || ids.back() != mass.annotation->category_id) {
      ids.push_back(mass.annotation->category_id);
    }
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::vector<int> by_id(const Truth& truth) {
  std::vector<int> images;
  for (const auto& [id, image] : truth.index_of) images.push_back(image);
  return images;
}

// A box that holds every pixel that rasterize() can give to this one.
Box grown(const Box& box) { return {box.x0 - 1, box.y0 - 1, box.x1 + 1, box.y1 + 1}; }

}  // namespace

// The truth of one image and category, and the detections that choose from it.
class CocoMatching::ImageCell {
 public:
  ImageCell(const CocoMatching& matching, Slot* begin, Slot* end)
      : matching_(matching), begin_(begin), end_(end), image_(begin->image) {
    add_regions(matching.categories_[static_cast<size_t>(begin->category)]);
  }

  void judge() {
    if (regions_.empty()) return judge_alone();
    const Overlaps overlaps = matching_.options_.masks ? of_masks() : of_boxes();
    const auto thresholds = coco_thresholds();
    for (size_t area = 0; area < matching_.area_count(); ++area) {
      std::vector<RegionKind> kinds;
      for (const Region& region : regions_) kinds.push_back(region.kinds[area]);
      for (size_t t = 0; t < kCocoThresholds; ++t) {
        note(assign_coco(overlaps, kinds, thresholds[t]), kinds, area, t);
      }
    }
  }

 private:
  struct Region {
    const Annotation* annotation = nullptr;
    std::array<RegionKind, kCocoAreas> kinds{};
  };

  void add_regions(int64_t category) {
    for (int mass : matching_.truth_.masses_of[image_]) {
      const Annotation& annotation = *matching_.truth_.masses[mass].annotation;
      if (annotation.category_id != category) continue;
      Region region{&annotation, {}};
      for (size_t area = 1; area < matching_.area_count(); ++area) {
        const bool asked = lies_within(matching_.mass_area_[mass], area);
        region.kinds[area] = asked ? RegionKind::counted : RegionKind::ignored;
      }
      regions_.push_back(region);
    }
    for (const Annotation* annotation : matching_.truth_.ignored_of[image_]) {
      if (annotation->category_id != category) continue;
      regions_.push_back({annotation, {}});
      regions_.back().kinds.fill(RegionKind::crowd);
    }
    std::sort(regions_.begin(), regions_.end(),
              [](const Region& a, const Region& b) { return a.annotation->id < b.annotation->id; });
  }

  // Most images of a screening have nothing to be found.
  void judge_alone() {
    for (size_t d = 0; d < count(); ++d) {
      for (size_t area = 0; area < matching_.area_count(); ++area) {
        if (!lies_within(detection(d).bbox.area(), area)) begin_[d].verdicts[area].ignored = ~0;
      }
    }
  }

  const Detection& detection(size_t d) const { return matching_.detections_[begin_[d].detection]; }
  size_t count() const { return static_cast<size_t>(end_ - begin_); }

  Overlaps of_boxes() const {
    Overlaps overlaps(count(), regions_.size());
    for (size_t d = 0; d < count(); ++d) {
      for (size_t r = 0; r < regions_.size(); ++r) {
        const Annotation& region = *regions_[r].annotation;
        overlaps.at(d, r) = coco_overlap(detection(d).bbox, region.bbox, region.ignore);
      }
    }
    return overlaps;
  }

  // Runs are compared only where the masks' bounds touch, and boxes filled only there.
  Overlaps of_masks() const {
    const ImageRecord& image = *matching_.truth_.images[image_];
    std::vector<Rle> truth;
    std::vector<Box> reach;
    for (const Region& region : regions_) {
      truth.push_back(annotation_mask(*region.annotation, image));
      reach.push_back(bounds(truth.back()));
    }
    Overlaps overlaps(count(), regions_.size());
    for (size_t d = 0; d < count(); ++d) {
      const Detection& found = detection(d);
      const Box own_reach = found.mask ? bounds(*found.mask) : grown(found.bbox);
      std::optional<Rle> mask;
      for (size_t r = 0; r < regions_.size(); ++r) {
        overlaps.at(d, r) = 0;
        if (intersection(own_reach, reach[r]).empty()) continue;
        if (!mask) mask = detection_mask(found, image);
        overlaps.at(d, r) = coco_overlap(*mask, truth[r], regions_[r].annotation->ignore);
      }
    }
    return overlaps;
  }

  void note(const std::vector<int>& assigned, const std::vector<RegionKind>& kinds, size_t area,
            size_t threshold) {
    const auto bit = static_cast<uint16_t>(1 << threshold);
    for (size_t d = 0; d < count(); ++d) {
      Verdicts& verdicts = begin_[d].verdicts[area];
      const int region = assigned[d];
      if (region >= 0 && kinds[region] == RegionKind::counted) {
        verdicts.hit |= bit;
      } else if (region >= 0 || !lies_within(detection(d).bbox.area(), area)) {
        verdicts.ignored |= bit;
      }
    }
  }

  const CocoMatching& matching_;
  Slot *begin_, *end_;
  const int image_;
  std::vector<Region> regions_;  // by id
};

std::array<double, kCocoThresholds> coco_thresholds() {
  // As numpy's linspace(.5, .95, 10) has them: where an IoU ties with one the last bit decides.
  std::array<double, kCocoThresholds> thresholds{};
  const double step = (0.95 - 0.5) / (kCocoThresholds - 1);
  for (size_t t = 0; t < kCocoThresholds; ++t) thresholds[t] = 0.5 + static_cast<double>(t) * step;
  thresholds.back() = 0.95;
  return thresholds;
}

double CocoFigures::ap() const { return mean_of(precision); }
double CocoFigures::ar() const { return mean_of(recall); }

CocoMatching::CocoMatching(const Truth& truth, const std::vector<Detection>& detections,
                           const CocoApOptions& options)
    : truth_(truth),
      detections_(detections),
      options_(options),
      categories_(categories_with_masses(truth)),
      images_by_id_(by_id(truth)) {
  if (options_.max_detections < 1) {
    fail(ErrorKind::usage, "max_detections: found {}, expected at least 1",
         options_.max_detections);
  }
  if (options_.by_area) {
    mass_area_.resize(truth.masses.size());
    parallel_for(std::ssize(truth.masses), options_.threads, [&](int64_t i) {
      const auto& [annotation, image] = truth.masses[static_cast<size_t>(i)];
      const Rle mask = annotation_mask(*annotation, *truth.images[image]);
      mass_area_[static_cast<size_t>(i)] = static_cast<double>(area(mask));
    });
  }
  group_by_image();
  parallel_for(std::ssize(images_by_id_), options_.threads,
               [&](int64_t place) { match_image(static_cast<size_t>(place)); });
  rank();
}

size_t CocoMatching::place_of(int64_t image_id) const {
  const auto before = [&](int image, int64_t id) { return truth_.images[image]->id < id; };
  const auto found = std::lower_bound(images_by_id_.begin(), images_by_id_.end(), image_id, before);
  ensure(found != images_by_id_.end() && truth_.images[*found]->id == image_id,
         "COCO: a detection on image {}, which the truth does not have", image_id);
  return static_cast<size_t>(found - images_by_id_.begin());
}

void CocoMatching::group_by_image() {
  std::vector<size_t> places(detections_.size());
  first_slot_.assign(images_by_id_.size() + 1, 0);
  for (size_t i = 0; i < detections_.size(); ++i) {
    const bool same = i > 0 && detections_[i].image_id == detections_[i - 1].image_id;
    places[i] = same ? places[i - 1] : place_of(detections_[i].image_id);
    ++first_slot_[places[i] + 1];
  }
  std::partial_sum(first_slot_.begin(), first_slot_.end(), first_slot_.begin());
  std::vector<size_t> next = first_slot_;
  slots_.resize(detections_.size());
  for (size_t i = 0; i < detections_.size(); ++i) {
    Slot& slot = slots_[next[places[i]]++];
    slot.detection = i;
    slot.image = images_by_id_[places[i]];
    slot.category = category_index(detections_[i].category_id);
    slot.score = detections_[i].score;
  }
}

int CocoMatching::category_index(int64_t id) const {
  const auto found = std::lower_bound(categories_.begin(), categories_.end(), id);
  const bool known = found != categories_.end() && *found == id;
  return known ? static_cast<int>(found - categories_.begin()) : -1;
}

void CocoMatching::match_image(size_t place) {
  Slot* slot = slots_.data() + first_slot_[place];
  Slot* const end = slots_.data() + first_slot_[place + 1];
  std::sort(slot, end, [&](const Slot& a, const Slot& b) {
    if (a.category != b.category) return a.category < b.category;
    return ranks_before(detections_[a.detection], detections_[b.detection]);
  });
  while (slot != end) {
    Slot* last = std::find_if(slot, end,
                              [&](const Slot& other) { return other.category != slot->category; });
    Slot* best = slot + std::min<std::ptrdiff_t>(last - slot, options_.max_detections);
    for (Slot* one = slot; options_.masks && one != last; ++one) {
      check_mask_size(detections_[one->detection], *truth_.images[one->image]);
    }
    if (slot->category >= 0) ImageCell(*this, slot, best).judge();
    for (Slot* beyond = best; beyond != last; ++beyond) beyond->category = -1;
    slot = last;
  }
}

void CocoMatching::rank() {
  std::erase_if(slots_, [](const Slot& slot) { return slot.category < 0; });
  std::stable_sort(slots_.begin(), slots_.end(), [](const Slot& a, const Slot& b) {
    return a.category != b.category ? a.category < b.category : a.score > b.score;
  });
}

std::vector<RecallEvent> CocoMatching::events_of(int category, size_t area,
                                                 size_t threshold) const {
  const auto before = [](const Slot& slot, int index) { return slot.category < index; };
  const auto begin = std::lower_bound(slots_.begin(), slots_.end(), category, before);
  const auto end = std::lower_bound(begin, slots_.end(), category + 1, before);
  std::vector<RecallEvent> events;
  for (auto slot = begin; slot != end; ++slot) {
    const Verdicts& verdicts = slot->verdicts[area];
    if (verdicts.ignored >> threshold & 1) continue;
    events.push_back({slot->score, 0, (verdicts.hit >> threshold & 1) != 0});
  }
  return events;
}

// The categories with their masses counted, all figures unknown.
std::vector<CocoCategory> CocoMatching::empty_categories() const {
  std::vector<CocoCategory> categories;
  for (int64_t id : categories_) categories.push_back({id, {area_count(), no_figures()}});
  for (size_t m = 0; m < truth_.masses.size(); ++m) {
    const int c = category_index(truth_.masses[m].annotation->category_id);
    std::vector<CocoFigures>& areas = categories[static_cast<size_t>(c)].areas;
    for (size_t area = 0; area < areas.size(); ++area) {
      areas[area].masses += area == 0 || lies_within(mass_area_[m], area) ? 1 : 0;
    }
  }
  return categories;
}

CocoAp CocoMatching::figures() const {
  CocoAp result{{}, empty_categories()};
  const size_t curves = categories_.size() * area_count() * kCocoThresholds;
  parallel_for(static_cast<int64_t>(curves), options_.threads, [&](int64_t i) {
    const auto [row, threshold] = std::div(i, static_cast<int64_t>(kCocoThresholds));
    const auto [c, area] = std::div(row, static_cast<int64_t>(area_count()));
    CocoFigures& figures = result.categories[c].areas[area];
    if (figures.masses == 0) return;
    const PrecisionRecall curve(events_of(static_cast<int>(c), area, threshold), {figures.masses});
    figures.precision[threshold] = curve.value();
    figures.recall[threshold] = curve.recall();
  });
  for (size_t area = 0; area < area_count(); ++area) {
    result.areas.push_back(mean_of(result.categories, area));
  }
  return result;
}

std::vector<CocoEvent> CocoMatching::events(size_t threshold,
                                            std::optional<int64_t> category) const {
  ensure(threshold < kCocoThresholds, "COCO has no threshold {}", threshold);
  const auto place = [&](const Slot& slot) { return truth_.images[slot.image]->id; };
  std::vector<const Slot*> chosen;
  for (const Slot& slot : slots_) {
    if (!category || categories_[slot.category] == *category) chosen.push_back(&slot);
  }
  if (!category) {  // of several categories: one order
    std::stable_sort(chosen.begin(), chosen.end(), [&](const Slot* a, const Slot* b) {
      return a->score != b->score ? a->score > b->score : place(*a) < place(*b);
    });
  }
  std::vector<CocoEvent> events;
  for (const Slot* slot : chosen) {
    const Verdicts& verdicts = slot->verdicts[0];
    const Outcome outcome = verdicts.hit >> threshold & 1       ? Outcome::hit
                            : verdicts.ignored >> threshold & 1 ? Outcome::ignored
                                                                : Outcome::false_positive;
    events.push_back({slot->detection, slot->image, slot->score, outcome});
  }
  return events;
}

PrecisionRecall CocoMatching::curve(size_t threshold, const std::vector<int>& patient_of_image,
                                    int patients, std::optional<int64_t> category) const {
  ensure(patient_of_image.size() == truth_.images.size(), "patients of {} images, expected {}",
         patient_of_image.size(), truth_.images.size());
  std::vector<RecallEvent> events;
  for (const CocoEvent& event : this->events(threshold, category)) {
    if (event.outcome == Outcome::ignored) continue;
    events.push_back({event.score, patient_of_image[event.image], event.outcome == Outcome::hit});
  }
  std::vector<int> positives(static_cast<size_t>(patients), 0);
  for (const Truth::Mass& mass : truth_.masses) {
    if (category && mass.annotation->category_id != *category) continue;
    ++positives.at(patient_of_image[mass.image]);
  }
  return {std::move(events), std::move(positives)};
}

CocoAp coco_ap(const Truth& truth, const std::vector<Detection>& detections,
               const CocoApOptions& options) {
  return CocoMatching(truth, detections, options).figures();
}

}  // namespace mammograft
