#include "graft/graft_maker.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "cohort/annotation_index.h"
#include "cohort/fingerprint.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/rounds.h"
#include "graft/conspicuity.h"
#include "graft/detail.h"
#include "graft/place_weight.h"
#include "graft/placement_prior.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

// What becomes of one synthetic image.
struct Graft {
  bool placed = false;
  std::map<std::string, int> failures;  // reason -> attempts
  size_t lesion = 0, background = 0;    // indices into the bank, into the images
  LesionTransform transform;
  double gain = 1;       // on the lesion's contrast
  cv::Point center;      // of omega's box, px
  cv::Mat image;         // CV_16UC1: the background, then the result
  int stored_bits = 16;  // of the background's file, and of ours
  GraftWindow window;
};

class GraftMaker : public ImageMaker {
 public:
  GraftMaker(const SynthesisInput& input, GraftMethod& method, const SynthesisOptions& options,
             const RunContext& context)
      : input_(input),
        method_(method),
        options_(options),
        seed_(context.seed),
        threads_(context.threads),
        rng_(Rng(context.seed).fork("synthesize")),
        usable_(usable_backgrounds(input.backgrounds, options.placement)),
        bank_(collect_lesions(input.lesions, options.lesion, options.intensity, options.mm_per_px,
                              context.threads, context.progress)),
        prior_(wanted_prior(options.placement, bank_, input.lesions.folder.string())),
        findings_(input.backgrounds) {
    log_info(fmt::format("{} lesions of {}, {} left out; {} images to graft onto",
                         bank_.lesions.size(), bank_.lesions.size() + bank_.left_out.size(),
                         bank_.left_out.size(), usable_.size()));
  }

  std::string method() const override { return method_.name(); }
  std::string label() const override { return "grafting"; }
  std::string title(int64_t images) const override {
    return fmt::format("synthetic: {} masses grafted by {}", images, method_.name());
  }
  Json description() const override;
  Json info() const override;
  std::vector<Category> categories() const override;
  PatientSet patients() const override { return input_.patients_hashed; }
  std::vector<MadeImage> make(int64_t first, const std::vector<Json>& notes) override;

 private:
  std::vector<size_t> backgrounds_for(const Lesion& lesion) const;
  Graft plan(int64_t i) const;
  bool try_pair(Graft& graft, Rng& rng) const;
  std::optional<ChosenPlace> place(const Background& background, const WarpedLesion& warped,
                                   const Lesion& lesion, Rng& rng) const;
  void finish(std::vector<Graft>& grafts, int64_t first, const std::vector<Json>& notes,
              std::vector<MadeImage>& images) const;
  void describe(const Graft& graft, MadeImage& image) const;
  Provenance provenance(const Graft& graft, const Json& note) const;

  const SynthesisInput input_;
  GraftMethod& method_;
  const SynthesisOptions options_;
  uint64_t seed_;
  int threads_;
  Rng rng_;
  std::vector<size_t> usable_;
  LesionBank bank_;
  std::unique_ptr<const PlacementPrior> prior_;  // none: uniform
  AnnotationIndex findings_;
};

Json GraftMaker::description() const {
  Json json = {{"method", method_.name()},
               {"seed", seed_},
               {"options", to_json(options_)},
               {"backgrounds", fingerprint(input_.backgrounds)},
               {"lesions", fingerprint(input_.lesions)},
               {"made_with", input_.made_with}};
  if (prior_) json["placement_prior"] = prior_->to_json();
  return json;
}

Json GraftMaker::info() const {
  Json left_out = Json::array();
  for (const LeftOut& one : bank_.left_out) {
    left_out.push_back({{"file_name", one.file_name},
                        {"annotation_id", one.annotation_id},
                        {"reason", one.reason}});
  }
  return {{"synthesis", description()}, {"lesions_left_out", left_out}};
}

std::vector<Category> GraftMaker::categories() const {
  const std::vector<Category>& known = input_.backgrounds.categories;
  return known.empty() ? std::vector<Category>{{1, "mass"}} : known;
}

// A view that is not known goes with every other.
std::vector<size_t> GraftMaker::backgrounds_for(const Lesion& lesion) const {
  if (options_.placement.view == "any" || lesion.view.empty()) return usable_;
  std::vector<size_t> fitting;
  for (const size_t i : usable_) {
    const std::string& view = input_.backgrounds.images[i].view;
    if (view.empty() || view == lesion.view) fitting.push_back(i);
  }
  return fitting;
}

std::optional<ChosenPlace> GraftMaker::place(const Background& background,
                                             const WarpedLesion& warped, const Lesion& lesion,
                                             Rng& rng) const {
  const ConspicuityOptions& options = options_.conspicuity;
  const std::optional<double> aim = conspicuity_aim(lesion, options);
  const double contrast = lesion.contrast * gain_between(lesion.range, background.range);
  if (aim) return choose_conspicuous_place(background, warped, contrast, *aim, options, rng);
  const Places places(background.free, warped.omega, background.weight);
  const std::optional<cv::Point> origin = places.draw(rng);
  return origin ? std::optional(ChosenPlace{*origin, 1}) : std::nullopt;
}

bool GraftMaker::try_pair(Graft& graft, Rng& rng) const {
  const Lesion& lesion = bank_.lesions[graft.lesion];
  const std::optional<LesionTransform> transform = draw_transform(lesion, options_.placement, rng);
  if (!transform) {
    ++graft.failures["the lesion does not come within the sizes"];
    return false;
  }
  const ImageRecord& record = input_.backgrounds.images[graft.background];
  Background background =
      load_background(input_.backgrounds, record, findings_.of(record.id), options_.placement,
                      options_.intensity, options_.mm_per_px);
  background.weight = place_weight(background, prior_.get());
  WarpedLesion warped = warp_lesion(lesion, *transform, background.mm_per_px, background.range);
  const std::optional<ChosenPlace> chosen = place(background, warped, lesion, rng);
  if (!chosen) {
    ++graft.failures["the breast has no room for the lesion"];
    return false;
  }
  if (chosen->gain != 1) amplify(warped, chosen->gain);
  graft.gain = chosen->gain;
  const double finest_mm = std::min(background.mm_per_px[0], background.mm_per_px[1]);
  const auto px = [&](double mm) { return static_cast<int>(std::ceil(mm / finest_mm)); };
  graft.window = cut_graft_window(background, warped, chosen->origin, px(method_.window_mm()),
                                  std::max(2, px(method_.margin_mm())));
  graft.window.contrast =
      graft.gain * lesion.contrast * gain_between(lesion.range, background.range);
  graft.transform = *transform;
  graft.center = graft.window.place.tl() + cv::Point(graft.window.place.size() / 2);
  graft.image = background.pixels;
  graft.stored_bits = background.stored_bits;
  graft.placed = true;
  return true;
}

Graft GraftMaker::plan(int64_t i) const {
  Graft graft;
  Rng rng = rng_.fork("image", static_cast<uint64_t>(i));
  for (int64_t attempt = 0; attempt < options_.attempts; ++attempt) {
    // Later attempts draw freely, so that they do not take their turn from other images.
    graft.lesion = attempt == 0 ? in_rounds(bank_.lesions.size(), i, rng_, "lesion")
                                : static_cast<size_t>(rng.integer(std::ssize(bank_.lesions)));
    const std::vector<size_t> fitting = backgrounds_for(bank_.lesions[graft.lesion]);
    if (fitting.empty()) {
      ++graft.failures[fmt::format("there is no background of view {}",
                                   bank_.lesions[graft.lesion].view)];
      continue;
    }
    graft.background = attempt == 0
                           ? in_rounds(fitting, i, rng_, "background")
                           : fitting[static_cast<size_t>(rng.integer(std::ssize(fitting)))];
    if (try_pair(graft, rng)) break;
  }
  return graft;
}

// Mean change of the breast outside omega, in share of full scale, had the method its way.
double change_outside(const GraftWindow& window, const cv::Mat& result) {
  const cv::Mat outside = window.breast & ~window.omega;
  cv::Mat difference;
  cv::absdiff(window.x, result, difference);
  return cv::mean(difference, outside)[0] / 65535;
}

Provenance::Detail detail_of(const GraftWindow& window, const cv::Mat& result) {
  const DetailTransfer transfer =
      detail_transfer(window.x, window.e, result, window.omega, window.mm_per_px);
  Provenance::Detail detail;
  for (size_t i = 0; i < kDetailBands; ++i) {
    detail.lesion[i] = transfer.everywhere[i].lesion;
    detail.background[i] = transfer.everywhere[i].background;
    detail.salient_lesion[i] = transfer.where_salient[i].lesion;
    detail.salient_background[i] = transfer.where_salient[i].background;
  }
  detail.points = transfer.points;
  detail.surviving = transfer.surviving;
  return detail;
}

// Grafts what is not on disk yet.
void GraftMaker::finish(std::vector<Graft>& grafts, int64_t first, const std::vector<Json>& notes,
                        std::vector<MadeImage>& images) const {
  std::vector<size_t> open;
  std::vector<GraftWindow> windows;
  std::vector<Rng> rngs;
  for (size_t k = 0; k < grafts.size(); ++k) {
    if (!grafts[k].placed || !notes[k].is_null()) continue;
    open.push_back(k);
    windows.push_back(grafts[k].window);
    rngs.push_back(rng_.fork("method", static_cast<uint64_t>(first) + k));
  }
  const std::vector<cv::Mat> results = method_.graft(windows, rngs, threads_);
  parallel_for(std::ssize(open), threads_, [&](int64_t i) {
    const auto j = static_cast<size_t>(i);
    Graft& graft = grafts[open[j]];
    MadeImage& image = images[open[j]];
    write_back(graft.window, results[j], graft.image);
    image.pixels = from_full_scale(graft.image, graft.stored_bits);
    image.note = {{"background_change", change_outside(windows[j], results[j])},
                  {"detail", detail_to_json(detail_of(windows[j], results[j]))}};
  });
}

std::vector<MadeImage> GraftMaker::make(int64_t first, const std::vector<Json>& notes) {
  std::vector<Graft> grafts(notes.size());
  parallel_for(std::ssize(grafts), threads_,
               [&](int64_t k) { grafts[static_cast<size_t>(k)] = plan(first + k); });
  std::vector<MadeImage> images(grafts.size());
  finish(grafts, first, notes, images);
  for (size_t k = 0; k < grafts.size(); ++k) {
    images[k].made = grafts[k].placed;
    images[k].failures = grafts[k].failures;
    if (!notes[k].is_null()) images[k].note = notes[k];
    if (images[k].made) describe(grafts[k], images[k]);
  }
  return images;
}

Provenance GraftMaker::provenance(const Graft& graft, const Json& note) const {
  const ImageRecord& background = input_.backgrounds.images[graft.background];
  const Lesion& lesion = bank_.lesions[graft.lesion];
  Provenance made;
  made.method = method_.name();
  made.seed = seed_;
  made.background = {background.own_name(), background.patient_id};
  made.lesion = {{lesion.file_name, lesion.patient_id}, lesion.annotation_id};
  made.transform = {.scale = graft.transform.scale,
                    .rotation_deg = graft.transform.rotation_deg,
                    .flip = graft.transform.flip,
                    .gain = graft.gain * gain_between(lesion.range, graft.window.range),
                    .center_px = {{graft.center.x, graft.center.y}}};
  const JsonView view(note, "synthesis.jsonl");
  made.background_change = view.number("background_change");
  made.detail = detail_from_json(view.at("detail"));
  return made;
}

Annotation grafted(const Graft& graft, const Lesion& lesion) {
  cv::Mat mask(graft.image.size(), CV_8UC1, cv::Scalar(0));
  const cv::Rect inside = graft.window.place & cv::Rect({0, 0}, mask.size());
  graft.window.mask({inside.tl() - graft.window.place.tl(), inside.size()}).copyTo(mask(inside));
  Annotation annotation;
  annotation.bbox = bounds(encode_rle(mask));
  annotation.segmentation = contours(mask, 0);
  annotation.mask_origin =
      lesion.mask_origin == MaskOrigin::contour ? MaskOrigin::synthetic : lesion.mask_origin;
  annotation.size_mm = lesion.size_mm * graft.transform.scale;
  annotation.attributes = {{"grafted", true}};
  return annotation;
}

void GraftMaker::describe(const Graft& graft, MadeImage& image) const {
  const ImageRecord& background = input_.backgrounds.images[graft.background];
  image.record = background;
  image.record.merged_name.clear();
  image.record.status = Status::mass;
  image.record.source = provenance(graft, image.note);
  // A graft may be brighter than what it lies on.
  if (graft.stored_bits < 16) image.record.acquisition["value_bits"] = graft.stored_bits;
  if (!image.record.pixel_spacing_mm) image.record.pixel_spacing_mm = graft.window.mm_per_px;
  for (const Annotation* finding : findings_.of(background.id)) {
    image.annotations.push_back(*finding);
    image.annotations.back().merged_id.reset();
  }
  image.annotations.push_back(grafted(graft, bank_.lesions[graft.lesion]));
  image.annotations.back().category_id = categories().front().id;
}

}  // namespace

std::unique_ptr<ImageMaker> make_grafts(const SynthesisInput& input, GraftMethod& method,
                                        const SynthesisOptions& options,
                                        const RunContext& context) {
  return std::make_unique<GraftMaker>(input, method, options, context);
}

}  // namespace mammograft
