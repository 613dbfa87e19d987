#include "prepare/refine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "cohort/annotation_index.h"
#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "prepare/diameter.h"
#include "prepare/inner_name.h"

namespace mammograft {
namespace {

double rounded(double value) { return std::round(value * 1000) / 1000; }

OutlineHint hint_of(const Annotation& annotation, const RefineOptions& options) {
  const bool circle = annotation.mask_origin == MaskOrigin::circle;
  return {annotation.bbox, circle ? options.circle_size : options.box_size};
}

Polygon within_image(Polygon polygon, const ImageRecord& image) {
  for (Point& point : polygon) {
    point = {std::clamp(rounded(point.x), 0.0, double(image.width)),
             std::clamp(rounded(point.y), 0.0, double(image.height))};
  }
  return polygon;
}

void take_outline(const FoundOutline& found, const ImageRecord& image, Annotation& annotation) {
  annotation.attributes["outline"] = {{"from", to_string(annotation.mask_origin)},
                                      {"separation", rounded(found.separation)},
                                      {"support", rounded(found.support)}};
  annotation.segmentation = std::vector<Polygon>{within_image(found.polygon, image)};
  annotation.mask_origin = MaskOrigin::refined;
  if (image.pixel_spacing_mm)
    annotation.size_mm = largest_diameter_mm(annotation, *image.pixel_spacing_mm);
}

// Folders for the copies of all images.
void create_folders(const Cohort& cohort, const std::filesystem::path& out) {
  for (const ImageRecord& image : cohort.images) {
    const auto name =
        with_name(cohort.folder.string(), [&] { return inner_name(image.file_name); });
    create_folder((out / name).parent_path());
  }
}

void copy_image(const Cohort& cohort, const ImageRecord& image, const std::filesystem::path& out) {
  const std::filesystem::path name = inner_name(image.file_name);
  write_file(out / name, read_file(cohort.folder / name));
}

}  // namespace

void check_refine_options(const RefineOptions& options) {
  check_outline_options(options.outline);
  for (const double size : {options.circle_size, options.box_size}) {
    if (!(size >= options.outline.nearest && size <= options.outline.farthest)) {
      fail(ErrorKind::usage,
           "circle_size, box_size: found {}, expected {} to {} (nearest, farthest)", size,
           options.outline.nearest, options.outline.farthest);
    }
  }
}

bool can_be_refined(const Annotation& annotation) {
  return !annotation.ignore && (annotation.mask_origin == MaskOrigin::circle ||
                                annotation.mask_origin == MaskOrigin::box);
}

void refine_outlines(std::vector<Annotation*> annotations, const ImageRecord& image,
                     const cv::Mat& pixels, const RefineOptions& options) {
  std::erase_if(annotations, [](const Annotation* one) { return !can_be_refined(*one); });
  if (annotations.empty()) return;
  cv::Mat tissue;
  if (!image.breast_contour.empty())
    tissue = decode_rle(rasterize(image.breast_contour, image.height, image.width));
  for (Annotation* annotation : annotations) {
    const FoundOutline found =
        find_outline(pixels, tissue, hint_of(*annotation, options), options.outline);
    if (found.doubt.empty()) {
      take_outline(found, image, *annotation);
    } else {
      annotation->attributes["outline"] = {{"kept", found.doubt}};
    }
  }
}

Cohort refine_cohort(const Cohort& cohort, const std::filesystem::path& out,
                     const RefineOptions& options, int threads, Progress& progress) {
  check_refine_options(options);
  Cohort refined = cohort;
  refined.folder = out;
  std::map<int64_t, std::vector<Annotation*>> of_image;
  for (Annotation& annotation : refined.annotations)
    of_image[annotation.image_id].push_back(&annotation);
  create_folders(cohort, out);
  parallel_for("refining outlines", std::ssize(cohort.images), threads, progress, [&](int64_t i) {
    const ImageRecord& image = cohort.images[static_cast<size_t>(i)];
    const auto found = of_image.find(image.id);
    if (found != of_image.end())
      refine_outlines(found->second, image, read_pixels(cohort, image), options);
    copy_image(cohort, image, out);
  });
  write_cohort(refined);
  return refined;
}

std::string refinement_text(const Cohort& cohort) {
  int refined = 0, all = 0;
  std::map<std::string, int> kept;
  for (const Annotation& annotation : cohort.annotations) {
    const auto outline = annotation.attributes.find("outline");
    if (outline == annotation.attributes.end() || !outline->is_object()) continue;
    ++all;
    refined += annotation.mask_origin == MaskOrigin::refined;
    const auto reason = outline->find("kept");
    if (reason != outline->end() && reason->is_string()) ++kept[reason->get<std::string>()];
  }
  if (all == 0) return {};
  std::string text = fmt::format("{} of {} outlines refined", refined, all);
  const char* before = "; kept: ";
  for (const auto& [reason, count] : kept) {
    text += fmt::format("{}{} ({})", before, count, reason);
    before = ", ";
  }
  return text;
}

}  // namespace mammograft
