#include "report/gallery.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

constexpr int kGap = 4;

// A part of the original shown at some scale.
struct View {
  cv::Rect part;
  double scale;  // pixels of the view for a pixel of the original
};

cv::Rect whole_pixels(const Box& box, const cv::Mat& pixels) {
  const int x0 = std::clamp(static_cast<int>(std::floor(box.x0)), 0, pixels.cols - 1);
  const int y0 = std::clamp(static_cast<int>(std::floor(box.y0)), 0, pixels.rows - 1);
  const int x1 = std::clamp(static_cast<int>(std::ceil(box.x1)), x0 + 1, pixels.cols);
  const int y1 = std::clamp(static_cast<int>(std::ceil(box.y1)), y0 + 1, pixels.rows);
  return {x0, y0, x1 - x0, y1 - y0};
}

// A square around the place, moved into the image where it would leave it.
cv::Rect close_part(const cv::Mat& pixels, const Box& place, const TileOptions& options) {
  const double wanted =
      std::max(options.context * std::max(place.width(), place.height()), options.smallest_view_px);
  const int side =
      std::clamp(static_cast<int>(std::lround(wanted)), 1, std::min(pixels.rows, pixels.cols));
  const auto start = [&](double center, int length) {
    return std::clamp(static_cast<int>(std::lround(center - side / 2.0)), 0, length - side);
  };
  const Point center = place.center();
  return {start(center.x, pixels.cols), start(center.y, pixels.rows), side, side};
}

cv::Mat cut(const cv::Mat& rgb, const View& view, cv::Size size) {
  cv::Mat result;
  cv::resize(rgb(view.part), result, size, 0, 0, view.scale < 1 ? cv::INTER_AREA : cv::INTER_CUBIC);
  return result;
}

Point moved(Point p, const View& view) {
  return {(p.x - view.part.x) * view.scale, (p.y - view.part.y) * view.scale};
}

void draw_mark(cv::Mat& picture, const Mark& mark, const View& view, bool label) {
  const Point first = moved({mark.box.x0, mark.box.y0}, view);
  const Point last = moved({mark.box.x1, mark.box.y1}, view);
  const Box box{first.x, first.y, last.x, last.y};
  const int thickness = label ? 2 : 1;
  if (mark.contours.empty()) draw_box(picture, box, mark.color, 1, thickness);
  for (Polygon contour : mark.contours) {
    for (Point& point : contour) point = moved(point, view);
    draw_polygon(picture, contour, mark.color, 1, thickness);
  }
  if (!label || mark.label.empty()) return;
  draw_label(picture, mark.label, box, mark.color, 15);
}

cv::Mat make_view(const cv::Mat& rgb, const View& view, cv::Size size,
                  const std::vector<Mark>& marks, bool labels) {
  cv::Mat picture = cut(rgb, view, size);
  for (const Mark& mark : marks) draw_mark(picture, mark, view, labels);
  return picture;
}

}  // namespace

cv::Mat case_tile(const cv::Mat& pixels, const std::vector<Mark>& marks, const Box& place,
                  const Box& breast, const TileOptions& options) {
  ensure(pixels.type() == CV_16UC1 && !pixels.empty(), "case_tile: expected a CV_16UC1 image");
  const cv::Mat rgb = to_rgb_auto(pixels);
  const int height = options.height_px;
  const cv::Rect all(0, 0, pixels.cols, pixels.rows);
  const View overview{breast.empty() ? all : whole_pixels(breast, pixels), 1};
  // Both views have the tile's height; a wide breast is kept from taking more than a square.
  const double scale = std::min(static_cast<double>(height) / overview.part.height,
                                static_cast<double>(height) / overview.part.width);
  const cv::Size size(std::max(1, static_cast<int>(std::lround(overview.part.width * scale))),
                      std::max(1, static_cast<int>(std::lround(overview.part.height * scale))));
  const cv::Rect close = close_part(pixels, place, options);
  const double close_scale = static_cast<double>(height) / close.width;

  cv::Mat left = make_view(rgb, {overview.part, scale}, size, marks, false);
  const View left_view{overview.part, scale};
  const Point corner =
      moved({static_cast<double>(close.x), static_cast<double>(close.y)}, left_view);
  draw_box(left,
           {corner.x, corner.y, corner.x + close.width * scale, corner.y + close.height * scale},
           Color{255, 255, 255}, 1, 1);
  const int left_width = std::max(size.width, height * 5 / 8);  // equal tiles make an even grid
  cv::Mat tile(height, left_width + kGap + height, CV_8UC3, cv::Scalar(0, 0, 0));
  left.copyTo(tile(cv::Rect((left_width - size.width) / 2, (height - size.height) / 2, size.width,
                            size.height)));
  make_view(rgb, {close, close_scale}, {height, height}, marks, true)
      .copyTo(tile(cv::Rect(left_width + kGap, 0, height, height)));
  return tile;
}

std::string case_tile_jpeg(const cv::Mat& pixels, const std::vector<Mark>& marks, const Box& place,
                           const Box& breast, const TileOptions& options) {
  return encode_jpeg(case_tile(pixels, marks, place, breast, options), options.jpeg_quality);
}

}  // namespace mammograft
