#include "stages/detect.h"

#include <algorithm>
#include <map>
#include <set>

#include "cohort/detections.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/utf8.h"
#include "core/version.h"
#include "detect/ensemble.h"
#include "detect/score_guide.h"
#include "detect/search.h"
#include "image/image_io.h"
#include "nn/compute.h"
#include "pages/overlay.h"
#include "pages/search_table.h"
#include "stages/search_scope.h"
#include "stages/shard_option.h"

namespace mammograft {
namespace {

// The end of a name that no file system finds too long, without half a character of UTF-8.
std::string shortened(const std::string& name) {
  constexpr size_t kLongest = 200;
  size_t begin = name.size() > kLongest ? name.size() - kLongest : 0;
  while (!begins_character(name[begin])) ++begin;
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

// Several images side by side, each on few threads, are faster than one after the other on many. Of
// the number of files alone and not of a shard's, so that a shard gives what the whole would: the
// last digits of a score depend on the threads.
int lanes_of(const DetectOptions& options, const SearchScope& scope, const MassFinder& finder,
             int threads) {
  constexpr int kMost = 8, kFilesForALane = 4;  // each lane needs some hundred megabytes
  if (!finder.many_at_a_time()) {
    if (options.lanes > 1)
      fail(ErrorKind::usage, "--lanes: found {}, but OpenVINO and GPUs look at one image at a time",
           options.lanes);
    return 1;
  }
  if (options.lanes > 0) return options.lanes;
  const int most = std::min(threads, kMost);
  if (!scope.is_loose()) return most;
  return std::clamp(static_cast<int>(std::ssize(scope.items()) / kFilesForALane), 1, most);
}

// The detectors, and what their scores are worth where that is asked for.
class ScoredDetectors {
 public:
  ScoredDetectors(const std::vector<fs::path>& models, const RuntimeOptions& options,
                  const ScoreUse& use)
      : calibration_(calibration_of(models, use)), detectors_(Ensemble::load(models, options)) {
    if (!calibration_) return;
    guide_.emplace(detectors_, *calibration_, use);
    warn_where_run_otherwise(*calibration_, detectors_.description());
  }
  ScoredDetectors(const ScoredDetectors&) = delete;
  ScoredDetectors& operator=(const ScoredDetectors&) = delete;

  const MassFinder& finder() const {
    return guide_ ? static_cast<const MassFinder&>(*guide_) : detectors_;
  }
  std::optional<ScoreGuide::Limit> limit() const { return guide_ ? guide_->limit() : std::nullopt; }
  PatientSet patients_hashed() const {
    PatientSet patients = detectors_.patients_hashed();
    if (guide_) patients.merge(calibration_->patients_hashed);
    return patients;
  }
  Json description() const {
    Json json = detectors_.description();
    if (guide_) json["scores_used"] = guide_->description();
    return json;
  }

 private:
  std::optional<ScoreCalibration> calibration_;
  Ensemble detectors_;
  std::optional<ScoreGuide> guide_;
};

// What becomes of the masses beside detections.json: pictures, DICOM objects, a table. What is
// reported at an operating point is also what is drawn.
class Findings {
 public:
  Findings(const DetectStage& stage, const std::optional<ScoreGuide::Limit>& limit,
           const SearchScope& scope)
      : out_(stage.out),
        drawn_{limit ? limit->score : stage.detect.overlay_min_score, stage.detect.overlay_most,
               stage.detect.overlay_side_px, 0},
        objects_(objects_from(stage.detect.objects, limit), scope.dicom()),
        table_(drawn_.min_score, limit ? limit->words : "") {
    algorithm_.version = MAMMOGRAFT_VERSION;
    algorithm_.model = stage.models.front().filename().string();
    if (limit) algorithm_.operating_point = limit->words;
    listed_ = scope.is_loose();
    if (stage.detect.overlays == "none" || (stage.detect.overlays == "auto" && !scope.is_loose()))
      return;
    pictures_ = overlay_names(scope.items());
    create_folder(out_ / "overlays");
  }

  void add(const SearchItem& item, const cv::Mat& pixels, const std::vector<FoundMass>& masses) {
    if (listed_) table_.add(readable(item.name), masses);
    objects_.add(item.image_id, masses);
    if (pictures_.empty()) return;
    OverlayOptions options = drawn_;
    if (item.spacing_mm) options.mm_per_px = (*item.spacing_mm)[1];
    write_jpeg(out_ / "overlays" / pictures_.at(item.image_id),
               draw_overlay(pixels, masses, options));
  }
  void write() const { objects_.write(out_, algorithm_); }
  void report() const {
    if (listed_) log_info(table_.text());
  }

 private:
  static ObjectOptions objects_from(ObjectOptions options,
                                    const std::optional<ScoreGuide::Limit>& limit) {
    if (limit) options.object_min_score = limit->score;
    return options;
  }

  fs::path out_;
  OverlayOptions drawn_;
  DicomObjects objects_;
  SearchTable table_;
  Algorithm algorithm_;
  bool listed_ = false;
  std::map<int64_t, std::string> pictures_;  // names by image id; none: no pictures are wanted
};

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
  const int threads = context.threads > 0 ? context.threads : hardware_threads();
  set_threads(threads);
  const ScoredDetectors detectors(
      models,
      {detect.precision, context.device, context.threads, detect.masks == "all", detect.engine,
       detect.calibration, detect.mirrors},
      {detect.operating_point, detect.probabilities});
  SearchScope scope(part, files,
                    {detect.mm_per_px, detect.keep_going, threads, detect.selection, detect.grey},
                    Shard::parse(detect.shard, "--shard"));
  remove_detections_meta(file);
  Findings findings(*this, detectors.limit(), scope);
  const int lanes = lanes_of(detect, scope, detectors.finder(), threads);
  set_threads(std::max(1, threads / lanes));  // of each
  scope.keep_shard();
  SearchResult result = search(
      detectors.finder(), scope.items(), {detect.keep_going, lanes},
      [&](const SearchItem& item, const cv::Mat& pixels, const std::vector<FoundMass>& masses) {
        findings.add(item, pixels, masses);
      },
      context.progress);
  if (!scope.is_shard()) check_any_searched(result);
  findings.write();
  scope.name(result.detections);
  DetectionsMeta meta{result.image_ids, detectors.patients_hashed(), detectors.description(),
                      identifiers(scope.dicom())};
  scope.write_records(result, out);
  write_search(file, result.detections, meta);
  findings.report();
  log_info(fmt::format(
      "{}: {} detections on {} images{}", file.string(), result.detections.size(),
      result.image_ids.size(),
      result.failures.empty() ? "" : fmt::format(", {} skipped", result.failures.size())));
}

}  // namespace mammograft
