#include "cohort/detections.h"

#include "cohort/segmentation_json.h"
#include "core/error.h"

namespace mammograft {

namespace {

void read_segmentation(const JsonView& view, Detection& detection) {
  if (view.json().is_object()) {
    detection.mask = rle_from_json(view);
    return;
  }
  if (!view.json().is_array()) view.reject("run lengths ({\"size\", \"counts\"}) or polygons");
  std::string strays;
  detection.outline = outline_from_json(view, strays);
}

// COCO's mask results may come without a box; COCO.loadRes() takes it from the mask, as here.
Box box_of(const JsonView& view, const Detection& detection) {
  if (view.has("bbox")) return box_from_json(view.at("bbox"));
  if (detection.mask) return bounds(*detection.mask);
  if (detection.outline.empty()) fail(ErrorKind::bad_input, "{}.bbox: missing", view.where());
  return bounds(detection.outline);
}

Detection detection_from_json(const JsonView& view) {
  Detection detection;
  detection.image_id = view.integer("image_id");
  detection.category_id = view.integer("category_id");
  detection.score = view.number("score");
  if (view.has("segmentation")) read_segmentation(view.at("segmentation"), detection);
  detection.bbox = box_of(view, detection);
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
  if (root.has("dicom")) meta.dicom = root.at("dicom").json();
  return meta;
}

void write_detections_meta(const std::filesystem::path& detections_path,
                           const DetectionsMeta& meta) {
  Json json;
  json["image_ids"] = meta.image_ids;
  json[PatientSet::kKey] = meta.patients_hashed.to_json();
  json["model"] = meta.model;
  if (!meta.dicom.is_null()) json["dicom"] = meta.dicom;
  write_json(detections_meta_path(detections_path), json);
}

void write_search(const std::filesystem::path& detections_path,
                  const std::vector<Detection>& detections, const DetectionsMeta& meta) {
  write_detections_meta(detections_path, meta);
  try {
    write_detections(detections_path, detections);
  } catch (...) {
    remove_detections_meta(detections_path);
    throw;
  }
}

void remove_detections_meta(const std::filesystem::path& detections_path) {
  std::error_code ignored;  // alone it says nothing either
  std::filesystem::remove(detections_meta_path(detections_path), ignored);
}

}  // namespace mammograft
