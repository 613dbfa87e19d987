#include "cohort/detections.h"

#include "cohort/segmentation_json.h"
#include "core/error.h"

namespace mammograft {

namespace {

Detection detection_from_json(const JsonView& view) {
  Detection detection;
  detection.image_id = view.integer("image_id");
  detection.category_id = view.integer("category_id");
  detection.score = view.number("score");
  if (view.has("segmentation")) {
    if (!view.at("segmentation").json().is_object()) {
      view.at("segmentation").reject("run lengths ({\"size\", \"counts\"})");
    }
    detection.mask = rle_from_json(view.at("segmentation"));
  }
  // COCO's mask results may come without a box; COCO.loadRes() takes it from the mask, as here.
  detection.bbox = view.has("bbox") || !detection.mask ? box_from_json(view.at("bbox"))
                                                       : bounds(*detection.mask);
  detection.file_name = view.string_or("file_name", "");
  return detection;
}

Json detection_to_json(const Detection& detection) {
  Json json;
  json["image_id"] = detection.image_id;
  json["category_id"] = detection.category_id;
  json["bbox"] = box_to_json(detection.bbox);
  json["score"] = detection.score;
  if (detection.mask) json["segmentation"] = rle_to_json(*detection.mask);
  if (!detection.file_name.empty()) json["file_name"] = detection.file_name;
  return json;
}

}  // namespace

std::filesystem::path detections_meta_path(std::filesystem::path detections_path) {
  return detections_path.replace_extension(".meta.json");
}

std::vector<Detection> read_detections(const std::filesystem::path& path) {
  const Json json = read_json(path);
  const JsonView root(json, path.string());
  if (!json.is_array()) root.reject("an array of detections (COCO results)");
  std::vector<Detection> detections;
  detections.reserve(root.size());
  for (size_t i = 0; i < root.size(); ++i) detections.push_back(detection_from_json(root.at(i)));
  return detections;
}

void write_detections(const std::filesystem::path& path, const std::vector<Detection>& detections) {
  Json json = Json::array();
  for (const Detection& detection : detections) json.push_back(detection_to_json(detection));
  write_json(path, json);
}

std::optional<DetectionsMeta> read_detections_meta(const std::filesystem::path& detections_path) {
  const std::filesystem::path path = detections_meta_path(detections_path);
  if (!std::filesystem::exists(path)) return std::nullopt;
  const Json json = read_json(path);
  const JsonView root(json, path.string());
  DetectionsMeta meta;
  const JsonView ids = root.at("image_ids");
  for (size_t i = 0; i < ids.size(); ++i) meta.image_ids.push_back(ids.at(i).integer());
  meta.patients_hashed = PatientSet::from_json(root);
  meta.model = root.at("model").json();
  if (!meta.model.is_object()) root.at("model").reject("an object");
  return meta;
}

void write_detections_meta(const std::filesystem::path& detections_path,
                           const DetectionsMeta& meta) {
  Json json;
  json["image_ids"] = meta.image_ids;
  json[PatientSet::kKey] = meta.patients_hashed.to_json();
  json["model"] = meta.model;
  write_json(detections_meta_path(detections_path), json);
}

}  // namespace mammograft
