#include "cohort/box_form.h"

#include <fmt/format.h>

namespace mammograft {

bool leaves_image(const Box& box, int width, int height) {
  return box.x0 < -kBoxSlackPx || box.y0 < -kBoxSlackPx || box.x1 > width + kBoxSlackPx ||
         box.y1 > height + kBoxSlackPx;
}

bool fits_as_corners(const Box& box, int width, int height) {
  const double x1 = box.width(), y1 = box.height();  // what stood in their places
  return box.x0 >= -kBoxSlackPx && box.y0 >= -kBoxSlackPx && x1 > box.x0 && y1 > box.y0 &&
         x1 <= width + kBoxSlackPx && y1 <= height + kBoxSlackPx;
}

void BoxForm::add(const Box& box, int width, int height) {
  ++boxes_;
  outside_ += leaves_image(box, width, height);
  as_corners_ += fits_as_corners(box, width, height);
  in_first_pixel_ +=
      width > 1 && height > 1 && box.x0 >= 0 && box.y0 >= 0 && box.x1 <= 1 && box.y1 <= 1;
}

std::string BoxForm::suspicion() const {
  if (are_fractions()) {
    return fmt::format(
        "found fractions of the image's size ({} boxes, all within the first pixel), expected "
        "[x, y, width, height] in pixels",
        boxes_);
  }
  const bool corners = as_corners_ == boxes_;
  if (outside_ == 0 || !(corners || 2 * outside_ > boxes_)) return {};
  return fmt::format(
      "{} of {} boxes leave their images{}; expected [x, y, width, height] in pixels of the image "
      "as it is stored",
      outside_, boxes_,
      corners ? ", and all lie inside as [x0, y0, x1, y1]: write width and height in place of x1 "
                "and y1, or say --boxes xyxy"
              : "");
}

}  // namespace mammograft
