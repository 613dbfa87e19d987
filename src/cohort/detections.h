// Detections: COCO results JSON (image_id, category_id, bbox xywh, score, RLE segmentation).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "image/box.h"
#include "image/rle.h"

namespace mammograft {

struct Detection {
  int64_t image_id = 0;
  int64_t category_id = 1;
  Box bbox;
  double score = 0;
  std::optional<Rle> mask;
  std::string file_name;  // loose files only; else empty
};

// A plain JSON array. Scores in file order are kept. Beside it, `<name>.meta.json` holds what a
// COCO results file has no room for: the model's provenance (its hashed training patients) and the
// image ids that were searched.
std::vector<Detection> read_detections(const std::filesystem::path& path);
void write_detections(const std::filesystem::path& path, const std::vector<Detection>& detections);

struct DetectionsMeta {
  std::vector<int64_t> image_ids;  // every image that was searched, hits or not
  std::vector<std::string>
      trained_on_hashed;        // hash_patient() of all patients the model learnt from
  Json model = Json::object();  // file, configuration, versions
};
std::filesystem::path detections_meta_path(std::filesystem::path detections_path);
std::optional<DetectionsMeta> read_detections_meta(const std::filesystem::path& detections_path);
void write_detections_meta(const std::filesystem::path& detections_path,
                           const DetectionsMeta& meta);

// What models store instead of a patient's id.
std::string hash_patient(const std::string& patient_id);

}  // namespace mammograft
