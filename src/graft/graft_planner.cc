#include "graft/graft_planner.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>

#include "core/log.h"
#include "core/parallel.h"
#include "core/rounds.h"
#include "graft/place_weight.h"

namespace mammograft {
namespace {

bool within_sizes(const Lesion& lesion, double scale, const PlacementOptions& options) {
  const double size = lesion.size_mm * scale;
  return size >= options.size_min_mm && size <= options.size_max_mm;
}

std::vector<size_t> numbers_below(size_t count) {
  std::vector<size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  return numbers;
}

}  // namespace

GraftPlanner::GraftPlanner(const SynthesisInput& input, const GraftMethod& method,
                           const SynthesisOptions& options, const RunContext& context)
    : backgrounds_(input.backgrounds),
      method_(method),
      options_(options),
      rng_(Rng(context.seed).fork("synthesize")),
      usable_(usable_backgrounds(backgrounds_, options.placement)),
      drawn_backgrounds_(with_repeats(usable_, input.often.backgrounds, input.often.times,
                                      [&](size_t i) { return backgrounds_.images[i].id; })),
      bank_(collect_lesions(input.lesions, options.lesion, options.intensity, options.mm_per_px,
                            context.threads, context.progress)),
      drawn_lesions_(with_repeats(numbers_below(bank_.lesions.size()), input.often.lesions,
                                  input.often.times,
                                  [&](size_t i) { return bank_.lesions[i].annotation_id; })),
      targets_(masses_of_same_rank(bank_)),
      prior_(wanted_prior(options.placement, bank_, input.lesions.folder.string())),
      findings_(backgrounds_),
      cache_(input.cache_bytes) {
  log_info(fmt::format("{} lesions of {}, {} left out; {} images to graft onto",
                       bank_.lesions.size(), bank_.lesions.size() + bank_.left_out.size(),
                       bank_.left_out.size(), usable_.size()));
  if (both_views()) pair_views();
}

void GraftPlanner::pair_views() {
  breasts_ = breast_pairs(backgrounds_, usable_);
  sources_ = lesion_pairs(bank_);
  const auto own = std::count_if(sources_.begin(), sources_.end(),
                                 [](const ViewPair& source) { return source.cc != source.mlo; });
  log_info(fmt::format(
      "{} breasts with a CC and an MLO image; left out {} that lack one, and {} images whose "
      "patient, side or view is not known; {} of {} lesions have a picture for either view",
      breasts_.pairs.size(), breasts_.left_out, breasts_.unknown, own, sources_.size()));
}

std::vector<size_t> GraftPlanner::backgrounds_for(const Lesion& lesion) const {
  std::vector<size_t> fitting;
  for (const size_t i : drawn_backgrounds_) {
    if (views_fit(options_.placement, lesion.view, backgrounds_.images[i].view))
      fitting.push_back(i);
  }
  return fitting;
}

std::optional<ChosenPlace> GraftPlanner::place(const Background& background,
                                               const WarpedLesion& warped, size_t lesion,
                                               Rng& rng) const {
  const ConspicuityOptions& options = options_.conspicuity;
  const std::optional<double> aim = conspicuity_aim(targets_[lesion], options);
  if (aim) return choose_conspicuous_place(background, warped, *aim, options, rng);
  const Places places(background.free, warped.omega, background.weight);
  const std::optional<cv::Point> origin = places.draw(rng);
  return origin ? std::optional(ChosenPlace{*origin, 1}) : std::nullopt;
}

std::optional<LesionTransform> GraftPlanner::transform_for(Graft& graft, Rng& rng) const {
  const Lesion& lesion = bank_.lesions[graft.lesion];
  const std::optional<LesionTransform> drawn = draw_transform(lesion, options_.placement, rng);
  if (!drawn) ++graft.failures["the lesion does not come within the sizes"];
  return drawn;
}

// As its image has it, without what a lesion asks for.
Background GraftPlanner::background(size_t image) const {
  return cache_.get(image, [&] {
    const ImageRecord& record = backgrounds_.images[image];
    return load_background(backgrounds_, record, findings_.of(record.id), options_.placement,
                           options_.intensity, options_.mm_per_px);
  });
}

// With nipple_mm so far from the nipple.
bool GraftPlanner::try_place(Graft& graft, const LesionTransform& transform,
                             std::optional<double> nipple_mm, Rng& rng) const {
  Background background = this->background(graft.background);
  background.weight = place_weight(background, prior_.get());
  if (nipple_mm) background.weight = at_nipple_distance(background, *nipple_mm);
  WarpedLesion warped =
      warp_lesion(bank_.lesions[graft.lesion], transform, background.mm_per_px, background.range);
  if (cv::countNonZero(warped.mask) == 0) {
    ++graft.failures["the lesion is smaller than a pixel"];
    return false;
  }
  background.weight = where_room(background, warped.omega, warped.contrast);
  const std::optional<ChosenPlace> chosen = place(background, warped, graft.lesion, rng);
  if (!chosen) {
    ++graft.failures[nipple_mm ? "the MLO image has no room so far from the nipple"
                               : "the breast has no room for the lesion"];
    return false;
  }
  amplify(warped, chosen->gain);
  graft.gain = transform.gain * chosen->gain;
  const double finest_mm = std::min(background.mm_per_px[0], background.mm_per_px[1]);
  const auto px = [&](double mm) { return static_cast<int>(std::ceil(mm / finest_mm)); };
  graft.window = cut_graft_window(background, warped, chosen->origin, px(method_.window_mm()),
                                  std::max(2, px(method_.margin_mm())));
  graft.transform = transform;
  graft.center = graft.window.place.tl() + cv::Point(graft.window.place.size() / 2);
  if (both_views()) {
    const cv::Rect omega = cv::boundingRect(warped.omega) + chosen->origin;
    graft.nipple_mm =
        nipple_distance_mm(background, {omega.x + omega.width / 2.0, omega.y + omega.height / 2.0});
  }
  graft.image = background.pixels.clone();  // the cache's stays as it is
  graft.stored_bits = background.stored_bits;
  graft.placed = true;
  return true;
}

Graft GraftPlanner::plan_one(int64_t i) const {
  Graft graft;
  Rng rng = rng_.fork("image", static_cast<uint64_t>(i));
  for (int64_t attempt = 0; attempt < options_.attempts; ++attempt) {
    // Later attempts draw freely, so that they do not take their turn from other images.
    graft.lesion =
        attempt == 0 ? in_rounds(drawn_lesions_, i, rng_, "lesion")
                     : drawn_lesions_[static_cast<size_t>(rng.integer(std::ssize(drawn_lesions_)))];
    const std::vector<size_t> fitting = backgrounds_for(bank_.lesions[graft.lesion]);
    if (fitting.empty()) {
      ++graft.failures[fmt::format("there is no background of view {}",
                                   bank_.lesions[graft.lesion].view)];
      continue;
    }
    graft.background = attempt == 0
                           ? in_rounds(fitting, i, rng_, "background")
                           : fitting[static_cast<size_t>(rng.integer(std::ssize(fitting)))];
    const std::optional<LesionTransform> transform = transform_for(graft, rng);
    if (transform && try_place(graft, *transform, std::nullopt, rng)) break;
  }
  return graft;
}

// The CC image decides how far from the nipple.
bool GraftPlanner::try_both_views(std::array<Graft, 2>& grafts, Rng& rng) const {
  auto& [cc, mlo] = grafts;
  const std::optional<LesionTransform> transform = transform_for(cc, rng);
  if (!transform) return false;
  if (cc.lesion != mlo.lesion &&
      !within_sizes(bank_.lesions[mlo.lesion], transform->scale, options_.placement)) {
    ++cc.failures["the lesion's MLO picture does not come within the sizes"];
    return false;
  }
  if (!try_place(cc, *transform, std::nullopt, rng)) return false;
  if (try_place(mlo, *transform, cc.nipple_mm, rng)) return true;
  cc.placed = false;
  return false;
}

std::array<Graft, 2> GraftPlanner::plan_both_views(int64_t pair) const {
  std::array<Graft, 2> grafts;
  Rng rng = rng_.fork("both views", static_cast<uint64_t>(pair));
  for (int64_t attempt = 0; attempt < options_.attempts; ++attempt) {
    const auto one_of = [&](size_t size, const char* name) {
      return attempt == 0 ? in_rounds(size, pair, rng_, name)
                          : static_cast<size_t>(rng.integer(static_cast<int64_t>(size)));
    };
    const ViewPair& source = sources_[one_of(sources_.size(), "lesion")];
    const ViewPair& breast = breasts_.pairs[one_of(breasts_.pairs.size(), "background")];
    grafts[0].lesion = source.cc;
    grafts[1].lesion = source.mlo;
    grafts[0].background = breast.cc;
    grafts[1].background = breast.mlo;
    if (try_both_views(grafts, rng)) break;
  }
  const std::string& patient = backgrounds_.images[grafts[0].background].patient_id;
  // Told once: with the CC image.
  for (const auto& [reason, count] : grafts[1].failures) grafts[0].failures[reason] += count;
  grafts[1].failures.clear();
  for (Graft& graft : grafts) graft.lesion_id = fmt::format("{}/g{}", patient, pair + 1);
  return grafts;
}

std::vector<Graft> GraftPlanner::plan(int64_t first, size_t count, int threads) const {
  std::vector<Graft> grafts(count);
  if (!both_views()) {
    parallel_for(std::ssize(grafts), threads,
                 [&](int64_t k) { grafts[static_cast<size_t>(k)] = plan_one(first + k); });
    return grafts;
  }
  ensure(first % 2 == 0 && count % 2 == 0, "images {} and {} more are no pairs", first, count);
  parallel_for(std::ssize(grafts) / 2, threads, [&](int64_t k) {
    std::array<Graft, 2> both = plan_both_views(first / 2 + k);
    for (const size_t view : {size_t{0}, size_t{1}})
      grafts[2 * static_cast<size_t>(k) + view] = std::move(both[view]);
  });
  return grafts;
}

}  // namespace mammograft
