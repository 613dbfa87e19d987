// Detections: COCO results JSON (image_id, category_id, bbox xywh, score, RLE segmentation).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"
#include "core/json.h"
#include "image/box.h"
#include "image/polygon.h"
#include "image/rle.h"

namespace mammograft {

struct Detection {
  int64_t image_id = 0;
  int64_t category_id = 1;
  Box bbox;
  double score = 0;
  std::optional<Rle> mask;
  std::string file_name;              // loose files only; else empty
  std::vector<Polygon> outline = {};  // what others write in place of a mask; ours have none
};

// How others' files are to be understood; the functions get the value that stands in the file.
struct DetectionReading {
  // Of an image_id that is not a whole number, or of every one; none: an error.
  std::function<int64_t(const JsonView& image_id)> image_id = {};
  bool numbers_are_ids = true;
  // Of a bbox on the image of that id; none: [x, y, width, height] in pixels.
  std::function<Box(const JsonView& bbox, int64_t image_id)> box = {};
};

// A plain JSON array, or an object that holds it as `annotations`, `predictions` or `detections`.
// The order of the file is kept. One detection after the other is read: beside the file's text
// there are never more than the detections in memory. Beside it, `<name>.meta.json` holds what a
// COCO results file has no room for: the patients from whom the model learnt, and the images that
// were searched.
// Polygons of others are read as the outline, a segmentation of [] as none.
std::vector<Detection> read_detections(const std::filesystem::path& path,
                                       const DetectionReading& reading = {});
void write_detections(const std::filesystem::path& path, const std::vector<Detection>& detections);

struct DetectionsMeta {
  std::vector<int64_t> image_ids;  // every image that was searched, hits or not
  PatientSet patients_hashed;      // from whom the model learnt
  Json model = Json::object();     // file, configuration, versions
  Json dicom = {};                 // UIDs of the images that are DICOM files; null: none is
  // The sum of image_digest() over image_ids; none for loose files, which are in no cohort.
  std::optional<uint64_t> images_digest = {};
};

// The category of what is found in the cohort's images: 1, or where it has none of that number its
// first.
int64_t category_of_detections(const Cohort& cohort);

// Of an image by id and file name, which tells it from one of another cohort.
uint64_t image_digest(int64_t id, const std::string& file_name);

// bad_input where a search in a cohort was in another one than `cohort`: of the same ids, but other
// files. `name`: of the file of detections.
void check_same_images(const Cohort& cohort, const DetectionsMeta& meta, const std::string& name);

std::filesystem::path detections_meta_path(std::filesystem::path detections_path);
std::optional<DetectionsMeta> read_detections_meta(const std::filesystem::path& detections_path);
// The bad_input of whoever must know which images were searched, where the file does not say it.
[[noreturn]] void fail_without_meta(const std::filesystem::path& detections_path);
void write_detections_meta(const std::filesystem::path& detections_path,
                           const DetectionsMeta& meta);

// Both files of a search: detections.json last, which marks it as finished. Where it cannot be
// written the meta file does not stay either.
void write_search(const std::filesystem::path& detections_path,
                  const std::vector<Detection>& detections, const DetectionsMeta& meta);

// For a search that begins: that of an earlier one says nothing of it.
void remove_detections_meta(const std::filesystem::path& detections_path);

}  // namespace mammograft
