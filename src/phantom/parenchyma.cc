#include "phantom/parenchyma.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "phantom/strokes.h"

namespace mammograft {

namespace {

constexpr int kCoarse = 4;  // smooth fields are computed on every fourth pixel

constexpr float kMeanLine = 0.5F;  // of strands()

float smooth_step(float low, float high, float x) {
  const float t = std::clamp((x - low) / (high - low), 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

cv::Size image_size(const BreastShape& shape, double mm_per_px) {
  return {static_cast<int>(std::lround(shape.width_mm / mm_per_px)),
          static_cast<int>(std::lround(shape.height_mm / mm_per_px))};
}

void make_mask(TissueView& view) {
  const cv::Size size = image_size(view.shape, view.mm_per_px);
  view.mask = cv::Mat::zeros(size, CV_8UC1);
  fill_polygon(view.mask, view.shape.outline, view.mm_per_px, 255);
  // Air only beyond the skin counts: at the chest wall the breast goes on.
  cv::distanceTransform(view.mask, view.depth_mm, cv::DIST_L2, cv::DIST_MASK_PRECISE, CV_32F);
  view.depth_mm *= view.mm_per_px;
}

// Coarse maps, enlarged to the image by the caller.
struct Frames {
  cv::Mat position;  // CV_32FC2, x and y in mm, slowly warped
  cv::Mat fan;       // CV_32FC2, along and across the strands that converge to the nipple, mm
  cv::Mat envelope;  // CV_32FC1, > 0 where glandular tissue may be
};

struct Island {
  double x, y, along, across, angle, strength;
};

// Dense islands away from the disc: what makes a detector's life hard.
std::vector<Island> random_islands(const BreastShape& shape, const TissueTraits& traits, Rng rng) {
  std::vector<Island> islands;
  const int64_t count = 3 + rng.poisson(3.0 + traits.density);
  const double span =
      shape.view == View::cc ? shape.size.half_height_mm : 0.8 * shape.size.depth_mm;
  for (int64_t k = 0; k < count; ++k) {
    const double along = rng.log_uniform(3.0, 12.0);
    islands.push_back({shape.nipple.x - rng.uniform(0.12, 0.95) * shape.size.depth_mm,
                       shape.nipple.y + rng.uniform(-0.85, 0.7) * span, along,
                       along * rng.uniform(0.45, 0.95), rng.uniform(0, M_PI),
                       rng.uniform(0.35, 1.1)});
  }
  return islands;
}

float island_sum(const std::vector<Island>& islands, double x, double y) {
  double sum = 0;
  for (const Island& island : islands) {
    const double dx = x - island.x, dy = y - island.y;
    if (std::abs(dx) + std::abs(dy) > 4 * island.along) continue;
    const double c = std::cos(island.angle), s = std::sin(island.angle);
    const double u = (c * dx + s * dy) / island.along, v = (-s * dx + c * dy) / island.across;
    sum += island.strength * std::exp(-std::pow(u * u + v * v, 1.5));
  }
  return static_cast<float>(sum);
}

// The disc of glandular tissue: an ellipse behind the nipple that narrows towards it, in the
// oblique view turned towards the axilla.
struct Disc {
  double back, forward, half_height, tilt, shift;
};
Disc random_disc(const BreastShape& shape, const TissueTraits& traits, Rng rng) {
  const double depth = shape.size.depth_mm;
  const double span = shape.view == View::cc ? shape.size.half_height_mm : 0.78 * depth;
  return {depth * traits.gland_depth * rng.uniform(0.92, 1.08), depth * 0.02,
          span * traits.gland_height * rng.uniform(0.92, 1.08),
          shape.view == View::cc ? rng.uniform(-0.15, 0.1) : rng.uniform(-0.55, -0.25),
          shape.view == View::cc ? rng.uniform(-0.1, 0.05) : rng.uniform(-0.15, 0.0)};
}

float disc_envelope(const Disc& disc, double behind, double above) {
  const double c = std::cos(disc.tilt), s = std::sin(disc.tilt);
  const double u = c * behind - s * above, v = s * behind + c * above;
  const double middle = 0.5 * (disc.back - disc.forward), radius = 0.5 * (disc.back + disc.forward);
  const double q = (u - middle) / radius,
               w = (v - disc.shift * disc.half_height) / disc.half_height;
  return static_cast<float>(1 - std::pow(q * q + w * w, 0.8));
}

Frames make_frames(const TissueView& view, const TissueTraits& traits, const TissueNoise& noise,
                   Rng rng) {
  const BreastShape& shape = view.shape;
  const int rows = (view.mask.rows + kCoarse - 1) / kCoarse;
  const int cols = (view.mask.cols + kCoarse - 1) / kCoarse;
  const double step = kCoarse * view.mm_per_px;
  cv::Mat flat(rows, cols, CV_32FC2);
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j) {
      flat.at<cv::Vec2f>(i, j) = {static_cast<float>((j + 0.5) * step),
                                  static_cast<float>((i + 0.5) * step)};
    }
  }
  cv::Mat warp_x = noise.cloud(flat, rng.fork("warp", 0));
  cv::Mat warp_y = noise.cloud(flat, rng.fork("warp", 1));
  cv::GaussianBlur(warp_x, warp_x, {0, 0}, 9 / step);
  cv::GaussianBlur(warp_y, warp_y, {0, 0}, 9 / step);
  const auto islands = random_islands(shape, traits, rng.fork("islands"));
  const Disc disc = random_disc(shape, traits, rng.fork("disc"));
  const double warp_mm = rng.fork("strength").uniform(3.0, 6.5);
  Frames frames{cv::Mat(rows, cols, CV_32FC2), cv::Mat(rows, cols, CV_32FC2),
                cv::Mat(rows, cols, CV_32FC1)};
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j) {
      const cv::Vec2f p = flat.at<cv::Vec2f>(i, j);
      const double x = p[0] + warp_mm * warp_x.at<float>(i, j);
      const double y = p[1] + warp_mm * warp_y.at<float>(i, j);
      const double behind = shape.nipple.x - x, below = y - shape.nipple.y;
      // The fan bends less than the rest, or strands would curl.
      const double fan_x = shape.nipple.x - (x + p[0]) / 2;
      const double fan_y = (y + p[1]) / 2 - shape.nipple.y;
      const double far = std::hypot(fan_x, fan_y) + 6;
      const double angle = std::atan2(fan_y, fan_x);
      frames.position.at<cv::Vec2f>(i, j) = {static_cast<float>(x), static_cast<float>(y)};
      // Strands start fan-like and become parallel further back: width grows as distance^0.6.
      frames.fan.at<cv::Vec2f>(i, j) = {static_cast<float>(far),
                                        static_cast<float>(angle * std::pow(far / 40, 0.6) * 40)};
      frames.envelope.at<float>(i, j) =
          std::max(-3.0F, disc_envelope(disc, behind, -below)) + island_sum(islands, x, y);
    }
  }
  return frames;
}

cv::Mat enlarge(const cv::Mat& coarse, cv::Size size) {
  cv::Mat full;
  cv::resize(coarse, full, {coarse.cols * kCoarse, coarse.rows * kCoarse}, 0, 0, cv::INTER_LINEAR);
  return full(cv::Rect({0, 0}, size));
}

// Strands of several widths, 0..~1.
cv::Mat strands(const cv::Mat& fan, const cv::Mat& position, const TissueTraits& traits,
                const TissueNoise& noise, Rng rng) {
  cv::Mat stretched(fan.size(), CV_32FC2);
  const float anisotropy = static_cast<float>(1.6 + 1.6 * traits.strandiness);
  for (int i = 0; i < fan.rows; ++i) {
    const float* from = fan.ptr<float>(i);
    float* to = stretched.ptr<float>(i);
    for (int j = 0; j < 2 * fan.cols; j += 2) {
      to[j] = from[j] / anisotropy;
      to[j + 1] = from[j + 1];
    }
  }
  cv::Mat sum = 0.34 * noise.ridges(stretched, 16, 0.9, rng.fork("wide"));
  sum += 0.20 * noise.ridges(stretched, 8, 0.7, rng.fork("middle"));
  sum += 0.11 * noise.ridges(stretched, 4, 0.6, rng.fork("narrow"));
  sum += 0.24 * noise.ridges(position, 21, 0.35, rng.fork("septa"));  // walls of fat lobules
  return sum;
}

void mix_tissue(TissueView& view, const Frames& frames, const TissueTraits& traits,
                const TissueNoise& noise, Rng rng) {
  const cv::Size size = view.mask.size();
  const cv::Mat position = enlarge(frames.position, size), fan = enlarge(frames.fan, size);
  const cv::Mat envelope = enlarge(frames.envelope, size);
  const cv::Mat cloud = noise.cloud(position, rng.fork("cloud"));
  const cv::Mat grain = noise.grain(position, rng.fork("grain"));
  const cv::Mat lines = strands(fan, position, traits, noise, rng.fork("strands"));
  const float bias = static_cast<float>(0.95 - 1.25 * traits.gland_share);
  const float fibrous = static_cast<float>(0.30 + 0.35 * traits.strandiness);
  const float roll = static_cast<float>(view.shape.size.roll_mm);
  view.gland.create(size, CV_32FC1);
  view.attenuation.create(size, CV_32FC1);
  for (int i = 0; i < size.height; ++i) {
    const float* env = envelope.ptr<float>(i);
    const float* low = cloud.ptr<float>(i);
    const float* fine = grain.ptr<float>(i);
    const float* line = lines.ptr<float>(i);
    const float* depth = view.depth_mm.ptr<float>(i);
    float* gland = view.gland.ptr<float>(i);
    float* out = view.attenuation.ptr<float>(i);
    for (int j = 0; j < size.width; ++j) {
      gland[j] = out[j] = 0;
      if (depth[j] <= 0) continue;
      const float under_skin = smooth_step(1.5F, 11.0F, depth[j] + 1.5F * fine[j]);
      const float drive = env[j] + 0.40F * low[j] + 0.15F * fine[j] + 0.55F * (line[j] - kMeanLine);
      const float filled = under_skin / (1 + std::exp(-(drive - bias) / 0.26F));
      const float texture =
          0.62F + fibrous * (line[j] - kMeanLine) + 0.12F * fine[j] + 0.10F * low[j];
      const float fat = 0.16F * (line[j] - kMeanLine) + 0.06F * fine[j] + 0.08F * low[j];
      gland[j] = filled * std::max(0.05F, texture) + (1 - filled) * fat;
      // A compressed breast is as thick as the paddle's height, but for a round rim.
      const float rim = std::max(0.0F, 1 - depth[j] / roll);
      const float thickness = std::sqrt(std::max(0.0F, 1 - rim * rim * (0.6F + 0.4F * rim)));
      out[j] = thickness * (kFat + kGland * gland[j]);
    }
  }
}

void add_skin(TissueView& view, const TissueTraits& traits) {
  const float skin = static_cast<float>(traits.skin_mm);
  for (int i = 0; i < view.mask.rows; ++i) {
    const float* depth = view.depth_mm.ptr<float>(i);
    float* out = view.attenuation.ptr<float>(i);
    for (int j = 0; j < view.mask.cols; ++j) {
      if (depth[j] <= 0 || depth[j] > 4 * skin) continue;
      // The ray's path through a shell is longest where it grazes the inner surface.
      const float q = (depth[j] - 0.9F * skin) / (0.7F * skin);
      out[j] += 0.05F * std::exp(-q * q);
    }
  }
}

// Blends the muscle in, with fibres along its edge.
void add_muscle(TissueView& view, const TissueTraits& traits, const TissueNoise& noise, Rng rng) {
  const BreastShape& shape = view.shape;
  if (shape.pectoral.empty()) return;
  cv::Mat inside = cv::Mat::zeros(view.mask.size(), CV_8UC1);
  fill_polygon(inside, shape.pectoral, view.mm_per_px, 255);
  cv::Mat soft;
  cv::Mat padded;  // the image's border is not an edge of the muscle
  const int pad = static_cast<int>(6 / view.mm_per_px);
  cv::copyMakeBorder(inside, padded, pad, 0, pad, 0, cv::BORDER_REPLICATE);
  cv::GaussianBlur(padded, padded, {0, 0}, rng.fork("edge").uniform(0.7, 1.8) / view.mm_per_px);
  padded(cv::Rect({pad, pad}, view.mask.size())).convertTo(soft, CV_32F, 1 / 255.0);
  const cv::Rect box = cv::boundingRect(inside) & cv::Rect({0, 0}, view.mask.size());
  const Point a = shape.pectoral_line[0], b = shape.pectoral_line[1];
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  const double ux = (b.x - a.x) / length, uy = (b.y - a.y) / length;
  cv::Mat coords(box.size(), CV_32FC2), across(box.size(), CV_32FC1);
  for (int i = 0; i < box.height; ++i) {
    for (int j = 0; j < box.width; ++j) {
      const double x = (j + box.x + 0.5) * view.mm_per_px, y = (i + box.y + 0.5) * view.mm_per_px;
      const double along = (x - a.x) * ux + (y - a.y) * uy, over = -(x - a.x) * uy + (y - a.y) * ux;
      coords.at<cv::Vec2f>(i, j) = {static_cast<float>(along / 7), static_cast<float>(over)};
      across.at<float>(i, j) = static_cast<float>(std::abs(over) / length);
    }
  }
  const cv::Mat fibres = noise.ridges(coords, 5, 0.5, rng.fork("fibres"));
  const cv::Mat cloud = noise.cloud(coords, rng.fork("cloud"));
  const float level = static_cast<float>(0.58 + 0.08 * traits.muscle);
  for (int i = 0; i < box.height; ++i) {
    float* out = view.attenuation.ptr<float>(i + box.y) + box.x;
    const float* share = soft.ptr<float>(i + box.y) + box.x;
    for (int j = 0; j < box.width; ++j) {
      const float muscle = level + 0.16F * across.at<float>(i, j) +
                           0.02F * (fibres.at<float>(i, j) - 0.5F) + 0.02F * cloud.at<float>(i, j);
      out[j] += share[j] * (muscle - out[j] + 0.45F * (out[j] - kFat));
    }
  }
}

}  // namespace

TissueTraits random_tissue(Rng rng, const std::vector<double>& density_shares) {
  TissueTraits traits;
  double total = 0;
  for (double share : density_shares) total += share;
  double draw = rng.uniform(0, total);
  traits.density = 0;
  while (traits.density < 3 && draw >= density_shares[static_cast<size_t>(traits.density)]) {
    draw -= density_shares[static_cast<size_t>(traits.density)];
    ++traits.density;
  }
  // Shares of the projected breast by class: <25, 25-50, 50-75, >75 % (BI-RADS, 4th edition).
  static constexpr double kLow[] = {0.02, 0.28, 0.58, 0.88}, kHigh[] = {0.24, 0.52, 0.85, 1.15};
  traits.gland_share = rng.uniform(kLow[traits.density], kHigh[traits.density]);
  traits.strandiness = rng.uniform(0.1, 1.0);
  traits.gland_depth = std::min(0.95, rng.uniform(0.62, 0.8) + 0.06 * traits.density);
  traits.gland_height = rng.uniform(0.55, 0.72) + 0.07 * traits.density;
  traits.skin_mm = rng.uniform(1.2, 2.2);
  traits.vessels = rng.uniform();
  traits.muscle = rng.uniform(0.6, 1.4);
  traits.calcifications = rng.chance(0.3);
  return traits;
}

TissueTraits vary(const TissueTraits& traits, Rng rng) {
  TissueTraits other = traits;
  other.gland_share += 0.05 * rng.normal();
  other.gland_depth = std::clamp(traits.gland_depth + 0.02 * rng.normal(), 0.5, 0.98);
  other.gland_height = std::clamp(traits.gland_height + 0.02 * rng.normal(), 0.45, 1.05);
  other.vessels = std::clamp(traits.vessels + 0.1 * rng.normal(), 0.0, 1.0);
  other.calcifications = rng.chance(traits.calcifications ? 0.6 : 0.15);
  return other;
}

TissueView make_tissue(const BreastShape& shape, const TissueTraits& traits, double mm_per_px,
                       const TissueNoise& noise, Rng rng) {
  TissueView view;
  view.shape = shape;
  view.mm_per_px = mm_per_px;
  make_mask(view);
  const Frames frames = make_frames(view, traits, noise, rng.fork("frames"));
  mix_tissue(view, frames, traits, noise, rng.fork("mix"));
  add_strokes(view, traits, rng.fork("strokes"));
  add_skin(view, traits);
  add_muscle(view, traits, noise, rng.fork("muscle"));
  view.attenuation.setTo(0, view.mask == 0);
  return view;
}

}  // namespace mammograft
