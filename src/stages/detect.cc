#include "stages/detect.h"

#include <algorithm>
#include <map>
#include <set>

#include "cohort/detections.h"
#include "cohort/shard_record.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/version.h"
#include "detect/ensemble.h"
#include "detect/score_guide.h"
#include "detect/search.h"
#include "image/image_io.h"
#include "nn/compute.h"
#include "pages/overlay.h"
#include "stages/request.h"
#include "stages/shard_option.h"

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

// Of what whole the search is a part: of a shard that was asked for, or of the search in a cohort
// that is a shard itself. Nothing where it is a whole.
std::optional<ShardRecord> record_of_search(const CohortPart& part, const Cohort& cohort,
                                            const Shard& shard) {
  ShardRecord record;
  record.shard = shard;
  const fs::path folder = part.cohorts.size() == 1 ? fs::path(part.cohorts.front()) : fs::path();
  auto origin = folder.empty() ? std::nullopt : read_shard_record(folder);
  if (!origin) return shard.divides ? std::optional(record) : std::nullopt;
  if (shard.divides)
    fail(ErrorKind::usage, "--shard: found {}, but {} is shard {} of a cohort already",
         shard.text(), folder.string(), origin->shard.text());
  if (origin->places.size() != cohort.images.size()) return std::nullopt;  // a part of a shard
  origin->skipped.clear();
  origin->origin = {digest_of(folder), digest_of_whole(folder)};
  return origin;
}

void check_files_of(const Shard& shard, const Cohort& cohort) {
  if (!shard.divides) return check_files(cohort);
  check_files(filter(cohort, [&](const ImageRecord& image) {
    return shard.holds(image.patient_id.empty() ? image.file_name : image.patient_id);
  }));
}

// Those of the shard, each with its place in the whole.
std::vector<SearchItem> part_of(std::vector<SearchItem> all, const Shard& shard,
                                std::optional<ShardRecord>& record) {
  const int64_t images = std::ssize(all);
  std::vector<SearchItem> items = shard_items(std::move(all), shard);
  if (!record) return items;
  record->assigned = std::ssize(items);
  if (!record->origin) record->images = images;
  if (!record->origin) return items;
  for (size_t i = 0; i < items.size(); ++i) items[i].place = record->places[i];
  return items;
}

void forget_others(const std::vector<SearchItem>& items, std::map<int64_t, DicomImage>& dicom) {
  std::set<int64_t> own;
  for (const SearchItem& item : items) own.insert(item.image_id);
  std::erase_if(dicom, [&](const auto& image) { return !own.contains(image.first); });
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
  Json json = without_empty_shard(to_json(detect));
  json["part"] = part.selection();
  return json;
}

void DetectStage::check() const {
  check_one_source("detect", part, files);
  (void)Shard::parse(detect.shard, "--shard");
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
  const Shard shard = Shard::parse(detect.shard, "--shard");
  std::optional<ShardRecord> record = record_of_search(part, cohort, shard);
  if (!detect.keep_going) check_files_of(shard, cohort);
  LooseFiles found;
  if (loose) {
    found = loose_files(files, {detect.mm_per_px, detect.keep_going,
                                context.threads > 0 ? context.threads : hardware_threads(),
                                detect.selection, detect.grey});
    found.left_out.keep([&](const fs::path& file) { return shard.holds(file.string()); });
    found.left_out.report();
  }
  std::vector<SearchItem> all = loose ? std::move(found.items) : cohort_items(cohort);
  remove_detections_meta(file);
  DetectOptions shown = detect;  // what is reported is drawn
  if (const auto limit = guide ? guide->limit() : std::nullopt)
    shown.overlay_min_score = shown.objects.object_min_score = limit->score;
  DicomObjects objects(shown.objects, found.dicom);
  const Seen draw = draws_overlays(out, shown, all, loose);
  const std::vector<SearchItem> items = part_of(std::move(all), shard, record);
  if (shard.divides) forget_others(items, found.dicom);
  const Seen seen = [&](const SearchItem& item, const cv::Mat& pixels,
                        const std::vector<FoundMass>& masses) {
    if (draw) draw(item, pixels, masses);
    objects.add(item.image_id, masses);
  };
  const MassFinder& finder = guide ? static_cast<const MassFinder&>(*guide) : detectors;
  SearchResult result = search(finder, items, detect.keep_going, seen, context.progress);
  if (!record) check_any_searched(result);
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
    found.left_out.add(failure.name, failure.message, place_in_phase(1, failure.place));
  found.left_out.write(out / "left_out.csv");
  DetectionsMeta meta{result.image_ids, detectors.patients_hashed(), detectors.description(),
                      identifiers(found.dicom)};
  if (guide) {
    warn_where_run_otherwise(*calibration, meta.model);
    meta.model["scores_used"] = guide->description();
    meta.patients_hashed.merge(calibration->patients_hashed);
  }
  remove_shard_record(out);
  if (record) {
    record->places = result.places;
    record->left_out = found.left_out.places();
    write_shard_record(out, *record);
  }
  write_search(file, result.detections, meta);
  log_info(fmt::format(
      "{}: {} detections on {} images{}", file.string(), result.detections.size(),
      result.image_ids.size(),
      result.failures.empty() ? "" : fmt::format(", {} skipped", result.failures.size())));
}

}  // namespace mammograft
