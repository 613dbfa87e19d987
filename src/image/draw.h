// Pictures for people: 8-bit renderings, contours, boxes, labels, contact sheets.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "image/box.h"
#include "image/polygon.h"

namespace mammograft {

struct Color {
  unsigned char r = 255, g = 255, b = 255;
};
namespace colors {  // distinguishable without red/green vision (Okabe and Ito 2008)
inline constexpr Color truth{0, 158, 115};     // green
inline constexpr Color hit{86, 180, 233};      // sky blue
inline constexpr Color miss{230, 159, 0};      // orange
inline constexpr Color alarm{213, 94, 0};      // vermilion
inline constexpr Color muscle{204, 121, 167};  // purple
inline constexpr Color breast{240, 228, 66};   // yellow
}  // namespace colors

// CV_16UC1 -> CV_8UC3 (RGB), window from `low` to `high` (0..65535) mapped to 0..255.
cv::Mat to_rgb(const cv::Mat& pixels, double low = 0, double high = 65535);
// The same with the window taken from the percentiles 0.5 and 99.7 of the nonzero pixels.
cv::Mat to_rgb_auto(const cv::Mat& pixels);

// In place on CV_8UC3 (RGB). Coordinates in pixels of that picture, multiplied by `scale` first, so
// that contours of the original can be drawn on a reduced picture.
void draw_polygon(cv::Mat& rgb, const Polygon& polygon, Color color, double scale = 1,
                  int thickness = 1);
void draw_box(cv::Mat& rgb, const Box& box, Color color, double scale = 1, int thickness = 1);
// `at`: top-left corner of the line of text, `size_px` its height; outlined in black, ASCII only.
void draw_text(cv::Mat& rgb, const std::string& text, Point at, Color color, double size_px = 12);
// The text on a dark plate, readable on dense tissue: above the box, below it where there is no
// room; nothing where the box lies outside the picture.
void draw_label(cv::Mat& rgb, const std::string& text, const Box& box, Color color, double size_px);

struct Tile {
  cv::Mat rgb;          // CV_8UC3
  std::string caption;  // one line below the picture; may be empty
};
// Pictures in rows of `columns`, each fitted into tile_width x tile_height on black; small ones are
// enlarged. A caption that is too long is cut. Empty pictures leave their tile black.
cv::Mat montage(const std::vector<Tile>& tiles, int columns, int tile_width, int tile_height);

// Area averaging, aspect ratio kept; an image that fits already is returned as it is.
cv::Mat resize_to_fit(const cv::Mat& image, int max_width, int max_height);

}  // namespace mammograft
