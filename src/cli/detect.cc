#include <algorithm>
#include <map>
#include <set>

#include "cli/cohort_part.h"
#include "cli/command.h"
#include "cli/overlay.h"
#include "cli/search_items.h"
#include "cohort/detections.h"
#include "core/files.h"
#include "core/log.h"
#include "detect/ensemble.h"
#include "detect/search.h"
#include "image/image_io.h"
#include "nn/compute.h"

namespace mammograft {
namespace {

struct DetectCommandOptions {
  std::string engine = "torch";
  std::string precision = "auto";
  std::string calibration;
  std::string mirrors = "none";
  std::string masks = "likely";
  std::string overlays = "auto";
  double overlay_min_score = 0.2;
  int overlay_most = 5;
  int overlay_side_px = 1024;
  double mm_per_px = 0;
  bool keep_going = false;
  template <typename V>
  void fields(V&& v) {
    v.choice("engine", engine, {"torch", "openvino"}, "what computes the convolutions");
    v.choice("precision", precision, {"auto", "fp32", "bf16", "int8"},
             "arithmetic of the convolutions; int8: with --engine openvino and --calibration");
    v("calibration", calibration, "file of mammograft calibrate, for int8");
    v.choice("mirrors", mirrors, {"none", "x", "xy"},
             "look at mirror images too and fuse what they show: x: 2 looks, xy: 4; more is found, "
             "in as many times the time");
    v.choice("masks", masks, {"likely", "all"},
             "outline detections with scores of 0.05 and more, or all of them");
    v.choice("overlays", overlays, {"auto", "all", "none"},
             "pictures with outlines and scores; auto: for files, not for cohorts");
    v("overlay_min_score", overlay_min_score, "lowest score that is drawn");
    v("overlay_most", overlay_most, "most detections drawn on a picture");
    v("overlay_side_px", overlay_side_px, "longest side of a picture");
    v("mm_per_px", mm_per_px,
      "pixel spacing of loose files, for models that work in mm; 0: not known");
    v("keep_going", keep_going, "report and skip files that cannot be read, instead of stopping");
  }
};

// "scans/a.png" -> "scans_a.jpg", by image id. Names that would meet there ("scans/a.pgm",
// "scans_a.png") keep the id too: "scans_a_2.jpg".
std::map<int64_t, std::string> overlay_names(const std::vector<SearchItem>& items) {
  std::map<int64_t, std::string> names;
  std::set<std::string> taken;
  for (const SearchItem& item : items) {
    std::string flat = fs::path(item.name).relative_path().replace_extension().string();
    std::replace(flat.begin(), flat.end(), '/', '_');
    std::string name = flat;
    while (!taken.insert(name).second) name += fmt::format("_{}", item.image_id);
    names[item.image_id] = name + ".jpg";
  }
  return names;
}

// Detections use the truth file's category ids: a cohort with one category gets that id.
void use_category_ids(const Cohort& cohort, std::vector<Detection>& detections) {
  if (cohort.categories.size() != 1) return;
  for (Detection& detection : detections) detection.category_id = cohort.categories.front().id;
}

void run_detect(const std::vector<fs::path>& models, const CohortPart& part,
                const std::vector<std::string>& files, const fs::path& out,
                const DetectCommandOptions& options, Command& command) {
  check_one_source("detect", part, files);
  begin_output(out, "detections.json", command.common().force);
  set_threads(command.common().threads);
  const Ensemble detectors = Ensemble::load(
      models, {options.precision, command.common().device, command.common().threads,
               options.masks == "all", options.engine, options.calibration, options.mirrors});
  const bool loose = part.cohorts.empty();
  const Cohort cohort = loose ? Cohort{} : part.testing();
  const std::vector<SearchItem> items =
      loose ? loose_items(files, options.mm_per_px) : cohort_items(cohort);
  const bool overlays = options.overlays == "all" || (options.overlays == "auto" && loose);
  std::map<int64_t, std::string> names;
  if (overlays) {
    create_folder(out / "overlays");
    names = overlay_names(items);
  }
  const auto draw = [&](const SearchItem& item, const cv::Mat& pixels,
                        const std::vector<FoundMass>& found) {
    write_jpeg(out / "overlays" / names.at(item.image_id),
               draw_overlay(pixels, found, options.overlay_min_score, options.overlay_most,
                            options.overlay_side_px));
  };
  using Seen =
      std::function<void(const SearchItem&, const cv::Mat&, const std::vector<FoundMass>&)>;
  SearchResult result = search(detectors, items, options.keep_going, overlays ? Seen(draw) : Seen(),
                               command.progress());
  use_category_ids(cohort, result.detections);
  if (!loose) {
    for (Detection& detection : result.detections) detection.file_name.clear();
  }
  write_detections_meta(out / "detections.json",
                        {result.image_ids, detectors.patients_hashed(), detectors.description()});
  write_detections(out / "detections.json", result.detections);
  log_info(fmt::format(
      "{}: {} detections on {} images{}", (out / "detections.json").string(),
      result.detections.size(), result.image_ids.size(),
      result.failures.empty() ? "" : fmt::format(", {} skipped", result.failures.size())));
}

}  // namespace

std::unique_ptr<Command> detect_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "detect",
      "Look for masses in files, folders or a cohort (with --fold: its test part).");
  auto options = std::make_shared<DetectCommandOptions>();
  auto part = std::make_shared<CohortPart>();
  auto models = std::make_shared<std::vector<fs::path>>();
  auto out = std::make_shared<std::string>();
  auto files = std::make_shared<std::vector<std::string>>();
  command->app()
      .add_option("files", *files, "images and folders (PNG, JPEG, PGM)")
      ->type_name("FILE|DIR");
  command->app()
      .add_option("--model", *models,
                  "detector (RUN/model.safetensors); may be given several times: what they find is "
                  "fused")
      ->required()
      ->allow_extra_args(false)
      ->type_name("FILE");
  command->app()
      .add_option("--out", *out, "folder for detections.json and overlays/")
      ->required()
      ->type_name("DIR");
  part->add_to(command->app(), /*required=*/false);
  command->describe_options(*options);
  command->action([=, &c = *command] { run_detect(*models, *part, *files, *out, *options, c); });
  return command;
}

}  // namespace mammograft
