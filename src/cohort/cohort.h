// A cohort: images of patients with their findings. On disk a folder with cohort.json (COCO with a
// few more keys, docs/formats.md) and 16-bit greyscale PNGs.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cohort/provenance.h"
#include "core/json.h"
#include "image/box.h"
#include "image/polygon.h"
#include "image/rle.h"

namespace mammograft {

enum class Status { normal, mass, other, unknown };
// refined: found by a program within a circle or box (prepare/refine.h).
enum class MaskOrigin { contour, circle, box, synthetic, refined };
std::string to_string(Status status);
std::optional<Status> status_from(const std::string& word);  // as to_string() writes it
std::string to_string(MaskOrigin origin);

struct ImageRecord {
  int64_t id = 0;
  std::string file_name;  // relative to the cohort's folder
  int width = 0, height = 0;
  std::string patient_id;                                 // "<dataset>/<id>"
  std::string laterality;                                 // "L", "R" or ""
  std::string view;                                       // "CC", "MLO", "ML", ... or ""
  std::optional<std::array<double, 2>> pixel_spacing_mm;  // row, column
  std::optional<Box> breast_bbox;
  std::vector<Polygon> breast_contour;    // our extension, may be empty
  std::vector<Polygon> pectoral_contour;  // our extension, may be empty
  Status status = Status::unknown;
  std::string split;                  // the release's own: "train", "test" or ""
  Json acquisition = Json::object();  // bits and range of the values, vendor
  std::optional<Provenance> source;   // synthetic images only
  std::string merged_name;            // file_name before merge(); not on disk
  const std::string& own_name() const { return merged_name.empty() ? file_name : merged_name; }
};

inline bool is_synthetic(const ImageRecord& image) { return image.source.has_value(); }

using Segmentation = std::variant<std::monostate, std::vector<Polygon>, Rle>;

struct Annotation {
  int64_t id = 0;
  int64_t image_id = 0;
  int64_t category_id = 1;
  Box bbox;
  Segmentation segmentation;
  MaskOrigin mask_origin = MaskOrigin::contour;
  bool ignore = false;            // COCO's iscrowd: a region in which nothing is scored
  std::optional<double> size_mm;  // largest diameter
  Json attributes = Json::object();
  std::optional<int64_t> merged_id;  // id before merge(); not on disk
  int64_t own_id() const { return merged_id.value_or(id); }
};

struct Category {
  int64_t id = 1;
  std::string name = "mass";
};

struct Cohort {
  std::filesystem::path folder;  // where the pixels are; empty for a bare annotation file
  Json info = Json::object();
  std::vector<Category> categories;
  std::vector<ImageRecord> images;
  std::vector<Annotation> annotations;

  const ImageRecord& image(int64_t id) const;  // bad_input when there is none
};

// Mask of an annotation on its image; a missing segmentation gives the filled box.
Rle annotation_mask(const Annotation& annotation, const ImageRecord& image);

// CV_8UC1, 0 or 255: the same, but that of a finding of which only a box is known the ellipse
// within counts, which a mass fills better.
cv::Mat finding_mask(const Annotation& annotation, const ImageRecord& image);

// `path`: a cohort folder, or a JSON file in COCO form (then `folder` is the file's own folder).
// Checks everything and names file and field: unknown ids, duplicate ids or file names, boxes that
// are NaN, empty or outside the image (clipped within 1 px, bad_input beyond), missing keys, a
// `source` that is half a provenance. A `source` that is none at all (no object; in files not ours
// no `method`) is another program's: the image counts as real. In files that are not ours
// (cohort/coco_file.h) all keys that COCO does not have are passed over, with a warning, where they
// mean something else. Pixels are not touched.
Cohort read_cohort(const std::filesystem::path& path);

// Writes folder/cohort.json atomically, after the pixels are there.
void write_cohort(const Cohort& cohort);

// CV_16UC1 pixels of one image, size checked against the record. Full scale is 65535 however many
// bits the file's values use (image/value_bits.h); `stored_bits` becomes those.
cv::Mat read_pixels(const Cohort& cohort, const ImageRecord& image, int* stored_bits = nullptr);

// Throws for the first image for which read_pixels() would, as far as the files' beginnings show
// it: before work that would be lost.
void check_files(const Cohort& cohort);

// Several cohorts as one (--cohort A --cohort B): ids renumbered, file names made absolute.
Cohort merge(const std::vector<Cohort>& cohorts);

// A view that holds only the images for which keep() is true, and their annotations.
Cohort filter(const Cohort& cohort, const std::function<bool(const ImageRecord&)>& keep);

}  // namespace mammograft
