#include "cohort/contact_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "core/expect.h"
#include "core/files.h"
#include "core/parallel.h"
#include "image/draw.h"
#include "image/image_io.h"

namespace mammograft {

namespace {

std::string caption_of(const ImageRecord& image) {
  const std::string stem = std::filesystem::path(image.file_name).stem().string();
  return fmt::format("{} {}", stem, to_string(image.status));
}

std::vector<Polygon> outlines_of(const Annotation& annotation, const ImageRecord& image) {
  if (const auto* polygons = std::get_if<std::vector<Polygon>>(&annotation.segmentation)) {
    return *polygons;
  }
  return contours(decode_rle(annotation_mask(annotation, image)) * 255, 1.0);
}

std::vector<const ImageRecord*> chosen(const Cohort& cohort, const AnnotationIndex& annotations,
                                       const ContactSheetOptions& options) {
  std::vector<const ImageRecord*> all;
  for (const ImageRecord& image : cohort.images) {
    if (!options.findings_only || annotations.any(image.id)) all.push_back(&image);
  }
  const size_t wanted = static_cast<size_t>(options.max_images);
  if (wanted == 0 || wanted >= all.size()) return all;
  std::vector<const ImageRecord*> some;
  for (size_t i = 0; i < wanted; ++i) some.push_back(all[i * all.size() / wanted]);
  return some;
}

}  // namespace

void check(const ContactSheetOptions& options) {
  expect_within("columns", options.columns, 1, 100);
  expect_within("rows", options.rows, 1, 100);
  expect_within("tile_px", options.tile_px, 16, 4096);
  expect_at_least("max_images", options.max_images, 0);
}

cv::Mat draw_record(const Cohort& cohort, const ImageRecord& image, Annotations annotations,
                    int tile_px) {
  const cv::Mat pixels = read_pixels(cohort, image);
  cv::Mat rgb = to_rgb_auto(resize_to_fit(pixels, tile_px, tile_px));
  const double scale = double(rgb.cols) / pixels.cols;
  for (const Polygon& polygon : image.breast_contour) {
    draw_polygon(rgb, polygon, colors::breast, scale);
  }
  for (const Polygon& polygon : image.pectoral_contour) {
    draw_polygon(rgb, polygon, colors::muscle, scale);
  }
  for (const Annotation* annotation : annotations) {
    const Color color = annotation->ignore ? colors::miss : colors::truth;
    for (const Polygon& polygon : outlines_of(*annotation, image)) {
      draw_polygon(rgb, polygon, color, scale);
    }
  }
  return rgb;
}

std::vector<std::filesystem::path> write_contact_sheets(const Cohort& cohort,
                                                        const std::filesystem::path& folder,
                                                        const ContactSheetOptions& options,
                                                        Progress& progress) {
  const AnnotationIndex annotations(cohort);
  const std::vector<const ImageRecord*> images = chosen(cohort, annotations, options);
  create_folder(folder);
  const size_t page_size = static_cast<size_t>(options.columns) * options.rows;
  std::vector<std::filesystem::path> pages;
  int64_t done = 0;
  std::mutex mutex;
  progress.start("contact sheets", static_cast<int64_t>(images.size()));
  for (size_t begin = 0; begin < images.size(); begin += page_size) {
    const size_t count = std::min(page_size, images.size() - begin);
    std::vector<Tile> tiles(count);
    parallel_for(static_cast<int64_t>(count), options.threads, [&](int64_t i) {
      const ImageRecord& image = *images[begin + static_cast<size_t>(i)];
      tiles[static_cast<size_t>(i)] = {
          draw_record(cohort, image, annotations.of(image.id), options.tile_px), caption_of(image)};
      const std::lock_guard lock(mutex);
      progress.advance(++done);
    });
    pages.push_back(folder / fmt::format("contact-{:03}.png", pages.size() + 1));
    write_png(pages.back(), montage(tiles, options.columns, options.tile_px, options.tile_px));
  }
  progress.finish();
  return pages;
}

}  // namespace mammograft
