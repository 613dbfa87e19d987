#include "stages/detect.h"

#include <algorithm>
#include <map>
#include <set>

#include "cohort/detections.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/version.h"
#include "detect/ensemble.h"
#include "detect/score_guide.h"
#include "detect/search.h"
#include "image/image_io.h"
#include "nn/compute.h"
#include "pages/overlay.h"

namespace mammograft {
namespace {

// The end of a name that no file system finds too long, without half a character of UTF-8.
std::string shortened(const std::string& name) {
  constexpr size_t kLongest = 200;
  size_t begin = name.size() > kLongest ? name.size() - kLongest : 0;
  while ((static_cast<unsigned char>(name[begin]) & 0xC0) == 0x80) ++begin;
  return name.substr(begin);
}

// "scans/a.png" -> "scans_a.jpg", by image id. Names that would meet there ("scans/a.pgm",
// "scans_a.png") keep the id too: "scans_a_2.jpg".
std::map<int64_t, std::string> overlay_names(const std::vector<SearchItem>& items) {
  std::map<int64_t, std::string> names;
  std::set<std::string> taken;
  for (const SearchItem& item : items) {
    std::string flat = fs::path(item.name).relative_path().replace_extension().string();
    std::replace(flat.begin(), flat.end(), '/', '_');
    std::string name = shortened(flat);
    while (!taken.insert(name).second) name += fmt::format("_{}", item.image_id);
    names[item.image_id] = name + ".jpg";
  }
  return names;
}

using Seen = std::function<void(const SearchItem&, const cv::Mat&, const std::vector<FoundMass>&)>;

// Writes folder/overlays; nothing where no pictures are wanted.
Seen draws_overlays(const fs::path& folder, const DetectOptions& options,
                    const std::vector<SearchItem>& items, bool loose) {
  if (options.overlays == "none" || (options.overlays == "auto" && !loose)) return {};
  create_folder(folder / "overlays");
  return [folder, options, names = overlay_names(items)](
             const SearchItem& item, const cv::Mat& pixels, const std::vector<FoundMass>& found) {
    write_jpeg(folder / "overlays" / names.at(item.image_id),
               draw_overlay(pixels, found, options.overlay_min_score, options.overlay_most,
                            options.overlay_side_px));
  };
}

// The UIDs of images by their ids; null where none is DICOM.
Json identifiers(const std::map<int64_t, DicomImage>& dicom) {
  Json list;
  for (const auto& [id, image] : dicom) {
    const Mammogram& header = image.header;
    list.push_back({{"image_id", id},
                    {"study_instance_uid", header.study},
                    {"series_instance_uid", header.series},
                    {"sop_instance_uid", header.instance}});
  }
  return list;
}

// Detections use the truth file's category ids: a cohort with one category gets that id.
void use_category_ids(const Cohort& cohort, std::vector<Detection>& detections) {
  if (cohort.categories.size() != 1) return;
  for (Detection& detection : detections) detection.category_id = cohort.categories.front().id;
}

// What the model's file says of its scores, where that is asked for.
std::optional<ScoreCalibration> calibration_of(const std::vector<fs::path>& models,
                                               const ScoreUse& use) {
  if (!use.asked()) return std::nullopt;
  if (models.size() > 1) {
    fail(ErrorKind::usage,
         "operating_point: found {} models, expected one: fused scores are others", models.size());
  }
  std::optional<ScoreCalibration> calibration = read_score_calibration(models.front());
  if (!calibration) {
    fail(ErrorKind::usage,
         "{}: knows nothing of what its scores are worth; mammograft operating-points tells it",
         models.front().string());
  }
  // An operating point that it does not have is known before a network is loaded.
  if (use.operating_point != 0) (void)calibration->at(use.operating_point);
  return calibration;
}

// Mirrors, the engine and its arithmetic move scores.
void warn_where_run_otherwise(const ScoreCalibration& calibration, const Json& description) {
  for (const auto& [key, value] : calibration.made_with.items()) {
    if (value.is_null() || !description.contains(key) || description[key] == value) continue;
    log_warning(fmt::format("operating point: learnt with {} {}, now {}", key, value.dump(),
                            description[key].dump()));
  }
}

}  // namespace

std::vector<fs::path> DetectStage::inputs() const {
  std::vector<fs::path> paths = models;
  for (const fs::path& path : part.inputs()) paths.push_back(path);
  paths.insert(paths.end(), files.begin(), files.end());
  if (!detect.calibration.empty()) paths.emplace_back(detect.calibration);
  return paths;
}

Json DetectStage::options() const {
  Json json = to_json(detect);
  json["part"] = part.selection();
  return json;
}

void DetectStage::check() const {
  check_one_source("detect", part, files);
  mammograft::check(detect.objects);
}

void DetectStage::run(const RunContext& context) {
  const fs::path file = out / "detections.json";
  set_threads(context.threads);
  const ScoreUse use{detect.operating_point, detect.probabilities};
  const std::optional<ScoreCalibration> calibration = calibration_of(models, use);
  const Ensemble detectors = Ensemble::load(
      models, {detect.precision, context.device, context.threads, detect.masks == "all",
               detect.engine, detect.calibration, detect.mirrors});
  std::optional<ScoreGuide> guide;
  if (calibration) guide.emplace(detectors, *calibration, use);
  const bool loose = part.cohorts.empty();
  const Cohort cohort = loose ? Cohort{} : part.testing();
  if (!detect.keep_going) check_files(cohort);
  LooseFiles found;
  if (loose) {
    found = loose_files(files, {detect.mm_per_px, detect.keep_going,
                                context.threads > 0 ? context.threads : hardware_threads(),
                                detect.selection, detect.grey});
    found.left_out.report();
  }
  const std::vector<SearchItem> items = loose ? std::move(found.items) : cohort_items(cohort);
  remove_detections_meta(file);
  DetectOptions shown = detect;  // what is reported is drawn
  if (const auto limit = guide ? guide->limit() : std::nullopt)
    shown.overlay_min_score = shown.objects.object_min_score = limit->score;
  DicomObjects objects(shown.objects, found.dicom);
  const Seen draw = draws_overlays(out, shown, items, loose);
  const Seen seen = [&](const SearchItem& item, const cv::Mat& pixels,
                        const std::vector<FoundMass>& masses) {
    if (draw) draw(item, pixels, masses);
    objects.add(item.image_id, masses);
  };
  const MassFinder& finder = guide ? static_cast<const MassFinder&>(*guide) : detectors;
  SearchResult result = search(finder, items, detect.keep_going, seen, context.progress);
  Algorithm algorithm;
  algorithm.version = MAMMOGRAFT_VERSION;
  algorithm.model = models.front().filename().string();
  if (const auto limit = guide ? guide->limit() : std::nullopt)
    algorithm.operating_point = limit->words;
  objects.write(out, algorithm);
  use_category_ids(cohort, result.detections);
  if (!loose) {
    for (Detection& detection : result.detections) detection.file_name.clear();
  }
  for (const SearchFailure& failure : result.failures)
    found.left_out.add(failure.name, failure.message);
  found.left_out.write(out / "left_out.csv");
  DetectionsMeta meta{result.image_ids, detectors.patients_hashed(), detectors.description(),
                      identifiers(found.dicom)};
  if (guide) {
    warn_where_run_otherwise(*calibration, meta.model);
    meta.model["scores_used"] = guide->description();
    meta.patients_hashed.merge(calibration->patients_hashed);
  }
  write_search(file, result.detections, meta);
  log_info(fmt::format(
      "{}: {} detections on {} images{}", file.string(), result.detections.size(),
      result.image_ids.size(),
      result.failures.empty() ? "" : fmt::format(", {} skipped", result.failures.size())));
}

}  // namespace mammograft
