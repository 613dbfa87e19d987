#include "graft/conspicuity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "graft/measures.h"

namespace mammograft {

namespace {

// Between the values, which rise; the i-th of n stands for the quantile (i + 0.5) / n (Hazen).
double quantile(const std::vector<double>& rising, double share) {
  const double last = static_cast<double>(rising.size()) - 1;
  const double place = std::clamp(share * static_cast<double>(rising.size()) - 0.5, 0.0, last);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, rising.size() - 1);
  return std::lerp(rising[below], rising[above], place - static_cast<double>(below));
}

}  // namespace

std::vector<double> masses_of_same_rank(const LesionBank& bank) {
  std::vector<double> all;
  for (const RealMass& mass : bank.masses) {
    if (std::isfinite(mass.conspicuity)) all.push_back(mass.conspicuity);
  }
  std::sort(all.begin(), all.end());
  std::vector<size_t> order;
  for (size_t i = 0; i < bank.lesions.size(); ++i) {
    if (std::isfinite(bank.lesions[i].conspicuity)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return bank.lesions[a].conspicuity < bank.lesions[b].conspicuity;
  });
  std::vector<double> targets(bank.lesions.size(), std::numeric_limits<double>::quiet_NaN());
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const double share = (static_cast<double>(rank) + 0.5) / static_cast<double>(order.size());
    targets[order[rank]] = quantile(all, share);
  }
  return targets;
}

std::optional<double> conspicuity_aim(double target, const ConspicuityOptions& options) {
  if (options.aim == "free" || !std::isfinite(target)) return std::nullopt;
  // A share of a negative one would stand out more, not less.
  return options.aim == "harder" ? std::min(target, options.harder * target) : target;
}

double foretold_conspicuity(const Background& background, const WarpedLesion& lesion,
                            cv::Point origin) {
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
  return deviation > 0 ? lesion.contrast / deviation : std::numeric_limits<double>::quiet_NaN();
}

std::optional<ChosenPlace> choose_conspicuous_place(const Background& background,
                                                    const WarpedLesion& lesion, double aim,
                                                    const ConspicuityOptions& options, Rng& rng) {
  std::optional<ChosenPlace> best;
  double best_distance = 0, best_foretold = 0;
  const Places places(background.free, lesion.omega, background.weight);
  for (int i = 0; i < options.places; ++i) {
    const std::optional<cv::Point> origin = places.draw(rng);
    if (!origin) return std::nullopt;
    const double foretold = foretold_conspicuity(background, lesion, *origin);
    if (std::isnan(foretold)) continue;
    const double distance = std::abs(foretold - aim);
    if (best && distance >= best_distance) continue;
    best = ChosenPlace{*origin, 1};
    best_distance = distance;
    best_foretold = foretold;
  }
  // Of another sign the aim is nearest with the smallest gain.
  if (best && best_foretold != 0)
    best->gain = std::clamp(aim / best_foretold, 1 / options.gain, options.gain);
  return best;
}

}  // namespace mammograft
