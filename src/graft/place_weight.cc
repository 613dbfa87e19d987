#include "graft/place_weight.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mammograft {
namespace {

constexpr double kArcMm = 1.5;  // either way; places lie on a grid of up to 2 mm

double distance_mm(Point a, Point b, const std::array<double, 2>& mm_per_px) {
  return std::hypot((a.y - b.y) * mm_per_px[0], (a.x - b.x) * mm_per_px[1]);
}

}  // namespace

PlaceWeight place_weight(const Background& background, const PlacementPrior* prior) {
  if (!prior && background.glandular.empty()) return {};
  return
      [frame = BreastFrame(background.breast, background.chest_wall_left), view = background.view,
       glandular = background.glandular, size = background.pixels.size(), prior](Point px) {
        const double there = prior ? prior->density(view, frame.to_breast(px)) : 1;
        return there * glandular.at({px.x / size.width, px.y / size.height});
      };
}

double nipple_distance_mm(const Background& background, Point px) {
  const Point nipple = nipple_of(background.breast, background.chest_wall_left);
  return distance_mm(px, nipple, background.mm_per_px);
}

PlaceWeight at_nipple_distance(const Background& background, double mm) {
  return [nipple = nipple_of(background.breast, background.chest_wall_left),
          mm_per_px = background.mm_per_px, weight = background.weight, mm](Point px) {
    if (std::abs(distance_mm(px, nipple, mm_per_px) - mm) > kArcMm) return 0.0;
    return weight ? weight(px) : 1.0;
  };
}

PlaceWeight where_room(const Background& background, const cv::Mat& omega, double contrast) {
  constexpr double kWhite = 65535;
  if (!(contrast > 0)) return background.weight;
  cv::Mat mean;
  cv::blur(background.pixels, mean, cv::boundingRect(omega).size());
  const cv::Mat room = mean <= kWhite * (1 - contrast);
  if (cv::countNonZero(background.free & ~room) == 0) return background.weight;
  return [room, weight = background.weight](Point px) {
    const cv::Point at(std::clamp(cvRound(px.x), 0, room.cols - 1),
                       std::clamp(cvRound(px.y), 0, room.rows - 1));
    if (!room.at<uint8_t>(at)) return 0.0;
    return weight ? weight(px) : 1.0;
  };
}

}  // namespace mammograft
