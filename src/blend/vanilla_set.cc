#include "blend/vanilla_set.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <set>

#include "blend/blend_input.h"
#include "cohort/annotation_index.h"
#include "cohort/spacing.h"
#include "core/error.h"
#include "core/first_few.h"
#include "core/parallel.h"
#include "graft/tissue.h"

namespace mammograft {
namespace {

// The box on a square of its longer side, the rest `dark`, at side_px.
cv::Mat squared(const cv::Mat& image, const cv::Rect& box, int side_px, bool mirror, double dark) {
  const int side = std::max(box.width, box.height);
  cv::Mat square(side, side, image.type(), cv::Scalar(dark));
  cv::Mat part = image(box), mirrored;
  if (mirror) {
    cv::flip(part, mirrored, 1);
    part = mirrored;
  }
  part.copyTo(square({0, (side - box.height) / 2, box.width, box.height}));
  cv::Mat reduced;
  cv::resize(square, reduced, {side_px, side_px}, 0, 0, cv::INTER_AREA);
  return reduced;
}

}  // namespace

VanillaSet read_vanilla_set(const Cohort& cohort, int side_px, const BlendSetOptions& options,
                            int threads, Progress& progress) {
  const AnnotationIndex findings(cohort, /*ignored=*/false);
  std::vector<const ImageRecord*> records;
  for (const ImageRecord& image : cohort.images) {
    if (!is_synthetic(image) && findings.any(image.id)) records.push_back(&image);
  }
  if (records.empty())
    fail(ErrorKind::bad_input, "{}: the cohort has no masses", cohort.folder.string());
  std::vector<VanillaImage> images(records.size());
  std::vector<double> spacings(records.size(), 0);
  parallel_for("reading images", std::ssize(records), threads, progress, [&](int64_t i) {
    const ImageRecord& record = *records[i];
    const cv::Mat pixels = read_pixels(cohort, record);
    const Tissue tissue = find_tissue(pixels, record);
    const IntensityRange range = intensity_range(pixels, tissue.breast, options.intensity);
    const cv::Rect box = cv::boundingRect(tissue.breast);
    const bool mirror = !tissue.chest_wall_left;
    cv::Mat mask(pixels.size(), CV_8UC1, cv::Scalar(0));
    for (const Annotation* annotation : findings.of(record.id))
      mask |= decode_rle(annotation_mask(*annotation, record)) * 255;
    cv::Mat grey = normalised(pixels, range);
    grey.setTo(-1, ~tissue.breast | (grey < -1));
    grey.setTo(1, grey > 1);  // percentiles leave some beyond, which no tanh makes
    const cv::Mat inside = squared(mask, box, side_px, mirror, 0) > 127;
    cv::Mat signs(inside.size(), CV_32FC1, cv::Scalar(-1));
    signs.setTo(1, inside);
    images[i] = {squared(grey, box, side_px, mirror, -1), signs};
    if (record.pixel_spacing_mm || !options.mm_per_px.empty()) {
      spacings[i] =
          std::max(box.width, box.height) * spacing_of(record, options.mm_per_px)[1] / side_px;
    }
  });
  VanillaSet set;
  std::set<std::string> patients;
  for (size_t i = 0; i < images.size(); ++i) {
    if (cv::countNonZero(images[i].mask > 0) == 0) {  // it would teach to draw images without one
      set.unseen.push_back(records[i]->own_name());
      spacings[i] = 0;
      continue;
    }
    set.images.push_back(std::move(images[i]));
    patients.insert(records[i]->patient_id);
  }
  if (set.images.empty()) {
    fail(ErrorKind::bad_input, "{}: no mass is as large as one pixel of {} px images: {}",
         cohort.folder.string(), side_px, first_few(set.unseen));
  }
  patients.erase("");
  set.patients.assign(patients.begin(), patients.end());
  std::erase(spacings, 0.0);
  if (spacings.empty()) return set;
  std::sort(spacings.begin(), spacings.end());
  set.mm_per_px = spacings[spacings.size() / 2];
  return set;
}

}  // namespace mammograft
