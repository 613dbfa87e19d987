#include "pages/overlay.h"

#include <fmt/format.h>

#include <algorithm>

#include "image/draw.h"

namespace mammograft {

cv::Mat draw_overlay(const cv::Mat& pixels, const std::vector<FoundMass>& found, double min_score,
                     int most, int max_side_px) {
  const cv::Mat small = resize_to_fit(pixels, max_side_px, max_side_px);
  const double scale = static_cast<double>(small.cols) / pixels.cols;
  cv::Mat rgb = to_rgb_auto(small);
  // A line of text is a fiftieth of the picture's height: readable when it fills a screen.
  const double text_px = std::max(14.0, rgb.rows / 50.0);
  const int thickness = rgb.rows > 700 ? 2 : 1;
  for (size_t i = 0; i < std::min<size_t>(found.size(), most); ++i) {
    const FoundMass& mass = found[i];
    if (mass.score < min_score) break;  // by falling score
    if (mass.mask) {
      for (const Polygon& polygon : contours(decode_rle(*mass.mask)))
        draw_polygon(rgb, polygon, colors::hit, scale, thickness);
    }
    const Box box{mass.box.x0 * scale, mass.box.y0 * scale, mass.box.x1 * scale,
                  mass.box.y1 * scale};
    draw_box(rgb, box, colors::miss, 1, thickness);
    draw_label(rgb, fmt::format("{:.2f}", mass.score), box, colors::breast, text_px);
  }
  if (found.empty() || found.front().score < min_score) {
    draw_text(rgb, fmt::format("nothing at or above {:.2f}", min_score), {6, 6}, colors::breast,
              text_px);
  }
  return rgb;
}

}  // namespace mammograft
