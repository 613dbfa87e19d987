#include "detect/batch.h"

#include <torch/types.h>

#include "image/rle.h"

namespace mammograft {
namespace {

// A mass is scored against the box that a person drew, which an outline that was found within it
// does not fill: so its box is learnt, not the outline's. Turned, it is what the outline says, made
// as wide as the box.
Box box_of_mapped(const Augmentation& augmentation, const TrainingMass& mass) {
  const Box outline = mass.polygons.empty() ? Box{} : bounds(mass.polygons);
  if (outline.empty()) return augmentation.map_ellipse(mass.box);
  const double sx = mass.box.width() / outline.width(), sy = mass.box.height() / outline.height();
  std::vector<Polygon> widened = mass.polygons;
  for (Polygon& polygon : widened) {
    for (Point& p : polygon) {
      const Point wide{mass.box.x0 + sx * (p.x - outline.x0),
                       mass.box.y0 + sy * (p.y - outline.y0)};
      p = augmentation.map(wide);
    }
  }
  return bounds(widened);
}

TrainingMass mapped_mass(const Augmentation& augmentation, const TrainingMass& mass) {
  TrainingMass mapped = mass;
  mapped.box = box_of_mapped(augmentation, mass);
  for (Polygon& polygon : mapped.polygons) {
    for (Point& point : polygon) point = augmentation.map(point);
  }
  return mapped;
}

bool is_small(const Box& box) { return box.width() < 2 || box.height() < 2; }  // px

torch::Tensor box_tensor(const std::vector<Box>& boxes) {
  torch::Tensor out = torch::empty({static_cast<int64_t>(boxes.size()), 4});
  for (size_t i = 0; i < boxes.size(); ++i) {
    float* row = out.data_ptr<float>() + 4 * i;
    row[0] = static_cast<float>(boxes[i].x0), row[1] = static_cast<float>(boxes[i].y0);
    row[2] = static_cast<float>(boxes[i].x1), row[3] = static_cast<float>(boxes[i].y1);
  }
  return out;
}

// The pixels of the union of the outlines, by COCO's rule. (cv::fillPoly would add the border's
// pixels and leave out where outlines overlap.)
void fill_mask(const TrainingMass& mass, cv::Mat& mask) {
  decode_rle(rasterize(mass.polygons, mask.rows, mask.cols)).copyTo(mask);
}

Target make_target(const AugmentedImage& image, int64_t height, int64_t width) {
  const auto count = static_cast<int64_t>(image.masses.size());
  std::vector<Box> boxes;
  Target target;
  target.labels = torch::empty({count}, torch::kLong);
  target.has_mask = torch::empty({count}, torch::kBool);
  target.masks = torch::zeros({count, height, width}, torch::kByte);
  for (int64_t i = 0; i < count; ++i) {
    const TrainingMass& mass = image.masses[i];
    boxes.push_back(mass.box);
    target.labels.data_ptr<int64_t>()[i] = mass.label;
    target.has_mask.data_ptr<bool>()[i] = mass.has_mask;
    cv::Mat mask(static_cast<int>(height), static_cast<int>(width), CV_8UC1,
                 target.masks.data_ptr<uint8_t>() + i * height * width);
    if (mass.has_mask) fill_mask(mass, mask);
  }
  target.boxes = box_tensor(boxes);
  target.ignored = box_tensor(image.ignored);
  return target;
}

Augmentation draw_for(const TrainingImage& image, const AugmentOptions& options, int long_side_px,
                      Rng& rng) {
  // One of the masses is kept in view where the magnified image is cropped.
  const Box focus = image.masses.empty()
                        ? Box{}
                        : image.masses[rng.integer(static_cast<int64_t>(image.masses.size()))].box;
  return draw_augmentation(options, image.pixels.size(), {long_side_px, long_side_px}, focus, rng);
}

}  // namespace

int64_t padded(int64_t side, int64_t multiple) {
  return (side + multiple - 1) / multiple * multiple;
}

AugmentedImage augment(const TrainingImage& image, const AugmentOptions& options, int long_side_px,
                       Rng& rng) {
  const Augmentation drawn = draw_for(image, options, long_side_px, rng);
  cv::Mat pixels;
  image.pixels.convertTo(pixels, CV_32FC1, 1.0 / 65535);
  AugmentedImage out;
  out.pixels = apply_augmentation(drawn, pixels);
  const Box frame{0, 0, static_cast<double>(out.pixels.cols), static_cast<double>(out.pixels.rows)};
  for (const TrainingMass& mass : image.masses) {
    TrainingMass mapped = mapped_mass(drawn, mass);
    const Box visible = intersection(mapped.box, frame);
    const double share = visible.area() / std::max(mapped.box.area(), 1e-9);
    const bool small = is_small(mapped.box);
    if (is_small(visible) && !small) continue;  // a sliver of it
    mapped.box = visible;
    mapped.has_mask &= !small;  // its outline may hold no pixel; but a mass it stays
    if (share < kVisibleShare) {
      out.ignored.push_back(visible);
    } else {
      out.masses.push_back(std::move(mapped));
    }
  }
  for (const Box& box : image.ignored) {
    const Box visible = intersection(drawn.map(box), frame);
    if (!visible.empty()) out.ignored.push_back(visible);
  }
  return out;
}

Batch make_batch(const TrainingSet& set, const AugmentOptions& options, BatchDraws draws,
                 int long_side_px, const Rng& seed, BatchPart part) {
  const auto [step, size] = draws;
  ensure(size % part.parts == 0, "batch of {}: not a multiple of {} parts", size, part.parts);
  const int64_t count = size / part.parts, first = step * size + part.index * count;
  std::vector<AugmentedImage> images;
  Batch batch;
  int64_t height = 0, width = 0;
  for (int64_t i = step * size; i < (step + 1) * size; ++i) {
    const TrainingImage& image = set.draw(i, seed);
    const Rng of_draw = seed.fork("augment", static_cast<uint64_t>(i));
    Rng rng = of_draw;
    const cv::Size canvas = draw_for(image, options, long_side_px, rng).size;
    height = std::max<int64_t>(height, padded(canvas.height));
    width = std::max<int64_t>(width, padded(canvas.width));
    if (i < first || i >= first + count) continue;
    rng = of_draw;
    images.push_back(augment(image, options, long_side_px, rng));
    batch.rngs.push_back(seed.fork("samples", static_cast<uint64_t>(i)));
  }
  batch.images = torch::zeros({count, 1, height, width});
  for (int64_t n = 0; n < count; ++n) {
    const cv::Mat& pixels = images[n].pixels;
    cv::Mat canvas(static_cast<int>(height), static_cast<int>(width), CV_32FC1,
                   batch.images.data_ptr<float>() + n * height * width);
    pixels.copyTo(canvas(cv::Rect(0, 0, pixels.cols, pixels.rows)));
    batch.targets.push_back(make_target(images[n], height, width));
  }
  return batch;
}

}  // namespace mammograft
