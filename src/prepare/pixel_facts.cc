#include "prepare/pixel_facts.h"

#include "cohort/segmentation_json.h"
#include "core/sha256.h"
#include "core/utf8.h"

namespace mammograft {
namespace {

Json described(const SourceImage& image) {
  const ImageRecord& record = image.record;
  Json json = {{"file", readable(image.file.string())}, {"file_name", record.file_name},
               {"patient", record.patient_id},          {"sizes", {record.width, record.height}},
               {"acquisition", record.acquisition},     {"findings", Json::array()}};
  for (const Annotation& annotation : image.annotations) {
    json["findings"].push_back({box_to_json(annotation.bbox), annotation.attributes,
                                annotation.segmentation.index(), annotation.ignore});
  }
  return json;
}

}  // namespace

Json pixel_facts_to_json(const ImageRecord& record) {
  return {{"acquisition", record.acquisition},
          {"breast_bbox", record.breast_bbox ? box_to_json(*record.breast_bbox) : Json()},
          {"breast_contour", polygons_to_json(record.breast_contour)},
          {"pectoral_contour", polygons_to_json(record.pectoral_contour)}};
}

void pixel_facts_from_json(const JsonView& view, ImageRecord& record) {
  record.acquisition = view.at("acquisition").json();
  record.breast_bbox.reset();
  if (!view.at("breast_bbox").json().is_null())
    record.breast_bbox = box_from_json(view.at("breast_bbox"));
  record.breast_contour = polygons_from_json(view.at("breast_contour"));
  record.pectoral_contour = polygons_from_json(view.at("pectoral_contour"));
}

std::string plan_digest(const Import& import, const ImportOptions& options) {
  ImportOptions deciding = options;
  Json all = {{"info", import.info}, {"options", to_json(deciding)}};
  std::string text = all.dump();
  if (import.resize) text += fmt::format("{} x {}", (*import.resize)[0], (*import.resize)[1]);
  for (const SourceImage& image : import.images) text += described(image).dump();
  return sha256_hex(text);
}

}  // namespace mammograft
