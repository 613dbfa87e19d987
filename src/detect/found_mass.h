// What a detector says of a mass.
#pragma once

#include <cstdint>
#include <optional>

#include "image/box.h"
#include "image/rle.h"

namespace mammograft {

struct FoundMass {
  Box box;           // pixels of the original image
  double score = 0;  // 0 .. 1
  int64_t label = 1;
  std::optional<Rle> mask;  // of the original image's size; scores below the mask floor have none
};

}  // namespace mammograft
