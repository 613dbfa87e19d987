// Uses an installed mammograft from outside: one function of folders with and without LibTorch.
#include <torch/types.h>

#include <cstdio>

#include "core/version.h"
#include "detect/box_ops.h"
#include "image/rle.h"

int main() {
  const mammograft::Rle mask =
      mammograft::rasterize(mammograft::Polygon{{1, 1}, {4, 1}, {4, 3}, {1, 3}}, 8, 8);
  const torch::Tensor boxes = torch::tensor({0.0f, 0.0f, 4.0f, 2.0f}).reshape({1, 4});
  const torch::Tensor other = torch::tensor({0.0f, 0.0f, 2.0f, 2.0f}).reshape({1, 4});
  const double overlap = mammograft::box_iou(boxes, other).item<double>();
  std::printf("mammograft %s: %d pixels, IoU %.2f\n", MAMMOGRAFT_VERSION,
              static_cast<int>(mammograft::area(mask)), overlap);
  return mammograft::area(mask) == 6 && overlap == 0.5 ? 0 : 1;
}
