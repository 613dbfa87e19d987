// What is drawn on an image, as INbreast's property lists hold it.
#pragma once

#include <string>
#include <vector>

#include "cohort/annotation_index.h"
#include "core/rng.h"

namespace mammograft {

struct DrawnRoi {
  std::string name;
  Polygon points;
};

// Outlines of the masses, and beside them points that are none.
std::vector<DrawnRoi> drawn_rois(const ImageRecord& image, const Annotations& masses, Rng rng);

// AllXML/<id>.xml. `values`: the stored pixels, of which the list tells mean and range.
std::string roi_list_text(const std::vector<DrawnRoi>& rois, const cv::Mat& values,
                          double mm_per_px, Rng rng);

// The muscle's line without the corner that closes it, in the form ROIPoints; where it does not end
// in that corner, all of it.
std::string muscle_points_text(const Polygon& muscle, const Point& corner);

}  // namespace mammograft
