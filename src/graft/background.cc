#include "graft/background.h"

#include <map>
#include <opencv2/imgproc.hpp>

#include "cohort/spacing.h"
#include "core/error.h"
#include "graft/tissue.h"

namespace mammograft {

std::vector<size_t> usable_backgrounds(const Cohort& cohort, const PlacementOptions& options) {
  std::vector<size_t> usable;
  std::map<std::string, int> others;
  for (size_t i = 0; i < cohort.images.size(); ++i) {
    const ImageRecord& image = cohort.images[i];
    const bool real = !is_synthetic(image);
    if (real && (options.background == "any" || image.status == Status::normal)) {
      usable.push_back(i);
    } else {
      ++others[real ? to_string(image.status) : "synthetic"];
    }
  }
  if (usable.empty()) {
    std::string found;
    for (const auto& [kind, count] : others) found += fmt::format(" {} {},", count, kind);
    if (found.empty()) found = " no images,";
    fail(ErrorKind::bad_input,
         "{}: no image to graft onto: found{} expected normal ones (prepare is told which are: "
         "--table, --status-key; placement.background any takes all others too)",
         cohort.folder.string(), found);
  }
  return usable;
}

Background load_background(const Cohort& cohort, const ImageRecord& image, Annotations findings,
                           const PlacementOptions& options, const IntensityOptions& intensity,
                           const std::vector<double>& mm_per_px) {
  Background background;
  background.pixels = read_pixels(cohort, image, &background.stored_bits);
  background.mm_per_px = spacing_of(image, mm_per_px);
  const Tissue tissue = find_tissue(background.pixels, image);
  background.breast = tissue.breast;
  background.view = image.view;
  background.chest_wall_left = tissue.chest_wall_left;
  background.range = intensity_range(background.pixels, tissue.breast, intensity);
  cv::Mat blocked = ~tissue.breast;
  for (const Annotation* finding : findings) {
    blocked |= decode_rle(annotation_mask(*finding, image)) * 255;
  }
  cv::Mat distance;
  cv::distanceTransform(~blocked, distance, cv::DIST_L2, cv::DIST_MASK_5);
  const double largest_mm = std::max(background.mm_per_px[0], background.mm_per_px[1]);
  const double smallest_mm = std::min(background.mm_per_px[0], background.mm_per_px[1]);
  ensure(smallest_mm > 0 && largest_mm > 0, "pixels of {} mm", smallest_mm);
  if (options.tissue == "glandular") {
    background.glandular =
        GlandularShare(background.pixels, tissue.breast, tissue.pectoral, smallest_mm);
  }
  background.free = (distance > options.margin_mm / smallest_mm) & ~tissue.pectoral;
  return background;
}

}  // namespace mammograft
