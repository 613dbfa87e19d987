#include "cohort/detections.h"

#include <array>
#include <charconv>
#include <map>

#include "cohort/segmentation_json.h"
#include "core/error.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/json_elements.h"

namespace mammograft {

namespace {

uint64_t digest_from(const JsonView& view) {
  const std::string text = view.string();
  uint64_t digest = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), digest, 16);
  if (error != std::errc() || end != text.data() + text.size()) view.reject("a hexadecimal number");
  return digest;
}

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
Box box_of(const JsonView& view, const Detection& detection, const DetectionReading& reading) {
  if (view.has("bbox")) {
    const JsonView box = view.at("bbox");
    return reading.box ? reading.box(box, detection.image_id) : box_from_json(box);
  }
  if (detection.mask) return bounds(*detection.mask);
  if (detection.outline.empty()) fail(ErrorKind::bad_input, "{}.bbox: missing", view.where());
  return bounds(detection.outline);
}

// Nothing where box_from_json() would have to say what is wrong.
std::optional<Box> plain_box(const Json& json) {
  if (!json.is_array() || json.size() != 4) return std::nullopt;
  std::array<double, 4> v{};
  for (size_t i = 0; i < 4; ++i) {
    if (!json[i].is_number()) return std::nullopt;
    v[i] = json[i].get<double>();
  }
  if (v[2] < 0 || v[3] < 0) return std::nullopt;
  return Box{v[0], v[1], v[0] + v[2], v[1] + v[3]};
}

bool is_small_integer(const Json& json) {
  return json.is_number_unsigned() && json.get<uint64_t>() <= uint64_t{INT64_MAX};
}

// A detection as nearly all are, whole numbers for ids, a box and nothing else, without the names
// of places that a view keeps for its errors: they cost more than the values. Whether it is one.
bool read_plain(const Json& json, Detection& detection) {
  if (!json.is_object()) return false;
  int keys = 0;
  for (const auto& [key, value] : json.items()) {
    if (key == "image_id" && is_small_integer(value)) {
      detection.image_id = value.get<int64_t>();
    } else if (key == "category_id" && is_small_integer(value)) {
      detection.category_id = value.get<int64_t>();
    } else if (key == "score" && value.is_number()) {
      detection.score = value.get<double>();
    } else if (key == "bbox") {
      const std::optional<Box> box = plain_box(value);
      if (!box) return false;
      detection.bbox = *box;
    } else {
      return false;
    }
    ++keys;
  }
  return keys == 4;  // an object has each key once
}

int64_t image_id_of(const JsonView& view, const DetectionReading& reading) {
  const bool is_id = reading.numbers_are_ids && view.json().is_number();
  return is_id || !reading.image_id ? view.integer() : reading.image_id(view);
}

Detection detection_from_json(const JsonView& view, const DetectionReading& reading) {
  Detection detection;
  detection.image_id = image_id_of(view.at("image_id"), reading);
  detection.category_id = view.integer("category_id");
  detection.score = view.number("score");
  if (view.has("segmentation")) read_segmentation(view.at("segmentation"), detection);
  detection.bbox = box_of(view, detection, reading);
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

std::vector<Detection> read_detections(const std::filesystem::path& path,
                                       const DetectionReading& reading) {
  static const JsonArrayPlace place = {
      {"annotations", "predictions", "detections"},
      "an array of detections (COCO results), or an object with one as annotations, predictions or "
      "detections"};
  const bool as_usual = reading.numbers_are_ids && !reading.box;
  std::vector<Detection> detections;
  for_each_element(read_file(path), path.string(), place, [&](const JsonView& view) {
    Detection& detection = detections.emplace_back();
    if (as_usual && read_plain(view.json(), detection)) return;
    detection = detection_from_json(view, reading);
  });
  return detections;
}

void write_detections(const std::filesystem::path& path, const std::vector<Detection>& detections) {
  Json json = Json::array();
  for (const Detection& detection : detections) json.push_back(detection_to_json(detection));
  write_json(path, json);
}

int64_t category_of_detections(const Cohort& cohort) {
  const std::vector<Category>& all = cohort.categories;
  const auto is_first = [](const Category& category) { return category.id == 1; };
  if (all.empty() || std::any_of(all.begin(), all.end(), is_first)) return 1;
  return all.front().id;
}

uint64_t image_digest(int64_t id, const std::string& file_name) {
  return fnv1a(fmt::format("{}\n{}", id, file_name));
}

void check_same_images(const Cohort& cohort, const DetectionsMeta& meta, const std::string& name) {
  if (!meta.images_digest) return;
  std::map<int64_t, const ImageRecord*> images;
  for (const ImageRecord& image : cohort.images) images.emplace(image.id, &image);
  uint64_t digest = 0;
  for (const int64_t id : meta.image_ids) {
    const auto found = images.find(id);
    if (found == images.end()) return;  // whoever reads them says which it is
    digest += image_digest(id, found->second->file_name);
  }
  if (digest == *meta.images_digest) return;
  fail(ErrorKind::bad_input,
       "{}: searched images: found others than those of {} with the same ids, expected a search in "
       "this cohort",
       name, cohort.folder.string());
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
  if (root.has("images_digest")) meta.images_digest = digest_from(root.at("images_digest"));
  return meta;
}

void fail_without_meta(const std::filesystem::path& detections_path) {
  fail(ErrorKind::bad_input, "{}: {} is missing, expected the images that were searched",
       detections_path.string(), detections_meta_path(detections_path).filename().string());
}

void write_detections_meta(const std::filesystem::path& detections_path,
                           const DetectionsMeta& meta) {
  Json json;
  json["image_ids"] = meta.image_ids;
  json[PatientSet::kKey] = meta.patients_hashed.to_json();
  json["model"] = meta.model;
  if (!meta.dicom.is_null()) json["dicom"] = meta.dicom;
  if (meta.images_digest) json["images_digest"] = fmt::format("{:016x}", *meta.images_digest);
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
