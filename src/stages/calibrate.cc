#include "stages/calibrate.h"

#include <set>

#include "cohort/patients.h"
#include "core/log.h"
#include "core/rng.h"
#include "detect/int8_calibration.h"
#include "nn/compute.h"
#include "stages/search_items.h"

namespace mammograft {
namespace {

std::vector<SearchItem> drawn(std::vector<SearchItem> items, int count, uint64_t seed) {
  if (count == 0 || static_cast<size_t>(count) >= items.size()) return items;
  Rng(seed).fork("calibrate").shuffle(items);
  items.resize(static_cast<size_t>(count));
  return items;
}

std::set<int64_t> ids_of(const std::vector<SearchItem>& items) {
  std::set<int64_t> ids;
  for (const SearchItem& item : items) ids.insert(item.image_id);
  return ids;
}

}  // namespace

std::vector<fs::path> CalibrateStage::inputs() const {
  std::vector<fs::path> paths = part.inputs();
  paths.insert(paths.end(), files.begin(), files.end());
  paths.push_back(model);
  return paths;
}

Json CalibrateStage::options() const {
  Json json = to_json(calibration);
  json["part"] = part.selection();
  return json;
}

void CalibrateStage::check() const {
  check_one_source("calibrate", part, files);
  if (calibration.images < 0)
    fail(ErrorKind::usage, "images: found {}, expected 0 or more", calibration.images);
}

void CalibrateStage::run(const RunContext& context) {
  const Cohort cohort = files.empty() ? part.training() : Cohort{};
  const std::vector<SearchItem> items = drawn(
      files.empty() ? cohort_items(cohort) : loose_files(files, {calibration.mm_per_px}).items,
      calibration.images, context.seed);
  if (items.empty()) fail(ErrorKind::bad_input, "calibrate: no image");
  set_threads(context.threads);
  Int8Calibration learnt = calibrate_int8(model, items, context.threads, context.progress);
  if (files.empty()) learnt.patients_hashed = patients_behind(cohort, ids_of(items));
  write_calibration(out, learnt);
  log_info(fmt::format("{}: {} ranges from {} images of {} known patients", out.string(),
                       learnt.ranges.size(), learnt.images, learnt.patients_hashed.size()));
}

}  // namespace mammograft
