#include "blend/blend_sheet.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "blend/blend_input.h"
#include "image/draw.h"
#include "image/rle.h"

namespace mammograft {
namespace {

// All pictures of a row share the grey levels of its background.
std::array<double, 2> row_levels(const cv::Mat& x) {
  double low = 0, high = 0;
  cv::minMaxLoc(x, &low, &high);
  const double room = 0.1 * (high - low);  // a lesion is brighter than what it lies on
  return {low, std::min(65535.0, high + room)};
}

cv::Mat difference_picture(const cv::Mat& x, const cv::Mat& result) {
  constexpr double kContrast = 4;  // differences are small
  cv::Mat difference;
  cv::subtract(result, x, difference, cv::noArray(), CV_32F);
  cv::Mat grey;
  difference.convertTo(grey, CV_16U, kContrast, 32768);
  return to_rgb(grey);
}

// Mirrored tissue beyond the image's border is not shown.
cv::Mat picture(const cv::Mat& pixels, const cv::Mat& seen, double low, double high) {
  cv::Mat rgb = to_rgb(pixels, low, high);
  rgb.setTo(cv::Scalar::all(0), ~seen);
  return rgb;
}

}  // namespace

cv::Mat blend_sheet(const std::vector<GraftWindow>& windows, const std::vector<cv::Mat>& results,
                    const std::string& match, int tile_px) {
  std::vector<Tile> tiles;
  for (size_t i = 0; i < windows.size(); ++i) {
    const GraftWindow& window = windows[i];
    const auto [low, high] = row_levels(window.x);
    cv::Mat paste;
    seated(window, match).levels.convertTo(paste, CV_16U);
    cv::Mat outlined = picture(window.x, window.seen, low, high);
    for (const Polygon& polygon : contours(window.omega))
      draw_polygon(outlined, polygon, colors::truth);
    const char* first = i == 0 ? "background" : "";
    tiles.push_back({picture(window.x, window.seen, low, high), first});
    tiles.push_back({picture(paste, window.seen, low, high), i == 0 ? "lesion pasted" : ""});
    tiles.push_back({outlined, i == 0 ? "region" : ""});
    tiles.push_back({picture(results[i], window.seen, low, high), i == 0 ? "result" : ""});
    tiles.push_back({difference_picture(window.x, results[i]), i == 0 ? "difference x 4" : ""});
  }
  return montage(tiles, 5, tile_px, tile_px);
}

}  // namespace mammograft
