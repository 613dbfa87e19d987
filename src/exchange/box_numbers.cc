#include "exchange/box_numbers.h"

#include <cmath>

#include "core/error.h"

namespace mammograft {

namespace {

constexpr double kFractionSlack = 0.01;

Box corners_of(const std::array<double, 4>& v, BoxNumbers numbers) {
  switch (numbers) {
    case BoxNumbers::xywh:
      return {v[0], v[1], v[0] + v[2], v[1] + v[3]};
    case BoxNumbers::xyxy:
      return {v[0], v[1], v[2], v[3]};
    case BoxNumbers::cxcywh:
      return {v[0] - v[2] / 2, v[1] - v[3] / 2, v[0] + v[2] / 2, v[1] + v[3] / 2};
  }
  fail(ErrorKind::defect, "unknown numbers of a box");
}

void check_fractions(const std::array<double, 4>& numbers, const std::string& where) {
  for (const double value : numbers) {
    if (value >= -kFractionSlack && value <= 1 + kFractionSlack) continue;
    fail(ErrorKind::bad_input, "{}: found {}, expected fractions of the image's size, 0 to 1",
         where, value);
  }
}

void check_order(const Box& box, const BoxMeaning& meaning, const std::string& where) {
  if (box.width() >= 0 && box.height() >= 0) return;
  if (meaning.numbers != BoxNumbers::xyxy) {
    fail(ErrorKind::bad_input, "{}: found width {} and height {}, expected sizes of at least 0",
         where, box.width(), box.height());
  }
  fail(ErrorKind::bad_input,
       "{}: found corners ({}, {}) and ({}, {}), expected the second right of and below the first "
       "(are they sizes?)",
       where, box.x0, box.y0, box.x1, box.y1);
}

}  // namespace

std::optional<BoxMeaning> box_meaning_from(const std::string& option) {
  if (option == "auto") return std::nullopt;
  for (const BoxNumbers numbers : {BoxNumbers::xywh, BoxNumbers::xyxy, BoxNumbers::cxcywh}) {
    for (const bool fractions : {false, true}) {
      if (option == to_string(BoxMeaning{numbers, fractions}))
        return BoxMeaning{numbers, fractions};
    }
  }
  fail(ErrorKind::usage,
       "boxes: found \"{}\", expected auto, xywh, xyxy, cxcywh or one of these "
       "with -fractions",
       option);
}

std::string to_string(const BoxMeaning& meaning) {
  constexpr std::array<const char*, 3> kNames = {"xywh", "xyxy", "cxcywh"};
  return std::string(kNames[static_cast<size_t>(meaning.numbers)]) +
         (meaning.fractions ? "-fractions" : "");
}

Box box_from_numbers(const std::array<double, 4>& numbers, const BoxMeaning& meaning,
                     const ImageRecord& image, const std::string& where) {
  for (const double value : numbers) {
    if (!std::isfinite(value)) {
      fail(ErrorKind::bad_input, "{}: found {}, expected finite numbers", where, value);
    }
  }
  if (meaning.fractions) check_fractions(numbers, where);
  Box box = corners_of(numbers, meaning.numbers);
  check_order(box, meaning, where);
  if (!meaning.fractions) return box;
  return {box.x0 * image.width, box.y0 * image.height, box.x1 * image.width, box.y1 * image.height};
}

}  // namespace mammograft
