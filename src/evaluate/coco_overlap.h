// How far a detection overlaps a true region, as pycocotools.mask.iou has it.
#pragma once

#include "image/box.h"
#include "image/rle.h"

namespace mammograft {

// Intersection over union; where the region is a crowd, intersection over the detection's own area.
// 0 where nothing is in common, with boxes or masks of no area too.
double coco_overlap(const Box& detection, const Box& region, bool crowd);
double coco_overlap(const Rle& detection, const Rle& region, bool crowd);  // of equal size

}  // namespace mammograft
