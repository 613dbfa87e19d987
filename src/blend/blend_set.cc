#include "blend/blend_set.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <set>

#include "cohort/annotation_index.h"
#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/rounds.h"
#include "graft/dilated.h"
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

std::vector<const ImageRecord*> images_with_real_mass(const Cohort& cohort) {
  const AnnotationIndex findings(cohort, /*ignored=*/false);
  std::vector<const ImageRecord*> images;
  for (const ImageRecord& image : cohort.images) {
    if (!is_synthetic(image) && findings.any(image.id)) images.push_back(&image);
  }
  return images;
}

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
  limit_lesions(rng);
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
  for (const size_t i : usable) background_patients.push_back(backgrounds.images[i].patient_id);
  const std::set<std::string> held_out = hold_out(background_patients, rng);
  std::vector<const ImageRecord*> with_mass = images_with_real_mass(backgrounds);
  const bool own_masses = !with_mass.empty();
  if (!own_masses) with_mass = images_with_real_mass(lesions);
  read_reals(own_masses ? backgrounds : lesions, with_mass, held_out, threads, progress);
  std::set<std::string> patients(background_patients.begin(), background_patients.end());
  for (const RealMass& mass : bank_.masses) patients.insert(mass.patient_id);
  for (const ImageRecord* image : with_mass) patients.insert(image->patient_id);
  patients.erase("");
  patients_.assign(patients.begin(), patients.end());
  make_validation(rng);
}

// A mass that the limit leaves out does not serve as a real one either.
void BlendSet::limit_lesions(const Rng& rng) {
  const auto most = static_cast<size_t>(std::max(0, options_.max_lesions));
  if (most == 0 || bank_.lesions.size() <= most) return;
  std::vector<size_t> order = all_of(bank_.lesions.size());
  Rng shuffle = rng.fork("lesions");
  shuffle.shuffle(order);
  order.resize(most);
  std::sort(order.begin(), order.end());
  std::vector<Lesion> kept;
  std::set<MassKey> keys;
  for (const size_t i : order) {
    Lesion& lesion = bank_.lesions[i];
    keys.emplace(lesion.patient_id, lesion.file_name, lesion.annotation_id);
    kept.push_back(std::move(lesion));
  }
  bank_.lesions = std::move(kept);
  std::erase_if(bank_.masses, [&](const RealMass& mass) {
    const MassKey key(mass.patient_id, mass.file_name, mass.annotation_id);
    if (!keys.contains(key)) left_out_.insert(key);
    return left_out_.contains(key);
  });
}

// All that is of one patient stays on one side; where that leaves nothing on one, both sides are
// the same. Returns the patients from whom nothing is learnt.
std::set<std::string> BlendSet::hold_out(const std::vector<std::string>& background_patients,
                                         const Rng& rng) {
  std::vector<std::string> lesion_patients;
  for (const Lesion& lesion : bank_.lesions) lesion_patients.push_back(lesion.patient_id);
  std::set<std::string> out;
  const auto draw = [&](const std::vector<std::string>& from, const char* name,
                        const std::set<std::string>& learnt) {
    const std::set<std::string> unique(from.begin(), from.end());
    std::vector<std::string> patients(unique.begin(), unique.end());
    Rng shuffle = rng.fork(name);
    shuffle.shuffle(patients);
    const std::ptrdiff_t least = options_.held_out > 0 ? 1 : 0;
    const auto wanted = std::max<std::ptrdiff_t>(
        least, std::lround(options_.held_out * static_cast<double>(patients.size())));
    const auto is_out = [&](const std::string& patient) { return out.contains(patient); };
    auto count = std::count_if(patients.begin(), patients.end(), is_out);
    for (const std::string& patient : patients) {
      if (count >= wanted) break;
      if (!learnt.contains(patient) && out.insert(patient).second) ++count;
    }
  };
  draw(lesion_patients, "held-out lesions", {});
  std::set<std::string> learnt(lesion_patients.begin(), lesion_patients.end());
  std::erase_if(learnt, [&](const std::string& patient) { return out.contains(patient); });
  draw(background_patients, "held-out backgrounds", learnt);
  const auto divide = [&](const std::vector<std::string>& of, std::vector<size_t>& learning,
                          std::vector<size_t>& held_out) {
    for (size_t i = 0; i < of.size(); ++i) (out.contains(of[i]) ? held_out : learning).push_back(i);
    if (learning.empty()) learning = held_out;
    if (held_out.empty()) held_out = learning;
    if (held_out == learning)
      log_warning(
          "the best state is chosen with images that are learnt from too: nobody is held out, as "
          "told (data.held_out 0) or of too few patients");
  };
  divide(lesion_patients, learning_lesions_, held_out_lesions_);
  divide(background_patients, learning_backgrounds_, held_out_backgrounds_);
  for (const size_t i : learning_lesions_) out.erase(lesion_patients[i]);
  for (const size_t i : learning_backgrounds_) out.erase(background_patients[i]);
  return out;
}

void BlendSet::read_reals(const Cohort& cohort, const std::vector<const ImageRecord*>& images,
                          const std::set<std::string>& held_out, int threads, Progress& progress) {
  const AnnotationIndex findings(cohort, /*ignored=*/false);
  std::vector<std::vector<RealWindow>> found(images.size());
  PlacementOptions anywhere = options_.placement;
  anywhere.margin_mm = 0;
  parallel_for("reading masses", std::ssize(images), threads, progress, [&](int64_t i) {
    const ImageRecord& record = *images[i];
    const Background background =
        load_background(cohort, record, {}, anywhere, options_.intensity, options_.mm_per_px);
    const Background grid = on_grid(background, options_.grid_mm);
    for (const Annotation* annotation : findings.of(record.id)) {
      if (left_out_.contains({record.patient_id, record.own_name(), annotation->own_id()}))
        continue;
      const cv::Mat mask = mask_at_size(finding_mask(*annotation, record), grid.pixels.size());
      const cv::Rect box = cv::boundingRect(mask);
      if (box.area() == 0 ||
          std::max(box.width, box.height) > options_.window_px - options_.window_px / kMarginShare)
        continue;
      const cv::Mat omega =
          dilated(mask, options_.lesion.dilation_mm, {options_.grid_mm, options_.grid_mm});
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
  std::vector<size_t> fitting;
  for (const size_t i : backgrounds) {
    if (views_fit(options_.placement, source.view, backgrounds_[i].view)) fitting.push_back(i);
  }
  for (int attempt = 0; attempt < kPlaces && !fitting.empty(); ++attempt) {
    const Background& background =
        backgrounds_[fitting[static_cast<size_t>(rng.integer(std::ssize(fitting)))]];
    const std::optional<LesionTransform> transform = draw_transform(source, placement, rng);
    if (!transform) break;
    WarpedLesion warped = warp_lesion(source, *transform, background.mm_per_px, background.range);
    if (cv::countNonZero(warped.mask) == 0) continue;
    const cv::Rect box = cv::boundingRect(warped.omega);
    if (std::max(box.width, box.height) > options_.window_px - options_.window_px / kMarginShare)
      continue;
    const Places places(background.free, warped.omega, background.weight);
    const std::optional<cv::Point> place = places.draw(rng);
    if (!place) continue;
    return cut_graft_window(background, warped, *place, options_.window_px, 0);
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
    validation_.push_back(std::move(made));
  }
  if (validation_.empty())
    fail(ErrorKind::bad_input,
         "no held-out lesion finds room in the held-out images (placement.view any takes those of "
         "other views)");
}

}  // namespace mammograft
