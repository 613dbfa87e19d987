#include "detect/target.h"

#include "nn/shape.h"

namespace mammograft {

void check(const Target& target) {
  check_shape(target.boxes, {kAnySize, 4}, "target: boxes");
  const int64_t masses = target.boxes.size(0);
  check_shape(target.labels, {masses}, "target: labels");
  check_shape(target.masks, {masses, kAnySize, kAnySize}, "target: masks");
  check_shape(target.has_mask, {masses}, "target: has_mask");
  check_shape(target.ignored, {kAnySize, 4}, "target: ignored");
}

}  // namespace mammograft
