#include "blend/blend_set.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <set>

#include "cohort/annotation_index.h"
#include "core/error.h"
#include "core/parallel.h"
#include "core/rounds.h"
#include "graft/place_weight.h"
#include "graft/tissue.h"
#include "image/resize.h"

namespace mammograft {
namespace {

constexpr int kPlaces = 20;       // backgrounds to try for one lesion
constexpr int kMarginShare = 12;  // a window holds 1/12 of its side around omega

// One of the eight ways to lay a square onto itself.
cv::Mat laid(const cv::Mat& image, int way) {
  cv::Mat result = image;
  if (way & 4) {
    cv::Mat mirrored;
    cv::flip(result, mirrored, 1);
    result = mirrored;
  }
  if (way & 3) {
    cv::Mat turned;
    cv::rotate(result, turned, (way & 3) - 1);
    result = turned;
  }
  return result;
}

std::vector<size_t> all_of(size_t count) {
  std::vector<size_t> indices(count);
  std::iota(indices.begin(), indices.end(), size_t{0});
  return indices;
}

cv::Mat at_size(const cv::Mat& image, cv::Size size) {
  return resized(image, size, {.mixed = Resampling::Mixed::shrink});
}

cv::Mat mask_at_size(const cv::Mat& mask, cv::Size size) { return at_size(mask, size) > 127; }

}  // namespace

Background on_grid(const Background& background, double grid_mm) {
  const auto& [row_mm, column_mm] = background.mm_per_px;
  constexpr double kSame = 1e-3;  // of a pixel size: spacings are rounded in files
  if (std::abs(row_mm / grid_mm - 1) < kSame && std::abs(column_mm / grid_mm - 1) < kSame)
    return background;
  const cv::Size size(std::max(1, cvRound(background.pixels.cols * column_mm / grid_mm)),
                      std::max(1, cvRound(background.pixels.rows * row_mm / grid_mm)));
  Background grid = background;
  grid.pixels = at_size(background.pixels, size);
  grid.breast = mask_at_size(background.breast, size);
  grid.free = mask_at_size(background.free, size);
  grid.mm_per_px = {grid_mm, grid_mm};
  return grid;
}

BlendSet::BlendSet(const Cohort& backgrounds, const Cohort& lesions, const BlendSetOptions& options,
                   uint64_t seed, int threads, Progress& progress)
    : options_(options),
      bank_(collect_lesions(lesions, options.lesion, options.intensity, options.mm_per_px, threads,
                            progress)) {
  const Rng rng = Rng(seed).fork("blend set");
  limit_lesions(lesions, rng);
  prior_ = wanted_prior(options.placement, bank_, lesions.folder.string());
  std::vector<size_t> usable = usable_backgrounds(backgrounds, options.placement);
  Rng shuffle = rng.fork("backgrounds");
  shuffle.shuffle(usable);
  usable.resize(std::min(usable.size(), static_cast<size_t>(std::max(2, options.max_backgrounds))));
  const AnnotationIndex findings(backgrounds);
  backgrounds_.resize(usable.size());
  parallel_for("reading backgrounds", std::ssize(usable), threads, progress, [&](int64_t i) {
    const ImageRecord& record = backgrounds.images[usable[i]];
    backgrounds_[i] =
        on_grid(load_background(backgrounds, record, findings.of(record.id), options.placement,
                                options.intensity, options.mm_per_px),
                options.grid_mm);
    backgrounds_[i].weight = place_weight(backgrounds_[i], prior_.get());
  });
  std::vector<std::string> background_patients;
  std::set<std::string> patients;
  for (const size_t i : usable) background_patients.push_back(backgrounds.images[i].patient_id);
  patients.insert(background_patients.begin(), background_patients.end());
  for (const Lesion& lesion : bank_.lesions) patients.insert(lesion.patient_id);
  hold_out(background_patients, rng);
  const bool own_masses = !backgrounds.annotations.empty();
  read_reals(own_masses ? backgrounds : lesions, threads, progress);
  for (const ImageRecord& image : (own_masses ? backgrounds : lesions).images) {
    if (image.status == Status::mass) patients.insert(image.patient_id);
  }
  patients.erase("");
  patients_.assign(patients.begin(), patients.end());
  make_validation(rng);
}

// A mass that the limit leaves out does not serve as a real one either.
void BlendSet::limit_lesions(const Cohort& lesions, const Rng& rng) {
  const auto most = static_cast<size_t>(std::max(0, options_.max_lesions));
  if (most == 0 || bank_.lesions.size() <= most) return;
  std::vector<size_t> order = all_of(bank_.lesions.size());
  Rng shuffle = rng.fork("lesions");
  shuffle.shuffle(order);
  order.resize(most);
  std::sort(order.begin(), order.end());
  std::vector<Lesion> kept;
  for (const size_t i : order) kept.push_back(std::move(bank_.lesions[i]));
  bank_.lesions = std::move(kept);
  std::erase_if(bank_.masses, [&](const RealMass& place) {
    return !in_bank(place.file_name, place.annotation_id);
  });
  for (const ImageRecord& image : lesions.images) limited_images_.insert(image.own_name());
}

bool BlendSet::left_out(const ImageRecord& image, const Annotation& annotation) const {
  if (!limited_images_.count(image.own_name())) return false;
  return !in_bank(image.own_name(), annotation.own_id());
}

bool BlendSet::in_bank(const std::string& file_name, int64_t annotation_id) const {
  return std::any_of(bank_.lesions.begin(), bank_.lesions.end(), [&](const Lesion& lesion) {
    return lesion.file_name == file_name && lesion.annotation_id == annotation_id;
  });
}

// By patient, lesions and backgrounds alike. One lesion and one background stay on either side.
void BlendSet::hold_out(const std::vector<std::string>& background_patients, const Rng& rng) {
  const auto split = [&](const std::vector<std::string>& of, const char* name,
                         const std::set<std::string>& bound, std::vector<size_t>& learning,
                         std::vector<size_t>& held_out) {
    std::set<std::string> unique(of.begin(), of.end());
    std::vector<std::string> patients(unique.begin(), unique.end());
    Rng shuffle = rng.fork(name);
    shuffle.shuffle(patients);
    const auto wanted = static_cast<size_t>(
        std::max(1.0, std::round(options_.held_out * static_cast<double>(patients.size()))));
    std::set<std::string> out = bound;
    for (size_t i = 0; i < patients.size() && out.size() < wanted; ++i) out.insert(patients[i]);
    for (size_t i = 0; i < of.size(); ++i) (out.count(of[i]) ? held_out : learning).push_back(i);
    if (learning.empty()) learning = held_out;
    if (held_out.empty()) held_out = learning;
    return out;
  };
  std::vector<std::string> lesion_patients;
  for (const Lesion& lesion : bank_.lesions) lesion_patients.push_back(lesion.patient_id);
  const std::set<std::string> out =
      split(lesion_patients, "held-out lesions", {}, learning_lesions_, held_out_lesions_);
  std::set<std::string> bound;  // a patient's other breast goes with the lesion
  for (const std::string& patient : background_patients) {
    if (out.count(patient)) bound.insert(patient);
  }
  split(background_patients, "held-out backgrounds", bound, learning_backgrounds_,
        held_out_backgrounds_);
}

void BlendSet::read_reals(const Cohort& cohort, int threads, Progress& progress) {
  std::set<std::string> held_out;
  for (const size_t i : held_out_lesions_) held_out.insert(bank_.lesions[i].patient_id);
  for (const size_t i : learning_lesions_) held_out.erase(bank_.lesions[i].patient_id);
  const AnnotationIndex findings(cohort, /*ignored=*/false);
  std::vector<const ImageRecord*> images;
  for (const ImageRecord& image : cohort.images) {
    if (!is_synthetic(image) && findings.any(image.id)) images.push_back(&image);
  }
  std::vector<std::vector<RealWindow>> found(images.size());
  PlacementOptions anywhere = options_.placement;
  anywhere.margin_mm = 0;
  parallel_for("reading masses", std::ssize(images), threads, progress, [&](int64_t i) {
    const ImageRecord& record = *images[i];
    const Background background =
        load_background(cohort, record, {}, anywhere, options_.intensity, options_.mm_per_px);
    const Background grid = on_grid(background, options_.grid_mm);
    for (const Annotation* annotation : findings.of(record.id)) {
      if (left_out(record, *annotation)) continue;
      const cv::Mat whole = decode_rle(annotation_mask(*annotation, record)) * 255;
      const cv::Mat mask = mask_at_size(whole, grid.pixels.size());
      const cv::Rect box = cv::boundingRect(mask);
      if (box.area() == 0 ||
          std::max(box.width, box.height) > options_.window_px - options_.window_px / kMarginShare)
        continue;
      const cv::Mat omega = dilated(mask, options_.lesion.dilation_mm,
                                    std::array<double, 2>{options_.grid_mm, options_.grid_mm});
      Background masks = grid;
      const cv::Point center = (box.tl() + box.br()) / 2;
      const GraftWindow window = cut_plain_window(grid, center, options_.window_px);
      masks.breast = mask;
      const cv::Mat mask_window = cut_plain_window(masks, center, options_.window_px).breast;
      masks.breast = omega;
      const cv::Mat omega_window = cut_plain_window(masks, center, options_.window_px).breast;
      found[i].push_back({window.x, mask_window, omega_window, window.breast, window.range});
    }
  });
  for (size_t i = 0; i < images.size(); ++i) {
    std::vector<RealWindow>& of = held_out.count(images[i]->patient_id) ? held_out_reals_ : reals_;
    for (RealWindow& window : found[i]) of.push_back(std::move(window));
  }
  if (reals_.empty())
    fail(ErrorKind::bad_input, "{}: no real mass fits a window of {} px at {} mm",
         cohort.folder.string(), options_.window_px, options_.grid_mm);
}

// A lesion on one of the backgrounds. Lesions too large for a window are made smaller.
GraftWindow BlendSet::window(size_t lesion, const std::vector<size_t>& backgrounds,
                             Rng& rng) const {
  const Lesion& source = bank_.lesions[lesion];
  PlacementOptions placement = options_.placement;
  const double reach = 2 * options_.lesion.dilation_mm;
  const double largest =
      (options_.window_px - 2 * (options_.window_px / kMarginShare)) * options_.grid_mm - reach;
  placement.size_max_mm = std::min(placement.size_max_mm, largest);
  placement.scale_min = std::min(placement.scale_min, placement.size_max_mm / source.size_mm);
  for (int attempt = 0; attempt < kPlaces; ++attempt) {
    const Background& background =
        backgrounds_[backgrounds[static_cast<size_t>(rng.integer(std::ssize(backgrounds)))]];
    const std::optional<LesionTransform> transform = draw_transform(source, placement, rng);
    if (!transform) break;
    const WarpedLesion warped =
        warp_lesion(source, *transform, background.mm_per_px, background.range);
    const cv::Rect box = cv::boundingRect(warped.omega);
    if (std::max(box.width, box.height) > options_.window_px - options_.window_px / kMarginShare)
      continue;
    const Places places(background.free, warped.omega, background.weight);
    const std::optional<cv::Point> place = places.draw(rng);
    if (!place) continue;
    GraftWindow window = cut_graft_window(background, warped, *place, options_.window_px, 0);
    window.contrast = source.contrast * gain_between(source.range, background.range);
    return window;
  }
  return {};
}

GraftWindow BlendSet::draw(int64_t i, const Rng& seed) const {
  Rng rng = seed.fork("window", static_cast<uint64_t>(i));
  GraftWindow chosen =
      window(in_rounds(learning_lesions_, i, seed, "lesions"), learning_backgrounds_, rng);
  for (int attempt = 0; chosen.x.empty() && attempt < kPlaces; ++attempt) {
    const auto other = static_cast<size_t>(rng.integer(lesions()));
    chosen = window(learning_lesions_[other], learning_backgrounds_, rng);
  }
  if (chosen.x.empty())
    fail(ErrorKind::bad_input, "no lesion finds room in the images to graft onto");
  const int way = static_cast<int>(rng.integer(8));
  for (cv::Mat* image :
       {&chosen.x, &chosen.e, &chosen.mask, &chosen.omega, &chosen.breast, &chosen.seen})
    *image = laid(*image, way);
  return chosen;
}

RealWindow BlendSet::draw_real(int64_t i, const Rng& seed) const {
  RealWindow chosen = reals_[in_rounds(reals_.size(), i, seed, "reals")];
  Rng rng = seed.fork("real", static_cast<uint64_t>(i));
  const int way = static_cast<int>(rng.integer(8));
  for (cv::Mat* image : {&chosen.x, &chosen.mask, &chosen.omega, &chosen.breast})
    *image = laid(*image, way);
  return chosen;
}

void BlendSet::make_validation(const Rng& rng) {
  for (int i = 0; i < options_.validation_windows; ++i) {
    Rng own = rng.fork("validation", static_cast<uint64_t>(i));
    const size_t lesion = held_out_lesions_[static_cast<size_t>(i) % held_out_lesions_.size()];
    GraftWindow made = window(lesion, held_out_backgrounds_, own);
    if (made.x.empty()) continue;
    source_contrasts_.push_back(bank_.lesions[lesion].contrast *
                                gain_between(bank_.lesions[lesion].range, made.range));
    validation_.push_back(std::move(made));
  }
  if (validation_.empty())
    fail(ErrorKind::bad_input, "no held-out lesion finds room in the held-out images");
}

}  // namespace mammograft
