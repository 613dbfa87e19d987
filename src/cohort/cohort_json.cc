// cohort.json out, and in by cohort/coco_file.h.
#include "cohort/cohort_json.h"

#include <map>

#include "cohort/coco_file.h"
#include "cohort/patients.h"
#include "cohort/segmentation_json.h"
#include "core/error.h"

namespace mammograft {

Json image_to_json(const ImageRecord& image) {
  Json json;
  json["id"] = image.id;
  json["file_name"] = image.file_name;
  json["width"] = image.width;
  json["height"] = image.height;
  json["patient_id"] = image.patient_id;
  json["laterality"] = image.laterality;
  json["view"] = image.view;
  json["pixel_spacing_mm"] = nullptr;
  if (image.pixel_spacing_mm) json["pixel_spacing_mm"] = *image.pixel_spacing_mm;
  json["status"] = to_string(image.status);
  if (!image.split.empty()) json["split"] = image.split;
  if (image.breast_bbox) json["breast_bbox"] = box_to_json(*image.breast_bbox);
  if (!image.breast_contour.empty()) {
    json["breast_contour"] = polygons_to_json(image.breast_contour);
  }
  if (!image.pectoral_contour.empty()) {
    json["pectoral_contour"] = polygons_to_json(image.pectoral_contour);
  }
  json["acquisition"] = image.acquisition;
  if (image.source) json["source"] = provenance_to_json(*image.source);
  return json;
}

Json annotation_to_json(const Annotation& annotation, int64_t area) {
  Json json;
  json["id"] = annotation.id;
  json["image_id"] = annotation.image_id;
  json["category_id"] = annotation.category_id;
  json["bbox"] = box_to_json(annotation.bbox);
  json["area"] = area;
  if (const auto* rle = std::get_if<Rle>(&annotation.segmentation)) {
    json["segmentation"] = rle_to_json(*rle);
  } else if (const auto* polygons = std::get_if<std::vector<Polygon>>(&annotation.segmentation)) {
    json["segmentation"] = polygons_to_json(*polygons);
  } else {
    json["segmentation"] = Json::array();
  }
  json["iscrowd"] = annotation.ignore ? 1 : 0;
  json["mask_origin"] = to_string(annotation.mask_origin);
  if (annotation.size_mm) json["size_mm"] = *annotation.size_mm;
  if (!annotation.attributes.empty()) json["attributes"] = annotation.attributes;
  return json;
}

Cohort read_cohort(const std::filesystem::path& path) {
  const bool is_folder = std::filesystem::is_directory(path);
  const std::filesystem::path file = is_folder ? path / "cohort.json" : path;
  if (is_folder && !std::filesystem::exists(file)) {
    fail(ErrorKind::io, "{}: no cohort.json in this folder; is it a finished cohort?",
         path.string());
  }
  CocoReading reading;
  reading.ours = is_own_cohort(path);
  return read_coco_file(file, reading).cohort;
}

void write_cohort(const Cohort& cohort) {
  std::map<int64_t, const ImageRecord*> image_of;
  Json json;
  json["info"] = cohort.info;
  json["categories"] = Json::array();
  for (const Category& category : cohort.categories) {
    Json item;
    item["id"] = category.id;
    item["name"] = category.name;
    json["categories"].push_back(std::move(item));
  }
  json["images"] = Json::array();
  for (const ImageRecord& image : cohort.images) {
    image_of[image.id] = &image;
    json["images"].push_back(image_to_json(image));
  }
  json["annotations"] = Json::array();
  for (const Annotation& annotation : cohort.annotations) {
    const auto image = image_of.find(annotation.image_id);
    ensure(image != image_of.end(), "annotation {}: no image {}", annotation.id,
           annotation.image_id);
    const int64_t pixels = area(annotation_mask(annotation, *image->second));
    json["annotations"].push_back(annotation_to_json(annotation, pixels));
  }
  write_json(cohort.folder / "cohort.json", json);
}

}  // namespace mammograft
