#include "cohort/coco_file.h"

#include <algorithm>
#include <map>
#include <set>

#include "cohort/box_form.h"
#include "cohort/own_keys.h"
#include "cohort/patients.h"
#include "cohort/segmentation_json.h"
#include "core/error.h"

namespace mammograft {

namespace {

int size_from_json(const JsonView& view) {
  const int64_t size = view.integer();
  if (size < 1 || size > (1 << 20)) view.reject("a size between 1 and 1048576 pixels");
  return static_cast<int>(size);
}

Status status_from_json(const JsonView& view) {
  const Json& json = view.json();
  const auto status = json.is_string() ? status_from(json.get<std::string>()) : std::nullopt;
  if (!status) view.reject("\"normal\", \"mass\", \"other\" or \"unknown\"");
  return *status;
}

MaskOrigin mask_origin_from_json(const JsonView& view) {
  for (const MaskOrigin origin : {MaskOrigin::contour, MaskOrigin::circle, MaskOrigin::box,
                                  MaskOrigin::synthetic, MaskOrigin::refined}) {
    if (view.json() == to_string(origin)) return origin;
  }
  view.reject("\"contour\", \"circle\", \"box\", \"synthetic\" or \"refined\"");
}

std::array<double, 2> spacing_from_json(const JsonView& view) {
  if (!view.json().is_array() || view.size() != 2) view.reject("[row, column] in millimetres");
  const std::array<double, 2> spacing = {view.at(size_t{0}).number(), view.at(1).number()};
  if (spacing[0] <= 0 || spacing[1] <= 0) view.reject("two numbers above 0");
  return spacing;
}

std::string laterality_from_json(const JsonView& view) {
  if (view.json() != "L" && view.json() != "R" && view.json() != "") view.reject("\"L\" or \"R\"");
  return view.string();
}

Json object_from_json(const JsonView& view) {
  if (!view.json().is_object()) view.reject("an object");
  return view.json();
}

// Clips what rounding put outside; refuses what cannot be rounding.
Box inside(const Box& box, int width, int height, const JsonView& where) {
  if (leaves_image(box, width, height)) {
    fail(ErrorKind::bad_input,
         "{}: found x {} to {} and y {} to {}, expected a box inside the image of {} x {}{}",
         where.where(), box.x0, box.x1, box.y0, box.y1, width, height,
         fits_as_corners(box, width, height)
             ? " (found [x0, y0, x1, y1]? COCO's boxes are [x, y, width, height])"
             : "");
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

// Whole numbers are patients too where others wrote the file.
std::string patient_from_json(const JsonView& view, bool strict) {
  return !strict && view.json().is_number() ? std::to_string(view.integer()) : view.string();
}

void read_facts(const JsonView& view, OwnKeys& keys, ImageRecord& image, bool& told_status) {
  keys.read_fact(view, "patient_id", [&](const JsonView& value) {
    image.patient_id = patient_from_json(value, keys.strict());
  });
  keys.read_fact(view, "laterality",
                 [&](const JsonView& value) { image.laterality = laterality_from_json(value); });
  keys.read_fact(view, "view", [&](const JsonView& value) { image.view = value.string(); });
  keys.read_fact(view, "split", [&](const JsonView& value) { image.split = value.string(); });
  told_status = keys.read_fact(
      view, "status", [&](const JsonView& value) { image.status = status_from_json(value); });
}

// `source` is a common word: in a file of another program it may name a clinic or a scanner. We
// never wrote anything but an object. Half a provenance is an error even so: leaks hide behind it.
void read_source(const JsonView& view, OwnKeys& keys, ImageRecord& image) {
  if (!view.has("source")) return;
  const JsonView source = view.at("source");
  if (source.json().is_object() && (keys.strict() || source.has("method"))) {
    image.source = provenance_from_json(source);
  } else {
    keys.pass_over("source", source.where() +
                                 ": not the provenance of a synthetic image, which "
                                 "therefore counts as real");
  }
}

ImageRecord image_from_json(const JsonView& view, OwnKeys& keys, bool& told_status) {
  ImageRecord image;
  image.id = view.integer("id");
  image.file_name = view.string("file_name");
  if (image.file_name.empty()) view.at("file_name").reject("a file name");
  image.width = size_from_json(view.at("width"));
  image.height = size_from_json(view.at("height"));
  read_facts(view, keys, image, told_status);
  keys.read(view, "pixel_spacing_mm",
            [&](const JsonView& value) { image.pixel_spacing_mm = spacing_from_json(value); });
  keys.read(view, "breast_bbox", [&](const JsonView& value) {
    image.breast_bbox = inside(box_from_json(value), image.width, image.height, value);
  });
  keys.read(view, "breast_contour",
            [&](const JsonView& value) { image.breast_contour = polygons_from_json(value); });
  keys.read(view, "pectoral_contour",
            [&](const JsonView& value) { image.pectoral_contour = polygons_from_json(value); });
  keys.read(view, "acquisition",
            [&](const JsonView& value) { image.acquisition = object_from_json(value); });
  read_source(view, keys, image);
  return image;
}

Segmentation outline(const JsonView& view, OwnKeys& keys, bool& has_strays) {
  if (keys.strict()) return polygons_from_json(view);
  std::string strays;
  std::vector<Polygon> polygons = outline_from_json(view, strays);
  has_strays = !strays.empty();
  if (polygons.empty()) {
    keys.pass_over("no outline", strays +
                                     ": found no outline of three points or more, the box "
                                     "stands for it");
    return std::monostate{};
  }
  if (has_strays) {
    keys.pass_over("strays",
                   strays + ": found a part of less than three points beside the outline");
  }
  return polygons;
}

Segmentation segmentation_from_json(const JsonView& view, const ImageRecord& image, OwnKeys& keys,
                                    bool& has_strays) {
  const Json& json = view.json();
  if (json.is_array() && json.empty()) return std::monostate{};
  if (json.is_array()) return outline(view, keys, has_strays);
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
  return bounds(*polygons);
}

Annotation annotation_from_json(const JsonView& view, const ImageRecord& image, OwnKeys& keys) {
  Annotation annotation;
  annotation.id = view.integer("id");
  annotation.image_id = image.id;
  annotation.category_id = view.integer("category_id");
  bool has_strays = false;
  if (view.has("segmentation")) {
    annotation.segmentation =
        segmentation_from_json(view.at("segmentation"), image, keys, has_strays);
  }
  const bool has_mask = !std::holds_alternative<std::monostate>(annotation.segmentation);
  // A box around the outline and stray parts is not the finding's.
  const bool has_box = view.has("bbox") && !(has_strays && has_mask);
  const JsonView where = has_box ? view.at("bbox") : view;
  const Box box = has_box ? box_from_json(where) : box_of(annotation.segmentation, view);
  annotation.bbox = inside(box, image.width, image.height, where);
  annotation.mask_origin = has_mask ? MaskOrigin::contour : MaskOrigin::box;
  keys.read(view, "mask_origin",
            [&](const JsonView& value) { annotation.mask_origin = mask_origin_from_json(value); });
  annotation.ignore = view.has("iscrowd") && view.at("iscrowd").boolean();
  keys.read(view, "size_mm", [&](const JsonView& value) {
    if (value.number() <= 0) value.reject("a size above 0");
    annotation.size_mm = value.number();
  });
  keys.read(view, "attributes",
            [&](const JsonView& value) { annotation.attributes = object_from_json(value); });
  return annotation;
}

class Reader {
 public:
  Reader(const JsonView& root, const CocoReading& reading)
      : root_(root),
        keep_going_(reading.keep_going),
        keys_(/*strict=*/reading.ours, reading.own_facts) {}

  // All of `file` but its JSON.
  void read(CocoFile& file) && {
    keys_.read(root_, "info",
               [&](const JsonView& value) { cohort_.info = object_from_json(value); });
    static_cast<void>(learnt_from(cohort_));  // a list that cannot be read is found here, not late
    cohort_.categories = categories_from_json(root_.at("categories"));
    for (const Category& category : cohort_.categories) categories_.insert(category.id);
    read_images(root_.at("images"));
    read_annotations(root_.at("annotations"));
    default_statuses();
    if (!keys_.strict()) check_boxes();
    leave_out();
    keys_.warn();
    file.skipped = std::move(skipped_);
    file.cohort = std::move(cohort_);
  }

 private:
  void read_images(const JsonView& view) {
    for (size_t i = 0; i < view.size(); ++i) {
      const JsonView item = view.at(i);
      try {
        read_image(item);
      } catch (const Error& error) {
        if (!keep_going_) throw;
        skip_entry(item, error.what());
      }
    }
  }

  void read_image(const JsonView& item) {
    bool told_status = false;
    ImageRecord image = image_from_json(item, keys_, told_status);
    const auto same_id = index_.find(image.id);
    if (same_id != index_.end()) {
      keep_out(image.id, "shares its id with another image");
      item.at("id").reject("an id not used before");
    }
    const auto [same_name, is_new] = names_.emplace(image.file_name, image.id);
    if (!is_new) {  // findings of one picture under two ids: each alone would lack some
      keep_out(same_name->second, "shares its file with another image");
      item.at("file_name").reject("a name that no other image has");
    }
    if (told_status) told_status_.insert(image.id);
    index_[image.id] = cohort_.images.size();
    cohort_.images.push_back(std::move(image));
  }

  void read_annotations(const JsonView& view) {
    for (size_t i = 0; i < view.size(); ++i) {
      const JsonView item = view.at(i);
      try {
        read_annotation(item);
      } catch (const Error& error) {
        if (!keep_going_) throw;
        skip_annotation(item, error.what());
      }
    }
  }

  void read_annotation(const JsonView& item) {
    const int64_t image_id = item.integer("image_id");
    if (unusable_.count(image_id) > 0) return;
    const auto image = index_.find(image_id);
    if (image == index_.end()) item.at("image_id").reject("the id of an image");
    Annotation annotation = annotation_from_json(item, cohort_.images[image->second], keys_);
    if (!annotation_ids_.insert(annotation.id).second)
      item.at("id").reject("an id not used before");
    if (categories_.count(annotation.category_id) == 0) {
      item.at("category_id").reject("the id of a category");
    }
    cohort_.annotations.push_back(std::move(annotation));
  }

  // Files that are not ours say nothing of the status: an annotated image has a mass, any other is
  // unknown, not normal.
  void default_statuses() {
    for (const Annotation& annotation : cohort_.annotations) {
      if (annotation.ignore || told_status_.count(annotation.image_id) > 0) continue;
      cohort_.images[index_.at(annotation.image_id)].status = Status::mass;
    }
  }

  void check_boxes() const {
    BoxForm form;
    for (const Annotation& annotation : cohort_.annotations) {
      const ImageRecord& image = cohort_.images[index_.at(annotation.image_id)];
      form.add(annotation.bbox, image.width, image.height);
    }
    if (!form.are_fractions()) return;
    fail(ErrorKind::bad_input, "{}: {}", root_.at("annotations").where(), form.suspicion());
  }

  void keep_out(int64_t image_id, const std::string& reason) {
    unusable_.emplace(image_id, reason);
  }

  void skip_entry(const JsonView& item, const std::string& reason) {
    const Json& json = item.json();
    const bool named =
        json.is_object() && json.contains("file_name") && json["file_name"].is_string();
    skipped_.push_back({named ? json["file_name"].get<std::string>() : item.where(), reason});
    if (json.is_object() && json.contains("id") && json["id"].is_number_integer()) {
      keep_out(json["id"].get<int64_t>(), reason);
    }
  }

  void skip_annotation(const JsonView& item, const std::string& reason) {
    const Json& json = item.json();
    const bool placed =
        json.is_object() && json.contains("image_id") && json["image_id"].is_number_integer();
    if (placed && index_.count(json["image_id"].get<int64_t>()) > 0) {
      keep_out(json["image_id"].get<int64_t>(), reason);
    } else {
      keys_.pass_over("annotations of no image", reason);
    }
  }

  // The images that cannot be used, and what is annotated on them.
  void leave_out() {
    if (unusable_.empty()) return;
    for (const ImageRecord& image : cohort_.images) {
      const auto found = unusable_.find(image.id);
      if (found != unusable_.end()) skipped_.push_back({image.file_name, found->second});
    }
    cohort_ = filter(cohort_,
                     [this](const ImageRecord& image) { return unusable_.count(image.id) == 0; });
  }

  const JsonView root_;
  const bool keep_going_;
  OwnKeys keys_;
  Cohort cohort_;
  std::set<int64_t> categories_, annotation_ids_, told_status_;
  std::map<int64_t, size_t> index_;          // of an image in the cohort, by id
  std::map<std::string, int64_t> names_;     // id by file name
  std::map<int64_t, std::string> unusable_;  // reason by the image's id
  std::vector<SkippedImage> skipped_;
};

}  // namespace

bool is_own_cohort(const std::filesystem::path& path) {
  return std::filesystem::is_directory(path) || path.filename() == "cohort.json";
}

CocoFile read_coco_file(const std::filesystem::path& path, const CocoReading& reading) {
  CocoFile file;
  file.json = read_json(path);
  Reader(JsonView(file.json, path.string()), reading).read(file);
  file.cohort.folder = path.parent_path();
  return file;
}

}  // namespace mammograft
