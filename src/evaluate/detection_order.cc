#include "evaluate/detection_order.h"

#include <tuple>

namespace mammograft {
namespace {

auto corners_of(const Box& box) { return std::tie(box.x0, box.y0, box.x1, box.y1); }

}  // namespace

bool ranks_before(const Detection& a, const Detection& b) {
  if (a.score != b.score) return a.score > b.score;
  if (a.bbox != b.bbox) return corners_of(a.bbox) < corners_of(b.bbox);
  if (!a.mask || !b.mask) return !a.mask && b.mask;
  return a.mask->counts < b.mask->counts;
}

}  // namespace mammograft
