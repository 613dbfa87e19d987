#include "cohort/cohort.h"

#include <algorithm>
#include <map>
#include <set>

#include "cohort/stored_values.h"
#include "core/error.h"
#include "core/text.h"
#include "image/image_io.h"
#include "image/value_bits.h"

namespace mammograft {

namespace {

// Categories of several cohorts under common ids: "Mass" 0 of one and "mass" 1 of another are one.
class CategoryTable {
 public:
  // New id of every category of one cohort.
  std::map<int64_t, int64_t> add(const std::vector<Category>& categories) {
    std::map<int64_t, int64_t> new_id;
    for (const Category& category : categories) new_id[category.id] = id_of(category);
    return new_id;
  }
  const std::vector<Category>& categories() const { return categories_; }

 private:
  int64_t id_of(const Category& wanted) {
    int64_t highest = -1;
    bool id_taken = false;
    for (const Category& known : categories_) {
      if (lower_case(known.name) == lower_case(wanted.name)) return known.id;
      highest = std::max(highest, known.id);
      id_taken = id_taken || known.id == wanted.id;
    }
    categories_.push_back({id_taken ? highest + 1 : wanted.id, wanted.name});
    return categories_.back().id;
  }

  std::vector<Category> categories_;
};

void check_size(const std::filesystem::path& path, int width, int height,
                const ImageRecord& image) {
  if (width == image.width && height == image.height) return;
  fail(ErrorKind::bad_input, "{}: found {} x {} pixels, expected {} x {} (cohort.json: image {})",
       path.string(), width, height, image.width, image.height, image.id);
}

}  // namespace

std::string to_string(Status status) {
  switch (status) {
    case Status::normal:
      return "normal";
    case Status::mass:
      return "mass";
    case Status::other:
      return "other";
    case Status::unknown:
      return "unknown";
  }
  fail(ErrorKind::defect, "status {} has no name", static_cast<int>(status));
}

std::optional<Status> status_from(const std::string& word) {
  for (const Status status : {Status::normal, Status::mass, Status::other, Status::unknown}) {
    if (word == to_string(status)) return status;
  }
  return std::nullopt;
}

std::string to_string(MaskOrigin origin) {
  switch (origin) {
    case MaskOrigin::contour:
      return "contour";
    case MaskOrigin::circle:
      return "circle";
    case MaskOrigin::box:
      return "box";
    case MaskOrigin::synthetic:
      return "synthetic";
    case MaskOrigin::refined:
      return "refined";
  }
  fail(ErrorKind::defect, "mask origin {} has no name", static_cast<int>(origin));
}

const ImageRecord& Cohort::image(int64_t id) const {
  for (const ImageRecord& image : images) {
    if (image.id == id) return image;
  }
  fail(ErrorKind::bad_input, "{}: there is no image with id {}",
       folder.empty() ? "cohort" : folder.string(), id);
}

Rle annotation_mask(const Annotation& annotation, const ImageRecord& image) {
  if (const auto* rle = std::get_if<Rle>(&annotation.segmentation)) {
    ensure(rle->height == image.height && rle->width == image.width,
           "annotation {}: the mask is {} x {}, the image {} x {}", annotation.id, rle->width,
           rle->height, image.width, image.height);
    return *rle;
  }
  if (const auto* polygons = std::get_if<std::vector<Polygon>>(&annotation.segmentation)) {
    return rasterize(*polygons, image.height, image.width);
  }
  const Box& box = annotation.bbox;
  const Polygon corners = {{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}};
  return rasterize(corners, image.height, image.width);
}

cv::Mat finding_mask(const Annotation& annotation, const ImageRecord& image) {
  const bool only_box = std::holds_alternative<std::monostate>(annotation.segmentation);
  const Rle rle = only_box ? rasterize(ellipse(annotation.bbox), image.height, image.width)
                           : annotation_mask(annotation, image);
  return decode_rle(rle) * 255;
}

cv::Mat read_pixels(const Cohort& cohort, const ImageRecord& image, int* stored_bits) {
  const std::filesystem::path path = cohort.folder / image.file_name;
  const DecodedImage decoded = read_image(path);
  check_size(path, decoded.pixels.cols, decoded.pixels.rows, image);
  const std::optional<int> recorded = recorded_value_bits(image.acquisition, image.file_name);
  const int bits = recorded ? *recorded : value_bits(decoded);
  if (stored_bits) *stored_bits = bits;
  return to_full_scale(decoded.pixels, bits);
}

void check_files(const Cohort& cohort) {
  for (const ImageRecord& image : cohort.images) {
    const std::filesystem::path path = cohort.folder / image.file_name;
    const ImageHeader header = read_image_header(path);
    check_size(path, header.width, header.height, image);
  }
}

Cohort merge(const std::vector<Cohort>& cohorts) {
  if (cohorts.size() == 1) return cohorts.front();
  Cohort all;
  all.info["merged"] = Json::array();
  CategoryTable table;
  std::set<std::string> names;
  int64_t next_image = 1;
  int64_t next_annotation = 1;
  for (const Cohort& cohort : cohorts) {
    all.info["merged"].push_back(cohort.info);
    const std::map<int64_t, int64_t> category_id = table.add(cohort.categories);
    std::map<int64_t, int64_t> image_id;
    for (ImageRecord image : cohort.images) {
      image_id[image.id] = next_image;
      image.id = next_image++;
      image.merged_name = image.own_name();
      image.file_name =
          std::filesystem::absolute(cohort.folder / image.file_name).lexically_normal().string();
      if (!names.insert(image.file_name).second) {
        fail(ErrorKind::bad_input, "{}: the image is in two of the cohorts that were given",
             image.file_name);
      }
      all.images.push_back(std::move(image));
    }
    for (Annotation annotation : cohort.annotations) {
      annotation.merged_id = annotation.own_id();
      annotation.id = next_annotation++;
      annotation.image_id = image_id.at(annotation.image_id);
      annotation.category_id = category_id.at(annotation.category_id);
      all.annotations.push_back(std::move(annotation));
    }
  }
  all.categories = table.categories();
  return all;
}

Cohort filter(const Cohort& cohort, const std::function<bool(const ImageRecord&)>& keep) {
  Cohort part;
  part.folder = cohort.folder;
  part.info = cohort.info;
  part.categories = cohort.categories;
  std::set<int64_t> kept;
  for (const ImageRecord& image : cohort.images) {
    if (!keep(image)) continue;
    kept.insert(image.id);
    part.images.push_back(image);
  }
  for (const Annotation& annotation : cohort.annotations) {
    if (kept.count(annotation.image_id) > 0) part.annotations.push_back(annotation);
  }
  return part;
}

}  // namespace mammograft
