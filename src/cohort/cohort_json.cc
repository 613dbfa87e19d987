// cohort.json in and out (docs/formats.md).
#include <algorithm>
#include <map>
#include <set>

#include "cohort/cohort.h"
#include "cohort/patients.h"
#include "cohort/segmentation_json.h"
#include "core/error.h"
#include "core/files.h"
#include "core/log.h"

namespace mammograft {

namespace {

constexpr double kSlack = 1.0;  // pixels by which a box may leave the image: rounding of others

int size_from_json(const JsonView& view) {
  const int64_t size = view.integer();
  if (size < 1 || size > (1 << 20)) view.reject("a size between 1 and 1048576 pixels");
  return static_cast<int>(size);
}

Status status_from_json(const JsonView& view) {
  for (const Status status : {Status::normal, Status::mass, Status::other, Status::unknown}) {
    if (view.json() == to_string(status)) return status;
  }
  view.reject("\"normal\", \"mass\", \"other\" or \"unknown\"");
}

MaskOrigin mask_origin_from_json(const JsonView& view) {
  for (const MaskOrigin origin :
       {MaskOrigin::contour, MaskOrigin::circle, MaskOrigin::box, MaskOrigin::synthetic}) {
    if (view.json() == to_string(origin)) return origin;
  }
  view.reject("\"contour\", \"circle\", \"box\" or \"synthetic\"");
}

std::array<double, 2> spacing_from_json(const JsonView& view) {
  if (!view.json().is_array() || view.size() != 2) view.reject("[row, column] in millimetres");
  const std::array<double, 2> spacing = {view.at(size_t{0}).number(), view.at(1).number()};
  if (spacing[0] <= 0 || spacing[1] <= 0) view.reject("two numbers above 0");
  return spacing;
}

Json object_or_empty(const JsonView& view, const char* key) {
  if (!view.has(key)) return Json::object();
  if (!view.at(key).json().is_object()) view.at(key).reject("an object");
  return view.at(key).json();
}

// Clips what rounding put outside; refuses what cannot be rounding.
Box inside(const Box& box, int width, int height, const JsonView& where) {
  if (box.x0 < -kSlack || box.y0 < -kSlack || box.x1 > width + kSlack || box.y1 > height + kSlack) {
    fail(ErrorKind::bad_input,
         "{}: found x {} to {} and y {} to {}, expected a box inside the image of {} x {}",
         where.where(), box.x0, box.x1, box.y0, box.y1, width, height);
  }
  const Box clipped = intersection(box, {0, 0, double(width), double(height)});
  if (clipped.empty()) {
    fail(ErrorKind::bad_input, "{}: found an empty box ({} x {} inside the image)", where.where(),
         std::max(0.0, clipped.width()), std::max(0.0, clipped.height()));
  }
  return clipped;
}

std::vector<Category> categories_from_json(const JsonView& view) {
  std::vector<Category> categories;
  std::set<int64_t> ids;
  for (size_t i = 0; i < view.size(); ++i) {
    const JsonView item = view.at(i);
    categories.push_back({item.integer("id"), item.string("name")});
    if (!ids.insert(categories.back().id).second) item.at("id").reject("an id not used before");
  }
  if (categories.empty()) view.reject("at least one category");
  return categories;
}

// `source` is a common word: in a file of another program it may name a clinic or a scanner, and an
// import used to copy that. We never wrote anything but an object.
std::optional<Provenance> source_from_json(const JsonView& image, bool ours) {
  if (!image.has("source")) return std::nullopt;
  const JsonView source = image.at("source");
  if (!source.json().is_object() || (!ours && !source.has("method"))) return std::nullopt;
  return provenance_from_json(source);
}

ImageRecord image_from_json(const JsonView& view, bool ours) {
  ImageRecord image;
  image.id = view.integer("id");
  image.file_name = view.string("file_name");
  if (image.file_name.empty()) view.at("file_name").reject("a file name");
  image.width = size_from_json(view.at("width"));
  image.height = size_from_json(view.at("height"));
  image.patient_id = view.string_or("patient_id", "");
  image.laterality = view.string_or("laterality", "");
  if (image.laterality != "L" && image.laterality != "R" && !image.laterality.empty()) {
    view.at("laterality").reject("\"L\" or \"R\"");
  }
  image.view = view.string_or("view", "");
  if (view.has("pixel_spacing_mm")) {
    image.pixel_spacing_mm = spacing_from_json(view.at("pixel_spacing_mm"));
  }
  if (view.has("breast_bbox")) {
    const JsonView box = view.at("breast_bbox");
    image.breast_bbox = inside(box_from_json(box), image.width, image.height, box);
  }
  if (view.has("breast_contour")) {
    image.breast_contour = polygons_from_json(view.at("breast_contour"));
  }
  if (view.has("pectoral_contour")) {
    image.pectoral_contour = polygons_from_json(view.at("pectoral_contour"));
  }
  if (view.has("status")) image.status = status_from_json(view.at("status"));
  image.split = view.string_or("split", "");
  image.acquisition = object_or_empty(view, "acquisition");
  image.source = source_from_json(view, ours);
  return image;
}

Segmentation segmentation_from_json(const JsonView& view, const ImageRecord& image) {
  const Json& json = view.json();
  if (json.is_array() && json.empty()) return std::monostate{};
  if (json.is_array()) return polygons_from_json(view);
  if (!json.is_object()) view.reject("polygons or run lengths");
  Rle rle = rle_from_json(view);
  if (rle.width != image.width || rle.height != image.height) {
    fail(ErrorKind::bad_input, "{}.size: found {} x {}, expected the image's {} x {}", view.where(),
         rle.height, rle.width, image.height, image.width);
  }
  return rle;
}

// The box of an annotation without one: tight around its mask.
Box box_of(const Segmentation& segmentation, const JsonView& view) {
  if (const auto* rle = std::get_if<Rle>(&segmentation)) return bounds(*rle);
  const auto* polygons = std::get_if<std::vector<Polygon>>(&segmentation);
  if (polygons == nullptr) fail(ErrorKind::bad_input, "{}.bbox: missing", view.where());
  Box box = bounds(polygons->front());
  for (const Polygon& polygon : *polygons) {
    const Box next = bounds(polygon);
    box = {std::min(box.x0, next.x0), std::min(box.y0, next.y0), std::max(box.x1, next.x1),
           std::max(box.y1, next.y1)};
  }
  return box;
}

Annotation annotation_from_json(const JsonView& view, const ImageRecord& image) {
  Annotation annotation;
  annotation.id = view.integer("id");
  annotation.image_id = image.id;
  annotation.category_id = view.integer("category_id");
  if (view.has("segmentation")) {
    annotation.segmentation = segmentation_from_json(view.at("segmentation"), image);
  }
  const bool has_box = view.has("bbox");
  const JsonView where = has_box ? view.at("bbox") : view;
  const Box box = has_box ? box_from_json(where) : box_of(annotation.segmentation, view);
  annotation.bbox = inside(box, image.width, image.height, where);
  const bool has_mask = !std::holds_alternative<std::monostate>(annotation.segmentation);
  annotation.mask_origin = view.has("mask_origin") ? mask_origin_from_json(view.at("mask_origin"))
                           : has_mask              ? MaskOrigin::contour
                                                   : MaskOrigin::box;
  annotation.ignore = view.has("iscrowd") && view.at("iscrowd").boolean();
  if (view.has("size_mm")) {
    annotation.size_mm = view.number("size_mm");
    if (*annotation.size_mm <= 0) view.at("size_mm").reject("a size above 0");
  }
  annotation.attributes = object_or_empty(view, "attributes");
  return annotation;
}

void read_images(const JsonView& view, bool ours, Cohort& cohort,
                 std::map<int64_t, size_t>& index) {
  std::set<std::string> names;
  for (size_t i = 0; i < view.size(); ++i) {
    const JsonView item = view.at(i);
    cohort.images.push_back(image_from_json(item, ours));
    if (!index.emplace(cohort.images.back().id, i).second) {
      item.at("id").reject("an id not used before");
    }
    if (!names.insert(cohort.images.back().file_name).second) {
      item.at("file_name").reject("a name that no other image has");
    }
  }
}

// Whoever made grafts and said so in words of his own is told that nobody understood them.
void warn_of_other_sources(const JsonView& images, const Cohort& cohort) {
  int64_t count = 0;
  std::string first;
  for (size_t i = 0; i < cohort.images.size(); ++i) {
    if (!images.at(i).has("source") || is_synthetic(cohort.images[i])) continue;
    if (count++ == 0) first = images.at(i).at("source").where();
  }
  if (count == 0) return;
  log_warning(
      fmt::format("{}: not the provenance of a synthetic image: {} images with such a "
                  "`source` count as real",
                  first, count));
}

void read_annotations(const JsonView& view, Cohort& cohort,
                      const std::map<int64_t, size_t>& index) {
  std::set<int64_t> categories;
  for (const Category& category : cohort.categories) categories.insert(category.id);
  std::set<int64_t> ids;
  for (size_t i = 0; i < view.size(); ++i) {
    const JsonView item = view.at(i);
    const auto image = index.find(item.integer("image_id"));
    if (image == index.end()) item.at("image_id").reject("the id of an image");
    const Annotation annotation = annotation_from_json(item, cohort.images[image->second]);
    if (!ids.insert(annotation.id).second) item.at("id").reject("an id not used before");
    if (categories.count(annotation.category_id) == 0) {
      item.at("category_id").reject("the id of a category");
    }
    cohort.annotations.push_back(annotation);
  }
}

// Files that are not ours say nothing of the status: an annotated image has a mass, any other is
// unknown, not normal.
void default_statuses(const JsonView& images, Cohort& cohort,
                      const std::map<int64_t, size_t>& index) {
  for (const Annotation& annotation : cohort.annotations) {
    const size_t i = index.at(annotation.image_id);
    if (!annotation.ignore && !images.at(i).has("status")) cohort.images[i].status = Status::mass;
  }
}

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

Json annotation_to_json(const Annotation& annotation, const ImageRecord& image) {
  Json json;
  json["id"] = annotation.id;
  json["image_id"] = annotation.image_id;
  json["category_id"] = annotation.category_id;
  json["bbox"] = box_to_json(annotation.bbox);
  json["area"] = area(annotation_mask(annotation, image));
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

}  // namespace

Cohort read_cohort(const std::filesystem::path& path) {
  const bool is_folder = std::filesystem::is_directory(path);
  const std::filesystem::path file = is_folder ? path / "cohort.json" : path;
  if (is_folder && !std::filesystem::exists(file)) {
    fail(ErrorKind::io, "{}: no cohort.json in this folder; is it a finished cohort?",
         path.string());
  }
  const Json json = read_json(file);
  const JsonView root(json, file.string());
  Cohort cohort;
  cohort.folder = file.parent_path();
  cohort.info = object_or_empty(root, "info");
  static_cast<void>(learnt_from(cohort));  // a list that cannot be read is found here, not late
  cohort.categories = categories_from_json(root.at("categories"));
  std::map<int64_t, size_t> index;
  const bool ours = file.filename() == "cohort.json";
  read_images(root.at("images"), ours, cohort, index);
  if (ours) warn_of_other_sources(root.at("images"), cohort);
  read_annotations(root.at("annotations"), cohort, index);
  default_statuses(root.at("images"), cohort, index);
  return cohort;
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
    json["annotations"].push_back(annotation_to_json(annotation, *image->second));
  }
  write_json(cohort.folder / "cohort.json", json);
}

}  // namespace mammograft
