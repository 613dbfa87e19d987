#include "prepare/mark_taker.h"

#include <algorithm>

#include "core/log.h"

namespace mammograft {
namespace {

bool fits(const Annotation& annotation, const ImageRecord& image) {
  const auto* mask = std::get_if<Rle>(&annotation.segmentation);
  return mask == nullptr || (mask->width == image.width && mask->height == image.height);
}

bool holds_same(const std::vector<Annotation>& annotations, size_t first_few, const Box& box) {
  constexpr double kSame = 0.8;
  return std::any_of(annotations.begin(),
                     annotations.begin() + static_cast<std::ptrdiff_t>(first_few),
                     [&](const Annotation& other) { return iou(other.bbox, box) > kSame; });
}

}  // namespace

bool MarkTaker::take(const std::filesystem::path& object, const std::vector<Mark>& marks) {
  std::map<SourceImage*, size_t> of_other_objects;
  bool all_are_here = true;
  for (const Mark& mark : marks) {
    const auto found = images_.find(mark.instance);
    if (found == images_.end()) {
      ++elsewhere_;
      all_are_here = false;
      continue;
    }
    SourceImage& image = *found->second;
    marked_.insert(&image);
    if (!mark.annotation) {
      ++without_inside_;
      continue;
    }
    if (!fits(*mark.annotation, image.record)) {
      log_warning(fmt::format("{}: passed over: a mask of another size than its image, {} x {}",
                              object.string(), image.record.width, image.record.height));
      continue;
    }
    add(mark, image, of_other_objects.emplace(&image, image.annotations.size()).first->second);
  }
  return all_are_here;
}

void MarkTaker::add(const Mark& mark, SourceImage& image, size_t of_other_objects) {
  if (!mark.is_mass) {
    ++other_kinds_;
  } else if (holds_same(image.annotations, of_other_objects, mark.annotation->bbox)) {
    ++known_;
  } else {
    image.annotations.push_back(*mark.annotation);
    ++masses_;
  }
  image.record.status = image.annotations.empty() ? Status::other : Status::mass;
}

void MarkTaker::report() const {
  if (masses_ + other_kinds_ > 0) {
    log_info(fmt::format("{} marks of segmentations and reports are of masses, {} of other kinds",
                         masses_, other_kinds_));
  }
  if (known_ > 0)
    log_info(fmt::format("{} marks are of masses that another object marks too", known_));
  if (without_inside_ > 0)
    log_warning(fmt::format("points and rulers of reports, on {} images, are passed over",
                            without_inside_));
  if (elsewhere_ > 0)
    log_warning(fmt::format("{} marks are on images that are not here or not taken", elsewhere_));
}

}  // namespace mammograft
