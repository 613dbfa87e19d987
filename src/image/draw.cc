#include "image/draw.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr double kFontLine = 30;      // height of a line of that font at scale 1, in pixels
constexpr double kFontBaseline = 23;  // of it above the baseline
constexpr int kCaptionPx = 14, kCaptionStrip = 20, kGap = 4;

cv::Scalar scalar(Color c) { return {double(c.r), double(c.g), double(c.b)}; }

void check_rgb(const cv::Mat& rgb) {
  ensure(rgb.type() == CV_8UC3, "draw: expected a picture of CV_8UC3, got type {}", rgb.type());
}

int text_width(const std::string& text, double size_px) {
  int baseline = 0;
  return cv::getTextSize(text, kFont, size_px / kFontLine, 1, &baseline).width;
}

std::string shorten(std::string text, double size_px, int width) {
  if (text_width(text, size_px) <= width) return text;
  while (!text.empty() && text_width(text + "...", size_px) > width) text.pop_back();
  return text + "...";
}

cv::Mat fit(const cv::Mat& image, int width, int height) {
  const double scale = std::min(double(width) / image.cols, double(height) / image.rows);
  if (scale <= 1) return resize_to_fit(image, width, height);
  cv::Mat larger;
  const cv::Size size(std::max(1, int(image.cols * scale)), std::max(1, int(image.rows * scale)));
  cv::resize(image, larger, size, 0, 0, cv::INTER_LINEAR);
  return larger;
}

}  // namespace

cv::Mat to_rgb(const cv::Mat& pixels, double low, double high) {
  ensure(pixels.type() == CV_16UC1, "to_rgb: expected CV_16UC1, got type {}", pixels.type());
  const double scale = 255 / std::max(high - low, 1e-9);
  cv::Mat grey, rgb;
  pixels.convertTo(grey, CV_8U, scale, -low * scale);
  cv::cvtColor(grey, rgb, cv::COLOR_GRAY2RGB);
  return rgb;
}

cv::Mat to_rgb_auto(const cv::Mat& pixels) {
  ensure(pixels.type() == CV_16UC1, "to_rgb_auto: expected CV_16UC1, got type {}", pixels.type());
  std::vector<int64_t> histogram(65536, 0);
  for (int y = 0; y < pixels.rows; ++y) {
    const uint16_t* row = pixels.ptr<uint16_t>(y);
    for (int x = 0; x < pixels.cols; ++x) ++histogram[row[x]];
  }
  const double count = double(pixels.total()) - double(histogram[0]);
  const auto percentile = [&](double share) {
    int64_t sum = 0;
    for (int value = 1; value < 65536; ++value) {
      sum += histogram[size_t(value)];
      if (sum > 0 && double(sum) >= share * count) return double(value);
    }
    return 65535.0;
  };
  if (count == 0) return to_rgb(pixels);
  const double low = percentile(0.005), high = percentile(0.997);
  // One grey level only: shown as white on black.
  return high > low ? to_rgb(pixels, low, high) : to_rgb(pixels, 0, high);
}

void draw_polygon(cv::Mat& rgb, const Polygon& polygon, Color color, double scale, int thickness) {
  check_rgb(rgb);
  if (polygon.empty()) return;
  constexpr int kShift = 4;  // sixteenths of a pixel
  std::vector<cv::Point> points;
  for (const Point& p : polygon) {  // OpenCV counts from the centre of the first pixel
    points.emplace_back(cv::saturate_cast<int>(std::lround((p.x * scale - 0.5) * (1 << kShift))),
                        cv::saturate_cast<int>(std::lround((p.y * scale - 0.5) * (1 << kShift))));
  }
  cv::polylines(rgb, points, true, scalar(color), thickness, cv::LINE_AA, kShift);
}

void draw_box(cv::Mat& rgb, const Box& box, Color color, double scale, int thickness) {
  check_rgb(rgb);
  const auto first = [&](double v) { return int(std::floor(v * scale + 0.5)); };
  const int x0 = first(box.x0), y0 = first(box.y0);
  const int x1 = std::max(x0, first(box.x1) - 1), y1 = std::max(y0, first(box.y1) - 1);
  cv::rectangle(rgb, cv::Point(x0, y0), cv::Point(x1, y1), scalar(color), thickness);
}

void draw_text(cv::Mat& rgb, const std::string& text, Point at, Color color, double size_px) {
  check_rgb(rgb);
  const double scale = size_px / kFontLine;
  const cv::Point origin(int(std::lround(at.x)), int(std::lround(at.y + kFontBaseline * scale)));
  const int thickness = std::max(1, int(std::lround(size_px / 16)));
  cv::putText(rgb, text, origin, kFont, scale, cv::Scalar(0, 0, 0), thickness + 2, cv::LINE_AA);
  cv::putText(rgb, text, origin, kFont, scale, scalar(color), thickness, cv::LINE_AA);
}

void draw_label(cv::Mat& rgb, const std::string& text, const Box& box, Color color,
                double size_px) {
  check_rgb(rgb);
  const Box frame{0, 0, double(rgb.cols), double(rgb.rows)};
  if (intersection(box, frame).empty()) return;
  constexpr int kMargin = 3;
  const int width = text_width(text, size_px) + 2 * kMargin, height = int(size_px) + 2 * kMargin;
  const double above = box.y0 - kMargin - height;
  const double x = std::clamp(box.x0, 0.0, std::max(0.0, frame.x1 - width));
  const double y =
      above >= 0 ? above : std::clamp(box.y1 + kMargin, 0.0, std::max(0.0, frame.y1 - height));
  cv::Mat under = rgb(cv::Rect(int(x), int(y), width, height) & cv::Rect(0, 0, rgb.cols, rgb.rows));
  under.convertTo(under, -1, 0.25);
  draw_text(rgb, text, {x + kMargin, y + kMargin}, color, size_px);
}

cv::Mat montage(const std::vector<Tile>& tiles, int columns, int tile_width, int tile_height) {
  ensure(columns > 0 && tile_width > 0 && tile_height > 0,
         "montage: expected positive sizes, got {} columns of {} x {}", columns, tile_width,
         tile_height);
  const bool captions = std::any_of(tiles.begin(), tiles.end(),
                                    [](const Tile& tile) { return !tile.caption.empty(); });
  const int cell_width = tile_width + kGap;
  const int cell_height = tile_height + (captions ? kCaptionStrip : 0) + kGap;
  const int used = std::max(1, std::min(columns, int(tiles.size())));
  const int rows = std::max(1, (int(tiles.size()) + columns - 1) / columns);
  cv::Mat sheet(rows * cell_height + kGap, used * cell_width + kGap, CV_8UC3,
                cv::Scalar(40, 40, 40));
  for (size_t i = 0; i < tiles.size(); ++i) {
    const int x = int(i) % columns * cell_width + kGap, y = int(i) / columns * cell_height + kGap;
    sheet(cv::Rect(x, y, tile_width, tile_height)) = cv::Scalar(0, 0, 0);
    if (!tiles[i].rgb.empty()) {
      check_rgb(tiles[i].rgb);
      const cv::Mat small = fit(tiles[i].rgb, tile_width, tile_height);
      small.copyTo(sheet(cv::Rect(x + (tile_width - small.cols) / 2,
                                  y + (tile_height - small.rows) / 2, small.cols, small.rows)));
    }
    draw_text(sheet, shorten(tiles[i].caption, kCaptionPx, tile_width),
              {double(x), double(y + tile_height + 3)}, Color{}, kCaptionPx);
  }
  return sheet;
}

cv::Mat resize_to_fit(const cv::Mat& image, int max_width, int max_height) {
  ensure(!image.empty() && max_width > 0 && max_height > 0,
         "resize_to_fit: expected an image and a positive size, got {} x {} into {} x {}",
         image.cols, image.rows, max_width, max_height);
  const double scale = std::min(double(max_width) / image.cols, double(max_height) / image.rows);
  if (scale >= 1) return image;
  cv::Mat smaller;
  const int width = std::clamp(int(std::lround(image.cols * scale)), 1, max_width);
  const int height = std::clamp(int(std::lround(image.rows * scale)), 1, max_height);
  cv::resize(image, smaller, {width, height}, 0, 0, cv::INTER_AREA);
  return smaller;
}

}  // namespace mammograft
