#include "evaluate/detection_mask.h"

#include "core/error.h"

namespace mammograft {

void check_mask_size(const Detection& detection, const ImageRecord& image) {
  if (!detection.mask) return;
  const Rle& mask = *detection.mask;
  if (mask.height == image.height && mask.width == image.width) return;
  fail(ErrorKind::bad_input,
       "detections: image_id {}: segmentation: found a mask of {} x {} pixels, expected {} x {}",
       detection.image_id, mask.width, mask.height, image.width, image.height);
}

Rle detection_mask(const Detection& detection, const ImageRecord& image) {
  check_mask_size(detection, image);
  if (detection.mask) return *detection.mask;
  const Box& box = detection.bbox;
  return rasterize(Polygon{{box.x0, box.y0}, {box.x1, box.y0}, {box.x1, box.y1}, {box.x0, box.y1}},
                   image.height, image.width);
}

bool covers(const Rle& mask, Point point) {
  if (!(point.x >= 0 && point.x < mask.width && point.y >= 0 && point.y < mask.height))
    return false;
  const auto pixel =
      static_cast<int64_t>(point.x) * mask.height + static_cast<int64_t>(point.y);  // by columns
  int64_t end = 0;
  for (size_t run = 0; run < mask.counts.size(); ++run) {
    end += mask.counts[run];
    if (pixel < end) return run % 2 == 1;  // the first run is one of zeros
  }
  return false;
}

}  // namespace mammograft
