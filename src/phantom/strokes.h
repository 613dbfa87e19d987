// What is drawn into the tissue as lines and dots: ducts, vessels, nipple, lymph nodes, benign
// calcifications.
#pragma once

#include <opencv2/core.hpp>

#include "core/rng.h"
#include "image/polygon.h"
#include "phantom/tissue.h"

namespace mammograft {

// Adds to view.attenuation; mask, depth_mm and gland must be set.
void add_strokes(TissueView& view, const TissueTraits& traits, Rng rng);

// Fills a polygon given in mm (image border = 0) on CV_8UC1 with a precision of 1/16 px.
void fill_polygon(cv::Mat& image, const Polygon& polygon_mm, double mm_per_px, int value);

// An open line of the given thickness, antialiased, on CV_8UC1; brighter of old and new.
void draw_line(cv::Mat& image, const Polygon& line_mm, double mm_per_px, double width_mm,
               int value);

}  // namespace mammograft
