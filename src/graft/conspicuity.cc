#include "graft/conspicuity.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "graft/measures.h"

namespace mammograft {

std::optional<double> conspicuity_aim(const Lesion& lesion, const ConspicuityOptions& options) {
  if (options.aim == "free" || !std::isfinite(lesion.conspicuity)) return std::nullopt;
  return options.aim == "harder" ? options.harder * lesion.conspicuity : lesion.conspicuity;
}

double foretold_conspicuity(const Background& background, const WarpedLesion& lesion,
                            cv::Point origin, double contrast) {
  const cv::Rect box = cv::boundingRect(lesion.mask) + origin;
  const int reach = std::max(box.width, box.height);  // the ring ends half a radius from the rim
  const cv::Rect image({0, 0}, background.pixels.size());
  const cv::Rect near =
      cv::Rect(box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach) & image;
  cv::Mat mask(near.size(), CV_8UC1, cv::Scalar(0));
  const cv::Rect there = near & cv::Rect(origin, lesion.mask.size());
  lesion.mask({there.tl() - origin, there.size()})
      .copyTo(mask({there.tl() - near.tl(), there.size()}));
  const double deviation = ring_deviation(
      {background.pixels(near), mask, background.breast(near), background.mm_per_px[0]});
  return deviation > 0 ? contrast / deviation : std::numeric_limits<double>::quiet_NaN();
}

std::optional<ChosenPlace> choose_conspicuous_place(const Background& background,
                                                    const WarpedLesion& lesion, double contrast,
                                                    double aim, const ConspicuityOptions& options,
                                                    Rng& rng) {
  std::optional<ChosenPlace> best;
  double best_distance = 0, best_foretold = 0;
  const Places places(background.free, lesion.omega, background.weight);
  for (int i = 0; i < std::max(1, options.places); ++i) {
    const std::optional<cv::Point> origin = places.draw(rng);
    if (!origin) return std::nullopt;
    const double foretold = foretold_conspicuity(background, lesion, *origin, contrast);
    if (std::isnan(foretold)) continue;
    const double distance = std::abs(foretold - aim);
    if (best && distance >= best_distance) continue;
    best = ChosenPlace{*origin, 1};
    best_distance = distance;
    best_foretold = foretold;
  }
  if (best && best_foretold > 0 && aim > 0)
    best->gain = std::clamp(aim / best_foretold, 1 / options.gain, options.gain);
  return best;
}

void amplify(WarpedLesion& lesion, double gain) {
  const double level = cv::mean(lesion.pixels, lesion.omega & ~lesion.mask)[0];
  lesion.pixels = level + gain * (lesion.pixels - level);
}

}  // namespace mammograft
