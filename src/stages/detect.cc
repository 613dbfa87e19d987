#include "stages/detect.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "cohort/detections.h"
#include "core/expect.h"
#include "core/log.h"
#include "core/parallel.h"
#include "detect/search.h"
#include "nn/compute.h"
#include "stages/scored_detectors.h"
#include "stages/search_scope.h"
#include "stages/shard_option.h"
#include "stages/shown_findings.h"

namespace mammograft {
namespace {

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

// Of a cohort's images that were searched.
std::optional<uint64_t> images_digest(const SearchScope& scope, const std::vector<int64_t>& ids) {
  if (scope.is_loose()) return std::nullopt;
  std::unordered_map<int64_t, const std::string*> names;
  for (const SearchItem& item : scope.items()) names.emplace(item.image_id, &item.name);
  uint64_t digest = 0;
  for (const int64_t id : ids) digest += image_digest(id, *names.at(id));
  return digest;
}

// People who look at files see the detector at an operating point, without asking for it.
ScoreUse score_use(const DetectStage& stage) {
  constexpr double kShownFppi = 0.5;
  const DetectOptions& options = stage.detect;
  ScoreUse use{options.operating_point.value_or(0), options.probabilities};
  if (options.operating_point || stage.files.empty() ||
      !has_operating_point(stage.models, kShownFppi))
    return use;
  use.operating_point = kShownFppi;
  use.only_shown = true;
  return use;
}

// From which score masses are shown, and which operating point that is, if any.
ScoreGuide::Limit shown_from(const DetectOptions& options,
                             const std::optional<ScoreGuide::Limit>& limit) {
  constexpr double kWithoutAPoint = 0.2;
  if (!options.min_score) return limit.value_or(ScoreGuide::Limit{kWithoutAPoint, ""});
  const bool cut = options.operating_point && limit && limit->score >= *options.min_score;
  return cut ? *limit : ScoreGuide::Limit{*options.min_score, ""};  // below it nothing is left
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

std::vector<std::string> DetectStage::unfinished() const {
  const fs::path meta = detections_meta_path(out / "detections.json");
  std::vector<std::string> names = {meta.filename().string(), "left_out.csv", "shard.json"};
  if (!fs::exists(meta)) return names;
  for (std::string& name : shown_findings_in(out)) names.push_back(std::move(name));
  return names;
}

void DetectStage::check() const {
  check_one_source("detect", part, files);
  (void)Shard::parse(detect.shard, "--shard");
  mammograft::check(detect.objects);
  expect_at_least("overlay_most", detect.overlay_most, 1);
  expect_at_least("overlay_side_px", detect.overlay_side_px, 64);
  expect_at_least("lanes", detect.lanes, 0);
  expect_at_least("mm_per_px", detect.mm_per_px, 0);
}

void DetectStage::run(const RunContext& context) {
  const fs::path file = out / "detections.json";
  const int threads = context.threads > 0 ? context.threads : hardware_threads();
  set_threads(threads);
  const ScoredDetectors detectors(
      models,
      {detect.precision, context.device, context.threads, detect.masks == "all", detect.engine,
       detect.calibration, detect.mirrors},
      score_use(*this));
  SearchScope scope(part, files,
                    {detect.mm_per_px, detect.keep_going, threads, detect.selection, detect.grey,
                     !detect.objects.objects.empty()},
                    Shard::parse(detect.shard, "--shard"));
  if (fs::exists(detections_meta_path(file))) {  // of a search that was killed
    for (const std::string& name : shown_findings_in(out)) fs::remove(out / name);
  }
  remove_detections_meta(file);
  ShownFindings findings(
      out, {detect.overlays, detect.overlay_most, detect.overlay_side_px, detect.objects},
      shown_from(detect, detectors.limit()), detectors.names(), scope);
  if (findings.any_wanted() && !detect.min_score && !detectors.limit()) {
    log_info(
        "no operating point is used: pictures and objects show scores of 0.2 and more "
        "(mammograft operating-points learns points from held-out patients)");
  }
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
                      identifiers(scope.dicom()), images_digest(scope, result.image_ids)};
  scope.write_records(result, out);
  write_search(file, result.detections, meta);
  findings.report();
  log_info(fmt::format(
      "{}: {} detections on {} images{}", file.string(), result.detections.size(),
      result.image_ids.size(),
      result.failures.empty() ? "" : fmt::format(", {} skipped", result.failures.size())));
}

}  // namespace mammograft
