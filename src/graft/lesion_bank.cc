#include "graft/lesion_bank.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "cohort/annotation_index.h"
#include "cohort/spacing.h"
#include "core/expect.h"
#include "core/parallel.h"
#include "graft/dilated.h"
#include "graft/measures.h"
#include "graft/tissue.h"

namespace mammograft {
namespace {

bool outline_known(const Annotation& annotation) {
  return annotation.mask_origin != MaskOrigin::circle && annotation.mask_origin != MaskOrigin::box;
}

cv::Rect grown(const cv::Rect& box, int dx, int dy) {
  return {box.x - dx, box.y - dy, box.width + 2 * dx, box.height + 2 * dy};
}

int pixels_of(double mm, double mm_per_px) { return static_cast<int>(std::ceil(mm / mm_per_px)); }

// One image while its masses are cut out.
struct Source {
  const ImageRecord& image;
  cv::Mat pixels;
  Tissue tissue;
  std::array<double, 2> mm_per_px;
  IntensityRange range;
};

// Where pixels are not square the ring around the mass is an ellipse; nothing else changes.
MassPatch patch_in(const Source& source, const cv::Mat& mask, const cv::Rect& box) {
  const int reach = std::max(box.width, box.height);  // the ring ends half a radius from the rim
  const cv::Rect near = grown(box, reach, reach) & cv::Rect({0, 0}, mask.size());
  return {source.pixels(near), mask(near), source.tissue.breast(near),
          std::min(source.mm_per_px[0], source.mm_per_px[1])};
}

std::string lesion_id_of(const Annotation& annotation) {
  const auto found = annotation.attributes.find("lesion_id");
  const bool known = found != annotation.attributes.end() && found->is_string();
  return known ? found->get<std::string>() : std::string();
}

// A mass and what is measured of it, whether it can be grafted or not.
struct MassInImage {
  MassInImage(const Source& source, const Annotation& annotation)
      : annotation(annotation),
        mask(finding_mask(annotation, source.image)),
        box(cv::boundingRect(mask)) {
    if (box.area() == 0) return;
    const MassPatch patch = patch_in(source, mask, box);
    contrast = mass_contrast(patch);
    conspicuity = mass_conspicuity(patch);
  }

  const Annotation& annotation;
  const cv::Mat mask;  // of the whole image
  const cv::Rect box;
  double contrast = std::numeric_limits<double>::quiet_NaN(), conspicuity = contrast;
};

double box_air(const MassInImage& mass) {
  return std::sqrt(mass.annotation.bbox.area() / static_cast<double>(mass.box.area()));
}

// The reason why a mass cannot be grafted, or none and the lesion.
std::string cut_out(const Source& source, const MassInImage& mass, const LesionBankOptions& options,
                    Lesion* lesion) {
  if (options.outlines == "known" && !outline_known(mass.annotation))
    return "only a circle or a box is known, in which 'refine' finds outlines";
  if (mass.box.area() == 0) return "its mask is empty";
  const double reach_mm = options.dilation_mm + options.clear_mm;
  const auto& [row_mm, column_mm] = source.mm_per_px;
  const cv::Rect crop =
      grown(mass.box, pixels_of(reach_mm, column_mm), pixels_of(reach_mm, row_mm));
  if ((crop & cv::Rect({0, 0}, mass.mask.size())) != crop)
    return "it reaches the border of the image";
  const cv::Mat mask = mass.mask(crop).clone();
  const cv::Mat near = dilated(mask, reach_mm, source.mm_per_px);
  const double all = cv::countNonZero(near);
  const double inside = cv::countNonZero(near & source.tissue.breast(crop));
  if (inside < (1 - options.air_share) * all) return "it touches air, a label or the film's edge";
  *lesion = {source.pixels(crop).clone(),
             mask,
             dilated(mask, options.dilation_mm, source.mm_per_px),
             source.mm_per_px,
             source.range,
             largest_diameter(mask, source.mm_per_px),
             mass.contrast,
             mass.conspicuity,
             box_air(mass),
             mass.annotation.mask_origin,
             source.image.view,
             source.image.patient_id,
             source.image.own_name(),
             mass.annotation.own_id(),
             mass.annotation.category_id,
             lesion_id_of(mass.annotation)};
  return {};
}

RealMass real_mass(const Source& source, const BreastFrame& frame, const MassInImage& mass) {
  return {source.image.view,
          source.image.patient_id,
          source.image.own_name(),
          mass.annotation.own_id(),
          frame.to_breast(mass.annotation.bbox.center()),
          mass.conspicuity};
}

std::string why_none(const LesionBank& bank) {
  std::map<std::string, int> counts;
  for (const LeftOut& one : bank.left_out) ++counts[one.reason];
  std::string text;
  for (const auto& [reason, count] : counts) {
    text += fmt::format("{}{} because {}", text.empty() ? "" : ", ", count, reason);
  }
  return text;
}

}  // namespace

void check(const LesionBankOptions& options) {
  expect_at_least("lesion.dilation_mm", options.dilation_mm, 0);
  expect_at_least("lesion.clear_mm", options.clear_mm, 0);
  expect_within("lesion.air_share", options.air_share, 0, 1);
}

double largest_diameter(const cv::Mat& mask, const std::array<double, 2>& mm_per_px) {
  std::vector<cv::Point> inside;
  cv::findNonZero(mask, inside);
  if (inside.empty()) return 0;
  std::vector<cv::Point> hull;
  cv::convexHull(inside, hull);
  double largest = 0;
  for (const cv::Point& a : hull) {
    for (const cv::Point& b : hull) {
      // Pixels have a size: from the outer border of the one to that of the other.
      const double dx = (std::abs(a.x - b.x) + 1) * mm_per_px[1];
      const double dy = (std::abs(a.y - b.y) + 1) * mm_per_px[0];
      largest = std::max(
          largest, std::max({dx, dy, std::hypot(dx, dy) - std::min(mm_per_px[0], mm_per_px[1])}));
    }
  }
  return largest;
}

LesionBank collect_lesions(const Cohort& cohort, const LesionBankOptions& options,
                           const IntensityOptions& intensity, const std::vector<double>& mm_per_px,
                           int threads, Progress& progress) {
  const AnnotationIndex annotations(cohort);
  LesionBank bank;
  std::vector<const ImageRecord*> images;
  for (const ImageRecord& image : cohort.images) {
    if (!annotations.any(image.id)) continue;
    if (!is_synthetic(image)) {
      images.push_back(&image);
      continue;
    }
    for (const Annotation* annotation : annotations.of(image.id)) {
      bank.left_out.push_back({image.own_name(), annotation->own_id(), "it is synthetic"});
    }
  }
  struct Cut {
    std::vector<Lesion> lesions;
    std::vector<LeftOut> left_out;
    std::vector<RealMass> masses;
  };
  std::vector<Cut> cuts(images.size());
  parallel_for("collecting lesions", std::ssize(images), threads, progress, [&](int64_t i) {
    const ImageRecord& image = *images[i];
    const cv::Mat pixels = read_pixels(cohort, image);
    const Tissue tissue = find_tissue(pixels, image);
    const Source source{image, pixels, tissue, spacing_of(image, mm_per_px),
                        intensity_range(pixels, tissue.breast, intensity)};
    const BreastFrame frame(tissue.breast, tissue.chest_wall_left);
    for (const Annotation* annotation : annotations.of(image.id)) {
      const auto leave_out = [&](const std::string& reason) {
        cuts[i].left_out.push_back({image.own_name(), annotation->own_id(), reason});
      };
      if (annotation->ignore) {
        leave_out("a region to ignore");
        continue;
      }
      const MassInImage mass(source, *annotation);
      cuts[i].masses.push_back(real_mass(source, frame, mass));
      Lesion lesion;
      const std::string reason = cut_out(source, mass, options, &lesion);
      if (reason.empty()) {
        cuts[i].lesions.push_back(std::move(lesion));
      } else {
        leave_out(reason);
      }
    }
  });
  for (Cut& cut : cuts) {
    for (Lesion& lesion : cut.lesions) bank.lesions.push_back(std::move(lesion));
    for (LeftOut& one : cut.left_out) bank.left_out.push_back(std::move(one));
    for (RealMass& mass : cut.masses) bank.masses.push_back(std::move(mass));
  }
  if (bank.lesions.empty()) {
    fail(ErrorKind::bad_input, "{}: no mass to graft: {}", cohort.folder.string(),
         bank.left_out.empty() ? "the cohort has no masses"
                               : fmt::format("left out {}", why_none(bank)));
  }
  return bank;
}

}  // namespace mammograft
