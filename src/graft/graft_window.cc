#include "graft/graft_window.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "core/error.h"

namespace mammograft {
namespace {

// The part of `image` under `place`, which may reach beyond it.
cv::Mat cut(const cv::Mat& image, const cv::Rect& place, int border, const cv::Scalar& value = {}) {
  const cv::Rect inside = place & cv::Rect({0, 0}, image.size());
  ensure(inside.area() > 0, "a window outside of its image");
  cv::Mat window;
  cv::copyMakeBorder(image(inside), window, inside.y - place.y,
                     place.y + place.height - inside.y - inside.height, inside.x - place.x,
                     place.x + place.width - inside.x - inside.width, border | cv::BORDER_ISOLATED,
                     value);
  return window;
}

cv::Rect around(cv::Point center, cv::Size size) {
  return {center.x - size.width / 2, center.y - size.height / 2, size.width, size.height};
}

}  // namespace

GraftWindow cut_plain_window(const Background& background, cv::Point center, int side) {
  GraftWindow window;
  window.place = around(center, {side, side});
  window.x = cut(background.pixels, window.place, cv::BORDER_REFLECT_101);
  window.breast = cut(background.breast, window.place, cv::BORDER_CONSTANT);
  window.seen = cv::Mat(window.place.size(), CV_8UC1, cv::Scalar(0));
  const cv::Rect inside = window.place & cv::Rect({0, 0}, background.pixels.size());
  window.seen({inside.tl() - window.place.tl(), inside.size()}) = 255;
  window.mm_per_px = background.mm_per_px;
  window.range = background.range;
  return window;
}

GraftWindow cut_graft_window(const Background& background, const WarpedLesion& lesion,
                             cv::Point origin, int side, int margin) {
  const cv::Rect box = cv::boundingRect(lesion.omega);
  const int needed = std::max({side, box.width + 2 * margin, box.height + 2 * margin});
  const cv::Point center = origin + (box.tl() + box.br()) / 2;
  GraftWindow window = cut_plain_window(background, center, needed);
  const cv::Rect canvas(window.place.tl() - origin, window.place.size());
  window.e = cut(lesion.pixels, canvas, cv::BORDER_REPLICATE);
  window.mask = cut(lesion.mask, canvas, cv::BORDER_CONSTANT);
  window.omega = cut(lesion.omega, canvas, cv::BORDER_CONSTANT);
  window.contrast = lesion.contrast;
  return window;
}

void write_back(const GraftWindow& window, const cv::Mat& result, cv::Mat& image) {
  ensure(result.type() == CV_16UC1 && result.size() == window.x.size(),
         "a graft of another size or type than its window");
  const cv::Rect inside = window.place & cv::Rect({0, 0}, image.size());
  const cv::Rect here(inside.tl() - window.place.tl(), inside.size());
  result(here).copyTo(image(inside), window.omega(here));
}

double rim_offset(const GraftWindow& window, double band) {
  cv::Mat inside, outside, x;
  cv::distanceTransform(window.omega, inside, cv::DIST_L2, cv::DIST_MASK_5);
  cv::distanceTransform(~window.omega, outside, cv::DIST_L2, cv::DIST_MASK_5);
  const cv::Mat rim = (inside <= band) & (outside <= band);
  window.x.convertTo(x, CV_32F);
  return cv::mean(x - window.e, rim)[0];
}

cv::Mat pasted(const GraftWindow& window, double offset) {
  cv::Mat image;
  window.x.convertTo(image, CV_32F);
  cv::Mat(window.e + offset).copyTo(image, window.omega);
  return image;
}

cv::Mat feather(const cv::Mat& omega, double width_px) {
  cv::Mat distance;
  cv::distanceTransform(omega, distance, cv::DIST_L2, cv::DIST_MASK_5);
  if (width_px <= 0) return cv::min(distance, 1);
  return cv::min(distance / width_px, 1);
}

}  // namespace mammograft
