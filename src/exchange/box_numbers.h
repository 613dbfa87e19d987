// Boxes as four numbers: sizes, corners or centres, in pixels or in fractions of the image.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "cohort/cohort.h"
#include "image/box.h"

namespace mammograft {

enum class BoxNumbers { xywh, xyxy, cxcywh };

struct BoxMeaning {
  BoxNumbers numbers = BoxNumbers::xywh;
  bool fractions = false;  // of the image's width and height
  bool operator==(const BoxMeaning&) const = default;
};

// "xywh", "cxcywh-fractions", ...; nothing for "auto", usage for anything else.
std::optional<BoxMeaning> box_meaning_from(const std::string& option);
std::string to_string(const BoxMeaning& meaning);

// In pixels of `image`. Throws bad_input beginning with `where`: a number that is not finite, a
// size below 0, a second corner before the first, fractions beyond 0 to 1 (by more than 0.01,
// which is others' rounding).
Box box_from_numbers(const std::array<double, 4>& numbers, const BoxMeaning& meaning,
                     const ImageRecord& image, const std::string& where);

}  // namespace mammograft
