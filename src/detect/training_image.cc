#include "detect/training_image.h"

#include <cmath>

namespace mammograft {
namespace {

std::vector<Polygon> polygons_of(const Annotation& annotation) {
  if (const auto* polygons = std::get_if<std::vector<Polygon>>(&annotation.segmentation))
    return *polygons;
  if (const auto* rle = std::get_if<Rle>(&annotation.segmentation))
    return contours(decode_rle(*rle));
  return {};
}

TrainingMass training_mass(const Annotation& annotation, const InputTransform& transform,
                           bool any_outline) {
  TrainingMass mass;
  mass.box = transform.to_network(annotation.bbox);
  mass.polygons = polygons_of(annotation);
  for (Polygon& polygon : mass.polygons) {
    for (Point& point : polygon) point = transform.to_network(point);
  }
  const bool drawn = annotation.mask_origin == MaskOrigin::contour ||
                     annotation.mask_origin == MaskOrigin::synthetic;
  mass.has_mask = !mass.polygons.empty() && (drawn || any_outline);
  return mass;
}

// Mostly in the picture, at least one pixel large, and not wholly in what is black to the network.
bool can_be_seen(const Box& mass, const Box& box, const cv::Mat& pixels) {
  if (box.width() < 1 || box.height() < 1 || box.area() < kVisibleShare * mass.area()) return false;
  const cv::Rect around(
      cv::Point(static_cast<int>(box.x0), static_cast<int>(box.y0)),
      cv::Point(static_cast<int>(std::ceil(box.x1)), static_cast<int>(std::ceil(box.y1))));
  return cv::countNonZero(pixels(around)) > 0;
}

}  // namespace

TrainingImage training_image(const cv::Mat& pixels, const ImageRecord& record,
                             Annotations annotations, const InputOptions& input, bool any_outline) {
  const NetworkInput seen = make_network_input(pixels, record.pixel_spacing_mm, record.view, input);
  TrainingImage image;
  image.id = record.id;
  seen.pixels.convertTo(image.pixels, CV_16UC1, 65535);
  const Box frame{0, 0, static_cast<double>(seen.pixels.cols),
                  static_cast<double>(seen.pixels.rows)};
  for (const Annotation* annotation : annotations) {
    TrainingMass mass = training_mass(*annotation, seen.transform, any_outline);
    if (annotation->ignore) {
      image.ignored.push_back(mass.box);
      continue;
    }
    const Box visible = intersection(mass.box, frame);  // the crop may cut it at the film's edge
    if (!can_be_seen(mass.box, visible, seen.pixels)) {
      if (!visible.empty()) image.ignored.push_back(visible);
      ++image.unseen;
      continue;
    }
    mass.box = visible;
    image.masses.push_back(std::move(mass));
  }
  if (record.status == Status::mass && annotations.empty()) image.unseen = 1;  // nobody says where
  return image;
}

}  // namespace mammograft
