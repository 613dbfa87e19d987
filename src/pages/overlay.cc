#include "pages/overlay.h"

#include <fmt/format.h>

#include <algorithm>

#include "image/draw.h"

namespace mammograft {
namespace {

// A line of text is a fiftieth of the picture's height: readable when it fills a screen.
double text_height(const cv::Mat& rgb) { return std::max(14.0, rgb.rows / 50.0); }
int line_width(const cv::Mat& rgb) { return rgb.rows > 700 ? 2 : 1; }

void draw_mass(cv::Mat& rgb, const FoundMass& mass, double scale) {
  const Box box{mass.box.x0 * scale, mass.box.y0 * scale, mass.box.x1 * scale, mass.box.y1 * scale};
  std::vector<Polygon> outline;
  if (mass.mask) outline = contours(decode_rle(*mass.mask));
  for (const Polygon& polygon : outline)
    draw_polygon(rgb, polygon, colors::miss, scale, line_width(rgb));
  // A mask that is sure of no pixel has no outline.
  if (outline.empty()) draw_box(rgb, box, colors::miss, 1, line_width(rgb));
  draw_label(rgb, fmt::format("{:.2f}", mass.score), box, colors::breast, text_height(rgb));
}

// The longest of 1, 2 and 5 cm that takes at most a third of the width; the shortest if none does.
int bar_cm(double px_per_mm, int width) {
  int longest = 1;
  for (const int cm : {2, 5})
    if (10 * cm * px_per_mm <= width / 3.0) longest = cm;
  return longest;
}

// In the lower corner that is the darker one: off the breast, if there is room.
void draw_scale_bar(cv::Mat& rgb, double px_per_mm) {
  const double text = text_height(rgb), margin = text;
  const int cm = bar_cm(px_per_mm, rgb.cols);
  const double length = 10 * cm * px_per_mm, y = rgb.rows - margin;
  const double top = y - 1.5 * text;
  if (top < 0 || length + 2 * margin > rgb.cols) return;
  const auto brightness = [&](double x) {
    return cv::mean(rgb(cv::Rect(int(x), int(top), int(length), int(y - top))))[0];
  };
  const double right = rgb.cols - margin - length;
  const double x = brightness(margin) < brightness(right) ? margin : right;
  const double thick = std::max(2.0, text / 6);
  for (double line = 0; line < thick; ++line)
    draw_box(rgb, {x, y - line - 1, x + length, y - line}, colors::breast);
  draw_text(rgb, fmt::format("{} cm", cm), {x, y - thick - 1.2 * text}, colors::breast, text);
}

}  // namespace

cv::Mat draw_overlay(const cv::Mat& pixels, const std::vector<FoundMass>& found,
                     const OverlayOptions& options) {
  const cv::Mat small = resize_to_fit(pixels, options.max_side_px, options.max_side_px);
  const double scale = static_cast<double>(small.cols) / pixels.cols;
  cv::Mat rgb = to_rgb_auto(small);
  if (options.mm_per_px > 0) draw_scale_bar(rgb, scale / options.mm_per_px);
  const auto shown =
      static_cast<size_t>(std::count_if(found.begin(), found.end(), [&](const FoundMass& mass) {
        return mass.score >= options.min_score;
      }));
  const size_t drawn = std::min(shown, static_cast<size_t>(options.most));
  for (size_t i = 0; i < drawn; ++i) draw_mass(rgb, found[i], scale);  // by falling score
  const auto note = [&](const std::string& text) {
    draw_text(rgb, text, {6, 6}, colors::breast, text_height(rgb));
  };
  if (shown == 0) note(fmt::format("nothing at or above {:.2f}", options.min_score));
  if (shown > drawn) note(fmt::format("and {} more", shown - drawn));
  return rgb;
}

}  // namespace mammograft
