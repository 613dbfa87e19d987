#include "graft/graft_maker.h"

#include <map>

#include "cohort/fingerprint.h"
#include "core/parallel.h"
#include "core/text.h"
#include "graft/detail.h"
#include "graft/graft_planner.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

class GraftMaker : public ImageMaker {
 public:
  GraftMaker(const SynthesisInput& input, GraftMethod& method, const SynthesisOptions& options,
             const RunContext& context)
      : input_(input),
        method_(method),
        options_(options),
        seed_(context.seed),
        threads_(input.threads.value_or(context.threads)),
        planner_(input_, method, options_, context) {}

  std::string method() const override { return method_.name(); }
  std::string label() const override { return "grafting"; }
  std::string title(int64_t images) const override {
    if (planner_.both_views()) {
      return fmt::format("synthetic: {} masses grafted by {}, each in two views", images / 2,
                         method_.name());
    }
    return fmt::format("synthetic: {} masses grafted by {}", images, method_.name());
  }
  Json description() const override;
  Json info() const override;
  std::vector<Category> categories() const override;
  PatientSet patients() const override;
  std::vector<MadeImage> make(int64_t first, const std::vector<Json>& notes) override;

 private:
  void finish(std::vector<Graft>& grafts, int64_t first, const std::vector<Json>& notes,
              std::vector<MadeImage>& images) const;
  void describe(const Graft& graft, MadeImage& image) const;
  int64_t category_of(const Lesion& lesion) const;
  Provenance provenance(const Graft& graft, const Json& note) const;

  const SynthesisInput input_;
  GraftMethod& method_;
  const SynthesisOptions options_;
  uint64_t seed_;
  int threads_;
  GraftPlanner planner_;
};

Json GraftMaker::description() const {
  Json json = {{"method", method_.name()},
               {"seed", seed_},
               {"options", to_json(options_)},
               {"backgrounds", fingerprint(input_.backgrounds)},
               {"lesions", fingerprint(input_.lesions)},
               {"made_with", input_.made_with}};
  if (planner_.prior()) json["placement_prior"] = planner_.prior()->to_json();
  if (input_.often.any()) json["drawn_often"] = input_.often.to_json();
  return json;
}

Json GraftMaker::info() const {
  Json left_out = Json::array();
  for (const LeftOut& one : planner_.bank().left_out) {
    left_out.push_back({{"file_name", one.file_name},
                        {"annotation_id", one.annotation_id},
                        {"reason", one.reason}});
  }
  Json info = {{"synthesis", description()}, {"lesions_left_out", left_out}};
  if (planner_.both_views()) info["breasts_left_out"] = planner_.breasts().left_out;
  return info;
}

std::vector<Category> GraftMaker::categories() const {
  const std::vector<Category>& known = input_.backgrounds.categories;
  return known.empty() ? std::vector<Category>{{1, "mass"}} : known;
}

// The model's, and those whose masses, grafted or not, say where grafts lie or how they stand out.
PatientSet GraftMaker::patients() const {
  PatientSet all = input_.patients_hashed;
  if (planner_.prior() == nullptr && options_.conspicuity.aim == "free") return all;
  for (const RealMass& mass : planner_.bank().masses) all.insert(mass.patient_id);
  return all;
}

// What the lesion is called, where the backgrounds' cohort has that.
int64_t GraftMaker::category_of(const Lesion& lesion) const {
  const std::vector<Category> all = categories();
  for (const Category& own : input_.lesions.categories) {
    if (own.id != lesion.category_id) continue;
    for (const Category& one : all)
      if (lower_case(one.name) == lower_case(own.name)) return one.id;
  }
  return all.front().id;
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
    rngs.push_back(planner_.rng().fork("method", static_cast<uint64_t>(first) + k));
  }
  const std::vector<cv::Mat> results = method_.graft(windows, rngs, threads_);
  parallel_for(std::ssize(open), threads_, [&](int64_t i) {
    const auto j = static_cast<size_t>(i);
    Graft& graft = grafts[open[j]];
    MadeImage& image = images[open[j]];
    write_back(graft.window, results[j], graft.image);
    image.pixels = from_full_scale(graft.image, graft.stored_bits);
    if (!input_.measured) return;
    image.note = {{"background_change", change_outside(windows[j], results[j])},
                  {"detail", detail_to_json(detail_of(windows[j], results[j]))}};
  });
}

std::vector<MadeImage> GraftMaker::make(int64_t first, const std::vector<Json>& notes) {
  std::vector<Graft> grafts = planner_.plan(first, notes.size(), threads_);
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
  const Lesion& lesion = planner_.bank().lesions[graft.lesion];
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
  if (!input_.measured) return made;
  const JsonView view(note, "synthesis.jsonl");
  made.background_change = view.number("background_change");
  made.detail = detail_from_json(view.at("detail"));
  return made;
}

// As the lesion's annotator would have drawn it: a detector that learns tight boxes from grafts and
// wide ones from real masses finds neither.
Box annotators_box(const Box& tight, double air, const cv::Size& image) {
  const Point center = tight.center();
  const double dx = air * tight.width() / 2, dy = air * tight.height() / 2;
  return intersection({center.x - dx, center.y - dy, center.x + dx, center.y + dy},
                      {0, 0, static_cast<double>(image.width), static_cast<double>(image.height)});
}

Annotation grafted(const Graft& graft, const Lesion& lesion) {
  cv::Mat mask(graft.image.size(), CV_8UC1, cv::Scalar(0));
  const cv::Rect inside = graft.window.place & cv::Rect({0, 0}, mask.size());
  graft.window.mask({inside.tl() - graft.window.place.tl(), inside.size()}).copyTo(mask(inside));
  Annotation annotation;
  annotation.bbox = annotators_box(bounds(encode_rle(mask)), lesion.box_air, mask.size());
  annotation.segmentation = contours(mask, 0);
  annotation.mask_origin =
      lesion.mask_origin == MaskOrigin::contour ? MaskOrigin::synthetic : lesion.mask_origin;
  annotation.size_mm = lesion.size_mm * graft.transform.scale;
  annotation.attributes = {{"grafted", true}};
  if (!graft.lesion_id.empty()) annotation.attributes["lesion_id"] = graft.lesion_id;
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
  for (const Annotation* finding : planner_.findings().of(background.id)) {
    image.annotations.push_back(*finding);
    image.annotations.back().merged_id.reset();
  }
  image.annotations.push_back(grafted(graft, planner_.bank().lesions[graft.lesion]));
  image.annotations.back().category_id = category_of(planner_.bank().lesions[graft.lesion]);
}

}  // namespace

std::unique_ptr<ImageMaker> make_grafts(const SynthesisInput& input, GraftMethod& method,
                                        const SynthesisOptions& options,
                                        const RunContext& context) {
  return std::make_unique<GraftMaker>(input, method, options, context);
}

}  // namespace mammograft
