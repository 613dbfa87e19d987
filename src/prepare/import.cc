#include "prepare/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>

#include "cohort/stored_values.h"
#include "core/files.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/work_journal.h"
#include "image/image_io.h"
#include "image/resize.h"
#include "image/value_bits.h"
#include "prepare/diameter.h"
#include "prepare/import_check.h"
#include "prepare/import_shard.h"
#include "prepare/inner_name.h"
#include "prepare/pixel_facts.h"
#include "prepare/refine.h"
#include "prepare/source_pixels.h"

namespace mammograft {

namespace {

Point clamped(const Point& point, int width, int height) {
  return {std::clamp(point.x, 0.0, double(width)), std::clamp(point.y, 0.0, double(height))};
}

Box scaled(const Box& box, double sx, double sy) {
  return {box.x0 * sx, box.y0 * sy, box.x1 * sx, box.y1 * sy};
}

void scale_polygons(std::vector<Polygon>& polygons, double sx, double sy) {
  for (Polygon& polygon : polygons) {
    for (Point& point : polygon) point = {point.x * sx, point.y * sy};
  }
}

Rle scaled(const Rle& rle, int width, int height) {
  cv::Mat mask;
  cv::resize(decode_rle(rle), mask, {width, height}, 0, 0, cv::INTER_NEAREST);
  return encode_rle(mask);
}

void scale_annotation(Annotation& annotation, double sx, double sy, int width, int height) {
  annotation.bbox = scaled(annotation.bbox, sx, sy);
  if (auto* polygons = std::get_if<std::vector<Polygon>>(&annotation.segmentation)) {
    scale_polygons(*polygons, sx, sy);
  } else if (auto* rle = std::get_if<Rle>(&annotation.segmentation)) {
    annotation.segmentation = scaled(*rle, width, height);
  }
}

// What the resizing of all images does to what is known of one.
void resize_findings(SourceImage& image, int width, int height) {
  ImageRecord& record = image.record;
  const double sx = double(width) / record.width;
  const double sy = double(height) / record.height;
  for (Annotation& annotation : image.annotations) {
    scale_annotation(annotation, sx, sy, width, height);
  }
  scale_polygons(image.pectoral, sx, sy);
  record.width = width;
  record.height = height;
}

void clamp_polygons(std::vector<Polygon>& polygons, const ImageRecord& image) {
  for (Polygon& polygon : polygons) {
    for (Point& point : polygon) point = clamped(point, image.width, image.height);
  }
}

// Boxes and circles are drawn as ellipses; what leaves the image is cut off.
void finish_annotation(Annotation& annotation, const ImageRecord& image) {
  const bool outlined = !std::holds_alternative<std::monostate>(annotation.segmentation);
  if (!outlined) annotation.segmentation = std::vector<Polygon>{ellipse(annotation.bbox)};
  if (image.pixel_spacing_mm && !annotation.size_mm) {
    annotation.size_mm = largest_diameter_mm(annotation, *image.pixel_spacing_mm);
  }
  if (auto* polygons = std::get_if<std::vector<Polygon>>(&annotation.segmentation))
    clamp_polygons(*polygons, image);
  annotation.bbox =
      intersection(annotation.bbox, {0, 0, double(image.width), double(image.height)});
}

cv::Mat full_scale(const cv::Mat& pixels, const ImageRecord& record) {
  return to_full_scale(pixels,
                       recorded_value_bits(record.acquisition, record.file_name).value_or(16));
}

void find_breast(SourceImage& image, const cv::Mat& pixels, const BreastOptions& options) {
  ImageRecord& record = image.record;
  const BreastRegion region = segment_breast(full_scale(pixels, record), record.view, options);
  record.breast_bbox = region.box;
  record.breast_contour = contours(region.mask, 1.0);
  record.pectoral_contour = image.pectoral;
  clamp_polygons(record.pectoral_contour, record);
  if (image.pectoral.empty() && !region.pectoral.empty())
    record.pectoral_contour = contours(region.pectoral, 1.0);
  const std::string wall = region.chest_wall_left ? "left" : "right";
  record.acquisition["chest_wall"] = wall;
  const std::string by_header = record.acquisition.value("chest_wall_by_header", wall);
  if (by_header != wall) {
    record.acquisition["warnings"].push_back(
        fmt::format("Patient Orientation has the chest wall on the {}, the pixels show it on the "
                    "{}: the pixels "
                    "are believed",
                    by_header, wall));
  }
}

cv::Mat read_source(SourceImage& image, const GreyOptions& options) {
  ImageRecord& record = image.record;
  const DecodedImage decoded = read_source_pixels(image.file, options, record);
  if (decoded.pixels.cols != record.width || decoded.pixels.rows != record.height) {
    fail(ErrorKind::bad_input, "{}: found {} x {} pixels, expected {} x {}", image.file.string(),
         decoded.pixels.cols, decoded.pixels.rows, record.width, record.height);
  }
  record_values(decoded, record.acquisition);
  return decoded.pixels;
}

// What is wrong with the image itself; nullopt when all is well. The rest throws.
std::optional<std::string> read_or_reason(SourceImage& image, const ImportOptions& options,
                                          cv::Mat& pixels) {
  try {
    pixels = read_source(image, options.grey);
  } catch (const Error& error) {
    if (!options.keep_going || !is_of_one_file(error)) throw;
    return error.what();
  }
  return std::nullopt;
}

void check_written(const std::filesystem::path& file, const cv::Mat& pixels) {
  const cv::Mat found = read_image(file).pixels;
  const bool same = found.size() == pixels.size() && cv::norm(found, pixels, cv::NORM_INF) == 0;
  if (!same) fail(ErrorKind::io, "{}: reads back other than it was written", file.string());
}

// Everything but the pixels.
void finish_findings(SourceImage& image, const Import& import) {
  if (import.resize) resize_findings(image, (*import.resize)[0], (*import.resize)[1]);
  for (Annotation& annotation : image.annotations) finish_annotation(annotation, image.record);
}

// After the breast is found, since only what lies in it counts.
void find_outlines(SourceImage& image, const cv::Mat& pixels, const ImportOptions& options) {
  if (options.outlines != "refine") return;
  std::vector<Annotation*> annotations;
  for (Annotation& annotation : image.annotations) annotations.push_back(&annotation);
  refine_outlines(annotations, image.record, full_scale(pixels, image.record), RefineOptions());
}

void write_pixels(SourceImage& image, cv::Mat pixels, const std::filesystem::path& out,
                  const ImportOptions& options) {
  ImageRecord& record = image.record;
  pixels = resized(pixels, {record.width, record.height}, {.mixed = Resampling::Mixed::grow});
  find_breast(image, pixels, options.breast);
  find_outlines(image, pixels, options);
  write_png(out / record.file_name, pixels);
  if (options.verify) check_written(out / record.file_name, pixels);
}

// Which state of its file an image was made from.
Json source_stamp(const std::filesystem::path& file) {
  std::error_code unknown;  // of a pipe
  const auto size = std::filesystem::file_size(file, unknown);
  const auto time = std::filesystem::last_write_time(file, unknown);
  return {static_cast<int64_t>(size), static_cast<int64_t>(time.time_since_epoch().count())};
}

// Every image on its own: one in memory on each core, and those that are on disk already stay.
class ImportRun {
 public:
  ImportRun(Import& import, const std::filesystem::path& out, const ImportOptions& options)
      : import_(import),
        out_(out),
        options_(options),
        journal_({out / "import.jsonl", "image", "import", /*begins_anew=*/true},
                 {{"plan", plan_digest(import, options)}}) {}

  // nullopt, or why the image is left out.
  std::optional<std::string> bring(int64_t i) {
    SourceImage& image = import_.images[static_cast<size_t>(i)];
    if (is_there(image, journal_.note(i))) return std::nullopt;
    cv::Mat pixels;
    if (const auto reason = read_or_reason(image, options_, pixels)) return reason;
    finish_findings(image, import_);
    write_pixels(image, std::move(pixels), out_, options_);
    Json note = pixel_facts_to_json(image.record);
    note["source"] = source_stamp(image.file);
    journal_.add(i, note);
    return std::nullopt;
  }
  void finish() { journal_.remove(); }

 private:
  // Taken from an earlier run that was killed.
  bool is_there(SourceImage& image, const Json& note) const {
    if (note.is_null() || !std::filesystem::exists(out_ / image.record.file_name)) return false;
    if (note.value("source", Json()) != source_stamp(image.file)) return false;  // mended since
    finish_findings(image, import_);
    pixel_facts_from_json(JsonView(note, (out_ / "import.jsonl").string()), image.record);
    if (std::any_of(image.annotations.begin(), image.annotations.end(), can_be_refined))
      find_outlines(image, read_image(out_ / image.record.file_name).pixels, options_);
    return true;
  }

  Import& import_;
  const std::filesystem::path& out_;
  const ImportOptions& options_;
  WorkJournal journal_;
};

void create_image_folders(const Import& import, const std::filesystem::path& out) {
  std::filesystem::path last;
  for (const SourceImage& image : import.images) {
    const std::filesystem::path folder = (out / image.record.file_name).parent_path();
    if (folder != last) create_folder(folder);
    last = folder;
  }
}

// reasons[i]: why image i was skipped.
Cohort collect(Import& import, const std::filesystem::path& out,
               const std::vector<std::optional<std::string>>& reasons) {
  Cohort cohort;
  cohort.folder = out;
  cohort.info = import.info;
  cohort.categories = import.categories;
  for (size_t i = 0; i < import.images.size(); ++i) {
    SourceImage& image = import.images[i];
    if (reasons[i]) {
      skip(import, image.file.filename().string(), *reasons[i], place_in_phase(2, image.place));
      continue;
    }
    for (Annotation& annotation : image.annotations) {
      annotation.id = static_cast<int64_t>(cohort.annotations.size()) + 1;
      annotation.image_id = image.record.id;
      cohort.annotations.push_back(std::move(annotation));
    }
    cohort.images.push_back(std::move(image.record));
  }
  for (const SkippedImage& image : import.skipped) {
    cohort.info["skipped"].push_back({{"file_name", image.file_name}, {"reason", image.reason}});
  }
  if (cohort.images.empty() && !import.may_be_empty) {
    fail(ErrorKind::bad_input, "{}: not one image could be used; first: {}", out.string(),
         import.skipped.front().reason);
  }
  return cohort;
}

void report_value_bits(const Cohort& cohort) {
  std::map<int, int> images;
  for (const ImageRecord& image : cohort.images) {
    ++images[recorded_value_bits(image.acquisition, image.file_name).value_or(16)];
  }
  images.erase(16);
  for (const auto& [bits, count] : images) {
    log_info(fmt::format("{} images use {} of their 16 bits: {} counts as full scale", count, bits,
                         (1 << bits) - 1));
  }
}

}  // namespace

std::string cohort_file_name(const std::filesystem::path& relative) {
  return ("images" / inner_name(relative).replace_extension(".png")).generic_string();
}

Cohort run_import(Import import, const std::filesystem::path& out, const ImportOptions& options,
                  Progress& progress) {
  const Shard shard = Shard::parse(options.shard);
  ShardRecord record = keep_shard(import, shard);
  check_import(import, out, options, progress);
  create_folder(out);
  create_image_folders(import, out);
  std::vector<std::optional<std::string>> reasons(import.images.size());
  ImportRun run(import, out, options);
  parallel_for("images", std::ssize(import.images), options.threads, progress,
               [&](int64_t i) { reasons[static_cast<size_t>(i)] = run.bring(i); });
  const Cohort cohort = collect(import, out, reasons);
  report_value_bits(cohort);
  const std::string outlines = refinement_text(cohort);
  if (options.outlines == "refine" && !outlines.empty()) log_info(outlines);
  note_shard(import, reasons, out, record);
  write_cohort(cohort);
  run.finish();
  return cohort;
}

}  // namespace mammograft
