#include "phantom/placement.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mammograft {

namespace {

constexpr double kSkinGapMm = 4;     // between the contour and the skin's surface
constexpr double kFlattest = 0.012;  // smallest deviation that counts as background
constexpr double kMostAttenuation = 0.45;
constexpr int kTrials = 400;

double draw_diameter(const PhantomOptions& options, Rng& rng) {
  for (;;) {  // log-normal; about one draw in ten is outside
    const double d = options.mass_median_mm * std::exp(0.45 * rng.normal());
    if (d >= 5 && d <= 40) return d;
  }
}

double draw_cnr(const PhantomOptions& options, Rng& rng) {
  const double draw = rng.uniform();
  if (draw < options.subtle_fraction) return rng.uniform(0.6, 1.2);
  if (draw < options.subtle_fraction + options.obvious_fraction) return rng.uniform(2.3, 4.0);
  return rng.uniform(1.25, 2.15);
}

// How well a disc of that radius fits: 0 not at all, else more where glandular tissue is.
double suitability(const TissueView& view, Point at, double radius) {
  const int j = static_cast<int>(at.x / view.mm_per_px),
            i = static_cast<int>(at.y / view.mm_per_px);
  if (i < 0 || j < 0 || i >= view.mask.rows || j >= view.mask.cols) return 0;
  if (view.depth_mm.at<float>(i, j) < radius + kSkinGapMm) return 0;
  if (at.x < radius + 3 || at.y < radius + 3 || at.y > view.shape.height_mm - radius - 3) return 0;
  double fit = 0.35 + std::clamp<double>(view.gland.at<float>(i, j), 0.0, 0.65);
  if (!view.shape.pectoral.empty()) {
    const Point a = view.shape.pectoral_line[0], b = view.shape.pectoral_line[1];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    const double off = ((at.x - a.x) * (a.y - b.y) + (at.y - a.y) * (b.x - a.x)) / -length;
    if (off < radius) fit *= 0.06;  // rarely over the muscle
  }
  return fit;
}

BreastPosition draw_position(const BreastSize& size, Rng& rng) {
  return {rng.uniform(0.1, 0.95) * size.depth_mm, rng.uniform(-0.8, 0.8) * size.half_height_mm,
          rng.uniform(-0.8, 0.8) * size.half_height_mm};
}

struct Background {
  double deviation = 0;  // of the attenuation around
  double mean_shadow = 0;
};

Background measure(const TissueView& view, const MassShadow& shadow) {
  cv::Mat ring = shadow.around & view.mask(shadow.box);
  cv::Mat near_skin = view.depth_mm(shadow.box) < 3;
  ring.setTo(0, near_skin);
  cv::Scalar mean, deviation;
  cv::meanStdDev(view.attenuation(shadow.box), mean, deviation, ring);
  return {std::max(kFlattest, deviation[0]), cv::mean(shadow.shadow, shadow.inside)[0]};
}

void add_shadow(TissueView& view, const MassShadow& shadow, double amplitude,
                const TissueNoise& noise, Rng rng) {
  cv::Mat coords(shadow.box.size(), CV_32FC2);
  for (int i = 0; i < coords.rows; ++i) {
    for (int j = 0; j < coords.cols; ++j) {
      coords.at<cv::Vec2f>(i, j) = {static_cast<float>(j * view.mm_per_px),
                                    static_cast<float>(i * view.mm_per_px)};
    }
  }
  const cv::Mat grain = noise.grain(coords, rng);
  cv::Mat target = view.attenuation(shadow.box);
  const cv::Mat inside = view.mask(shadow.box);
  for (int i = 0; i < target.rows; ++i) {
    for (int j = 0; j < target.cols; ++j) {
      if (!inside.at<uchar>(i, j)) continue;
      const double uneven = std::max(0.4, 1 + 0.12 * grain.at<float>(i, j));
      target.at<float>(i, j) +=
          static_cast<float>(amplitude * uneven * shadow.shadow.at<float>(i, j));
    }
  }
}

}  // namespace

Point project_position(const BreastPosition& position, const BreastShape& shape) {
  const double down =
      shape.view == View::cc
          ? -position.lateral
          : -(position.lateral * std::sin(kObliqueAngle) + position.up * std::cos(kObliqueAngle));
  return {shape.nipple.x - position.behind, shape.nipple.y + down};
}

std::vector<ImplantedMass> implant_mass(std::vector<TissueView>& views,
                                        const PhantomOptions& options, const TissueNoise& noise,
                                        Rng rng) {
  Rng draw = rng.fork("size");
  double diameter = draw_diameter(options, draw);
  const double target_cnr = draw_cnr(options, draw);
  BreastPosition position{};
  Rng place = rng.fork("place");
  for (int trial = 1;; ++trial) {
    position = draw_position(views.front().shape.size, place);
    double fit = 1;
    for (const TissueView& view : views) {
      fit *= suitability(view, project_position(position, view.shape), diameter / 2);
    }
    if (fit > 0 && place.uniform() < fit) break;
    if (trial % kTrials == 0) {  // too large for this breast
      ensure(diameter > 5, "phantom: no place for a mass of {} mm", diameter);
      diameter = std::max(5.0, 0.8 * diameter);
    }
  }
  const Mass mass = random_mass(diameter, rng.fork("shape"));
  std::vector<MassShadow> shadows;
  std::vector<Background> backgrounds;
  double deviation = 0, mean_shadow = 0;
  for (const TissueView& view : views) {
    shadows.push_back(project_mass(mass, view.shape.view, project_position(position, view.shape),
                                   view.mask.size(), view.mm_per_px));
    backgrounds.push_back(measure(view, shadows.back()));
    deviation += backgrounds.back().deviation / static_cast<double>(views.size());
    mean_shadow += backgrounds.back().mean_shadow / static_cast<double>(views.size());
  }
  // One mass has one density: its contrast is that of both views, its visibility is not.
  const double amplitude = std::min(kMostAttenuation, options.mass_contrast * target_cnr *
                                                          deviation / std::max(0.1, mean_shadow));
  std::vector<ImplantedMass> implanted;
  for (size_t v = 0; v < views.size(); ++v) {
    add_shadow(views[v], shadows[v], amplitude, noise, rng.fork("texture", v));
    implanted.push_back({shadows[v].contour, shadows[v].size_mm,
                         amplitude * backgrounds[v].mean_shadow / backgrounds[v].deviation,
                         mass.shape, mass.margin});
  }
  return implanted;
}

}  // namespace mammograft
