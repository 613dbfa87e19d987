#include "assess/windows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>

#include "cohort/annotation_index.h"
#include "cohort/spacing.h"
#include "core/error.h"
#include "core/parallel.h"
#include "graft/dilated.h"
#include "image/resize.h"
#include "nn/input.h"

namespace mammograft {
namespace {

constexpr double kPatchMargin = 0.5;   // equivalent radii: where the contrast's ring ends
constexpr int kPatchRim = 12;          // px beyond: the seam's bands and the reach of a blur
constexpr double kPictureContext = 2;  // sides of the mass's box, at least

cv::Mat resized_mask(const cv::Mat& mask, cv::Size size) { return resized(mask, size) >= 128; }

// An image at mm_per_px.
struct ScaledImage {
  cv::Mat pixels;  // CV_16UC1
  cv::Mat breast;  // CV_8UC1, 0 or 255
  double scale_x = 1, scale_y = 1;
};

cv::Mat breast_mask(const ImageRecord& image) {
  if (image.breast_contour.empty()) return cv::Mat(image.height, image.width, CV_8UC1, 255);
  return decode_rle(rasterize(image.breast_contour, image.height, image.width)) * 255;
}

ScaledImage scaled(const cv::Mat& pixels, const MassRef& mass, const WindowOptions& options) {
  const auto [row_mm, column_mm] = spacing_of(*mass.image, options.spacing_mm);
  const auto length = [&](int side, double mm) {
    return std::max(1, static_cast<int>(std::lround(side * mm / options.mm_per_px)));
  };
  const cv::Size size(length(pixels.cols, column_mm), length(pixels.rows, row_mm));
  return {resized(pixels, size), resized_mask(breast_mask(*mass.image), size),
          size.width / static_cast<double>(pixels.cols),
          size.height / static_cast<double>(pixels.rows)};
}

cv::Mat scaled_mask(const MassRef& mass, const ScaledImage& image) {
  return resized_mask(finding_mask(*mass.annotation, *mass.image), image.pixels.size());
}

// The square of `side` pixels around the middle of the mass's box.
cv::Rect square_around(const Box& box, const ScaledImage& image, int side) {
  const Point center = box.center();
  return {static_cast<int>(std::lround(center.x * image.scale_x - side / 2.0)),
          static_cast<int>(std::lround(center.y * image.scale_y - side / 2.0)), side, side};
}

// The part of `image` in `square`, continued over the image's border.
cv::Mat cut(const cv::Mat& image, const cv::Rect& square, int border) {
  const cv::Rect inside = square & cv::Rect({0, 0}, image.size());
  if (inside == square) return image(square).clone();
  const cv::Rect all({0, 0}, image.size());
  const cv::Rect wanted = square | all;
  cv::Mat wide;
  cv::copyMakeBorder(image, wide, -wanted.y, wanted.br().y - image.rows, -wanted.x,
                     wanted.br().x - image.cols, border, cv::Scalar(0));
  return wide(square - wanted.tl()).clone();
}

// The mass with a margin as wide as the measures reach, within the image.
MassPatch patch_of(const ScaledImage& image, const cv::Mat& mask, double reach_mm,
                   double mm_per_px) {
  const cv::Rect tight = cv::boundingRect(mask);
  const double radius = equivalent_radius(mask);
  const double reach = std::max(kPatchMargin * radius, reach_mm / mm_per_px);
  const int margin = static_cast<int>(std::ceil(reach)) + kPatchRim;
  const cv::Rect wide(tight.x - margin, tight.y - margin, tight.width + 2 * margin,
                      tight.height + 2 * margin);
  const cv::Rect part = wide & cv::Rect({0, 0}, image.pixels.size());
  return {image.pixels(part), mask(part), image.breast(part), mm_per_px};
}

MassSight sight_of(const cv::Mat& original, const MassRef& mass, const ScaledImage& image,
                   const cv::Mat& mask, const WindowOptions& options) {
  MassSight sight{original, patch_of(image, mask, mass.reach_mm, options.mm_per_px), {}, {}};
  const cv::Rect square = square_around(mass.annotation->bbox, image, options.side_px);
  cut(image.pixels, square, cv::BORDER_REFLECT).convertTo(sight.window, CV_32FC1, 1.0 / 65535);
  sight.inside = cut(image.breast, square, cv::BORDER_CONSTANT);
  return sight;
}

}  // namespace

void check(const WindowOptions& options) {
  if (options.side_px < 16) {
    fail(ErrorKind::usage, "window_px: found {}, expected at least 16", options.side_px);
  }
  if (!(options.mm_per_px > 0)) {
    fail(ErrorKind::usage, "window_mm_per_px: found {}, expected above 0", options.mm_per_px);
  }
  const std::vector<double>& spacing = options.spacing_mm;
  if (spacing.size() > 2 ||
      !std::all_of(spacing.begin(), spacing.end(), [](double mm) { return mm > 0; })) {
    fail(ErrorKind::usage, "mm_per_px: expected one or two numbers above 0");
  }
}

std::vector<MassRef> masses_of(const Cohort& cohort) {
  const AnnotationIndex annotations(cohort, /*ignored=*/false);
  std::vector<MassRef> masses;
  for (const ImageRecord& image : cohort.images) {
    for (const Annotation* annotation : annotations.of(image.id)) {
      masses.push_back({&cohort, &image, annotation});
    }
  }
  return masses;
}

std::vector<char> visit_masses(const std::vector<MassRef>& masses, const WindowOptions& options,
                               int threads, Progress& progress,
                               const std::function<void(size_t, const MassSight&)>& visit) {
  check(options);
  std::map<const ImageRecord*, size_t> place;
  std::vector<std::vector<size_t>> of_image;  // masses of one image, in their order
  for (size_t i = 0; i < masses.size(); ++i) {
    const auto [found, fresh] = place.emplace(masses[i].image, of_image.size());
    if (fresh) of_image.emplace_back();
    of_image[found->second].push_back(i);
  }
  std::vector<char> visited(masses.size(), 0);
  parallel_for("measuring masses", std::ssize(of_image), threads, progress, [&](int64_t k) {
    const std::vector<size_t>& here = of_image[static_cast<size_t>(k)];
    const MassRef& any = masses[here.front()];
    spacing_of(*any.image, options.spacing_mm);  // its absence is found before the work
    const cv::Mat original = read_pixels(*any.cohort, *any.image);
    const ScaledImage image = scaled(original, any, options);
    for (size_t i : here) {
      const cv::Mat mask = scaled_mask(masses[i], image);
      if (cv::countNonZero(mask) == 0) continue;
      visit(i, sight_of(original, masses[i], image, mask, options));
      visited[i] = 1;
    }
  });
  return visited;
}

MassPicture mass_picture(const MassRef& mass, const WindowOptions& options, int side_px) {
  const ScaledImage image = scaled(read_pixels(*mass.cohort, *mass.image), mass, options);
  const Box& box = mass.annotation->bbox;
  const double longer = std::max(box.width() * image.scale_x, box.height() * image.scale_y);
  const int side = std::max(side_px, static_cast<int>(std::ceil(kPictureContext * longer)));
  const cv::Rect square = square_around(box, image, side);
  const cv::Mat pixels = cut(image.pixels, square, cv::BORDER_CONSTANT);
  // From the middle half: the muscle's white would leave nothing for the mass.
  const cv::Rect middle(side / 4, side / 4, std::max(1, side / 2), std::max(1, side / 2));
  const cv::Mat breast = cut(image.breast, square, cv::BORDER_CONSTANT);
  const auto [low, high] = intensity_window(pixels(middle), breast(middle), 0.5, 99.7);
  const double gain = 255.0 / std::max(1, high - low);
  MassPicture picture;
  pixels.convertTo(picture.pixels, CV_8UC1, gain, -low * gain);
  picture.radius = longer / 2 / side;
  return picture;
}

OriginalRegion original_region(const MassRef& mass, const WindowOptions& options,
                               double dilation_mm) {
  const auto [row_mm, column_mm] = spacing_of(*mass.image, options.spacing_mm);
  const cv::Size size(mass.image->width, mass.image->height);
  const double half_mm = options.side_px * options.mm_per_px / 2;
  const Point center = mass.annotation->bbox.center();
  const cv::Rect square(cv::Point(static_cast<int>(std::floor(center.x - half_mm / column_mm)),
                                  static_cast<int>(std::floor(center.y - half_mm / row_mm))),
                        cv::Point(static_cast<int>(std::ceil(center.x + half_mm / column_mm)),
                                  static_cast<int>(std::ceil(center.y + half_mm / row_mm))));
  const cv::Mat mask = finding_mask(*mass.annotation, *mass.image);
  // Makes the region the larger one where a pixel is not square.
  const double finer_mm = std::min(row_mm, column_mm);
  return {dilated(mask, dilation_mm, {finer_mm, finer_mm}), square & cv::Rect({0, 0}, size)};
}

}  // namespace mammograft
