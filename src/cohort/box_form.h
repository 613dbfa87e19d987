// Boxes whose numbers are legal and mean something else than COCO's [x, y, width, height] in
// pixels.
#pragma once

#include <string>

#include "image/box.h"

namespace mammograft {

constexpr double kBoxSlackPx = 1.0;  // by which a box may leave its image: rounding of others

bool leaves_image(const Box& box, int width, int height);

// Whether the four numbers behind `box` lie inside the image as [x0, y0, x1, y1].
bool fits_as_corners(const Box& box, int width, int height);

// What the boxes of a file show together.
class BoxForm {
 public:
  void add(const Box& box, int width, int height);
  // Every box lies within the first pixel of a larger image: fractions of its size.
  bool are_fractions() const { return boxes_ > 0 && in_first_pixel_ == boxes_; }
  // What is wrong, and the remedy, where the boxes are fractions, most of them leave their images,
  // or some do and all would fit as corners. Else empty.
  std::string suspicion() const;

 private:
  int boxes_ = 0, outside_ = 0, as_corners_ = 0, in_first_pixel_ = 0;
};

}  // namespace mammograft
