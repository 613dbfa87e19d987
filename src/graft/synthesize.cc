#include "graft/synthesize.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "cohort/fingerprint.h"
#include "core/files.h"
#include "core/log.h"
#include "core/parallel.h"
#include "graft/synthesis_journal.h"
#include "image/image_io.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

// Index number i when all of `pool` is gone through in a fresh random order each round.
size_t in_rounds(const std::vector<size_t>& pool, int64_t i, const Rng& seed, const char* name) {
  const auto size = std::ssize(pool);
  std::vector<size_t> order = pool;
  Rng rng = seed.fork(name, static_cast<uint64_t>(i / size));
  rng.shuffle(order);
  return order[static_cast<size_t>(i % size)];
}

// What becomes of one synthetic image.
struct Graft {
  bool placed = false;
  std::map<std::string, int> failures;  // reason -> attempts
  size_t lesion = 0, background = 0;    // indices into the bank, into the images
  LesionTransform transform;
  cv::Point center;      // of omega's box, px
  cv::Mat image;         // CV_16UC1: the background, then the result
  int stored_bits = 16;  // of the background's file, and of ours
  GraftWindow window;
};

class Synthesis {
 public:
  Synthesis(const SynthesisInput& input, GraftMethod& method, const SynthesisOptions& options,
            uint64_t seed, int threads, const fs::path& out, Progress& progress)
      : input_(input),
        method_(method),
        options_(options),
        seed_(seed),
        threads_(threads),
        out_(out),
        progress_(progress),
        rng_(Rng(seed).fork("synthesize")),
        usable_(usable_backgrounds(input.backgrounds, options.placement)),
        bank_(collect_lesions(input.lesions, options.lesion, options.intensity, options.mm_per_px,
                              threads, progress)) {
    for (const Annotation& annotation : input.backgrounds.annotations)
      findings_[annotation.image_id].push_back(&annotation);
  }

  Cohort run();

 private:
  Json description() const;
  std::vector<size_t> backgrounds_for(const Lesion& lesion) const;
  Graft plan(int64_t i) const;
  bool try_pair(Graft& graft, Rng& rng) const;
  void finish(std::vector<Graft>& grafts, int64_t first, SynthesisJournal& journal);
  std::string file_name(int64_t i) const;
  void describe(const Graft& graft, int64_t i, double background_change, Cohort& cohort) const;
  Provenance provenance(const Graft& graft, double background_change) const;

  const SynthesisInput& input_;
  GraftMethod& method_;
  const SynthesisOptions& options_;
  uint64_t seed_;
  int threads_;
  fs::path out_;
  Progress& progress_;
  Rng rng_;
  std::vector<size_t> usable_;
  LesionBank bank_;
  std::map<int64_t, std::vector<const Annotation*>> findings_;
};

Json Synthesis::description() const {
  return {{"method", method_.name()},
          {"seed", seed_},
          {"options", to_json(options_)},
          {"backgrounds", fingerprint(input_.backgrounds)},
          {"lesions", fingerprint(input_.lesions)},
          {"made_with", input_.made_with}};
}

std::string Synthesis::file_name(int64_t i) const {
  return fmt::format("images/{}-{:06}.png", method_.name(), i + 1);
}

// A view that is not known goes with every other.
std::vector<size_t> Synthesis::backgrounds_for(const Lesion& lesion) const {
  if (options_.placement.view == "any" || lesion.view.empty()) return usable_;
  std::vector<size_t> fitting;
  for (const size_t i : usable_) {
    const std::string& view = input_.backgrounds.images[i].view;
    if (view.empty() || view == lesion.view) fitting.push_back(i);
  }
  return fitting;
}

bool Synthesis::try_pair(Graft& graft, Rng& rng) const {
  const Lesion& lesion = bank_.lesions[graft.lesion];
  const std::optional<LesionTransform> transform = draw_transform(lesion, options_.placement, rng);
  if (!transform) {
    ++graft.failures["the lesion does not come within the sizes"];
    return false;
  }
  const ImageRecord& record = input_.backgrounds.images[graft.background];
  const auto found = findings_.find(record.id);
  const Background background =
      load_background(input_.backgrounds, record,
                      found == findings_.end() ? std::vector<const Annotation*>{} : found->second,
                      options_.placement, options_.intensity, options_.mm_per_px);
  const WarpedLesion warped =
      warp_lesion(lesion, *transform, background.mm_per_px, background.range);
  const std::optional<cv::Point> origin = choose_place(background.free, warped.omega, rng);
  if (!origin) {
    ++graft.failures["the breast has no room for the lesion"];
    return false;
  }
  const double finest_mm = std::min(background.mm_per_px[0], background.mm_per_px[1]);
  const auto px = [&](double mm) { return static_cast<int>(std::ceil(mm / finest_mm)); };
  graft.window = cut_graft_window(background, warped, *origin, px(method_.window_mm()),
                                  std::max(2, px(method_.margin_mm())));
  graft.transform = *transform;
  graft.center = graft.window.place.tl() + cv::Point(graft.window.place.size() / 2);
  graft.image = background.pixels;
  graft.stored_bits = background.stored_bits;
  graft.placed = true;
  return true;
}

Graft Synthesis::plan(int64_t i) const {
  Graft graft;
  std::vector<size_t> all(bank_.lesions.size());
  for (size_t k = 0; k < all.size(); ++k) all[k] = k;
  Rng rng = rng_.fork("image", static_cast<uint64_t>(i));
  for (int64_t attempt = 0; attempt < options_.attempts; ++attempt) {
    // Later attempts draw freely, so that they do not take their turn from other images.
    graft.lesion = attempt == 0 ? in_rounds(all, i, rng_, "lesion")
                                : static_cast<size_t>(rng.integer(std::ssize(all)));
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

void Synthesis::finish(std::vector<Graft>& grafts, int64_t first, SynthesisJournal& journal) {
  std::vector<size_t> open;
  std::vector<GraftWindow> windows;
  std::vector<Rng> rngs;
  for (size_t k = 0; k < grafts.size(); ++k) {
    const int64_t i = first + static_cast<int64_t>(k);
    if (!grafts[k].placed || journal.has(i)) continue;
    open.push_back(k);
    windows.push_back(grafts[k].window);
    rngs.push_back(rng_.fork("method", static_cast<uint64_t>(i)));
  }
  const std::vector<cv::Mat> results = method_.graft(windows, rngs, threads_);
  parallel_for(std::ssize(open), threads_, [&](int64_t j) {
    Graft& graft = grafts[open[static_cast<size_t>(j)]];
    write_back(graft.window, results[static_cast<size_t>(j)], graft.image);
    const int64_t i = first + static_cast<int64_t>(open[static_cast<size_t>(j)]);
    write_png(out_ / file_name(i), from_full_scale(graft.image, graft.stored_bits));
  });
  for (size_t j = 0; j < open.size(); ++j) {
    journal.add(first + static_cast<int64_t>(open[j]), change_outside(windows[j], results[j]));
  }
}

Provenance Synthesis::provenance(const Graft& graft, double background_change) const {
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
                    .gain = gain_between(lesion.range, graft.window.range),
                    .center_px = {{graft.center.x, graft.center.y}}};
  made.background_change = background_change;
  return made;
}

void Synthesis::describe(const Graft& graft, int64_t i, double background_change,
                         Cohort& cohort) const {
  const ImageRecord& background = input_.backgrounds.images[graft.background];
  const Lesion& lesion = bank_.lesions[graft.lesion];
  ImageRecord image = background;
  image.id = i + 1;
  image.file_name = file_name(i);
  image.merged_name.clear();
  image.status = Status::mass;
  image.source = provenance(graft, background_change);
  // A graft may be brighter than what it lies on.
  if (graft.stored_bits < 16) image.acquisition["value_bits"] = graft.stored_bits;
  if (!image.pixel_spacing_mm) image.pixel_spacing_mm = graft.window.mm_per_px;

  const auto found = findings_.find(background.id);
  if (found != findings_.end()) {
    for (const Annotation* finding : found->second) {
      cohort.annotations.push_back(*finding);
      cohort.annotations.back().id = std::ssize(cohort.annotations);
      cohort.annotations.back().merged_id.reset();
      cohort.annotations.back().image_id = image.id;
    }
  }
  cv::Mat mask(graft.image.size(), CV_8UC1, cv::Scalar(0));
  const cv::Rect inside = graft.window.place & cv::Rect({0, 0}, mask.size());
  graft.window.mask({inside.tl() - graft.window.place.tl(), inside.size()}).copyTo(mask(inside));
  Annotation annotation;
  annotation.id = std::ssize(cohort.annotations) + 1;
  annotation.image_id = image.id;
  annotation.category_id = cohort.categories.front().id;
  annotation.bbox = bounds(encode_rle(mask));
  annotation.segmentation = contours(mask, 0);
  annotation.mask_origin =
      lesion.mask_origin == MaskOrigin::contour ? MaskOrigin::synthetic : lesion.mask_origin;
  annotation.size_mm = lesion.size_mm * graft.transform.scale;
  annotation.attributes = {{"grafted", true}};
  cohort.annotations.push_back(std::move(annotation));
  cohort.images.push_back(std::move(image));
}

std::string listed(const std::map<std::string, int>& reasons) {
  std::string text;
  for (const auto& [reason, count] : reasons) {
    text += fmt::format("{}{} x {}", text.empty() ? "" : "; ", count, reason);
  }
  return text;
}

Cohort Synthesis::run() {
  log_info(fmt::format("{} lesions of {}, {} left out; {} images to graft onto",
                       bank_.lesions.size(), bank_.lesions.size() + bank_.left_out.size(),
                       bank_.left_out.size(), usable_.size()));
  create_folder(out_ / "images");
  remove_abandoned_temporaries(out_ / "images");
  SynthesisJournal journal(out_, description());
  Cohort cohort;
  cohort.folder = out_;
  cohort.categories = input_.backgrounds.categories;
  if (cohort.categories.empty()) cohort.categories = {{1, "mass"}};
  std::map<std::string, int> failures;
  Json skipped = Json::array();
  const int64_t chunk = 8;
  progress_.start("grafting", options_.count);
  for (int64_t first = 0; first < options_.count; first += chunk) {
    std::vector<Graft> grafts(static_cast<size_t>(std::min(chunk, options_.count - first)));
    parallel_for(std::ssize(grafts), threads_,
                 [&](int64_t k) { grafts[static_cast<size_t>(k)] = plan(first + k); });
    finish(grafts, first, journal);
    for (size_t k = 0; k < grafts.size(); ++k) {
      const int64_t i = first + static_cast<int64_t>(k);
      for (const auto& [reason, count] : grafts[k].failures) failures[reason] += count;
      if (grafts[k].placed) {
        describe(grafts[k], i, journal.background_change(i), cohort);
      } else {
        skipped.push_back({{"image", i + 1}, {"reasons", listed(grafts[k].failures)}});
      }
    }
    progress_.advance(first + std::ssize(grafts));
  }
  progress_.finish();
  if (cohort.images.empty())
    fail(ErrorKind::bad_input, "no synthetic image could be made: {}", listed(failures));
  if (!skipped.empty()) {
    log_warning(fmt::format("{} of {} images could not be made: {}", skipped.size(), options_.count,
                            listed(failures)));
  }
  Json left_out = Json::array();
  for (const LeftOut& one : bank_.left_out) {
    left_out.push_back({{"file_name", one.file_name},
                        {"annotation_id", one.annotation_id},
                        {"reason", one.reason}});
  }
  cohort.info["description"] =
      fmt::format("synthetic: {} masses grafted by {}", cohort.images.size(), method_.name());
  cohort.info["synthesis"] = description();
  cohort.info["lesions_left_out"] = left_out;
  cohort.info["images_skipped"] = skipped;
  cohort.info[PatientSet::kKey] = input_.patients_hashed.to_json();
  write_cohort(cohort);
  journal.remove();
  return cohort;
}

}  // namespace

Cohort synthesize(const SynthesisInput& input, GraftMethod& method, const SynthesisOptions& options,
                  uint64_t seed, int threads, const std::filesystem::path& out,
                  Progress& progress) {
  if (options.count < 1)
    fail(ErrorKind::usage, "--count: found {}, expected 1 or more", options.count);
  return Synthesis(input, method, options, seed, threads, out, progress).run();
}

}  // namespace mammograft
