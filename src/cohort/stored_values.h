// What the values in a cohort's image file are, as the record's `acquisition` says
// (docs/formats.md).
#pragma once

#include <optional>
#include <string>

#include "core/json.h"
#include "image/decoded_image.h"

namespace mammograft {

// Fills in `original_bits` and `range`, and `value_bits` where the range leaves open how many bits
// were meant.
void record_values(const DecodedImage& decoded, Json& acquisition);

// How many bits the values use (image/value_bits.h); none where only the pixels can tell.
// bad_input, beginning with the image's `name`: a `value_bits` that is none of those.
std::optional<int> recorded_value_bits(const Json& acquisition, const std::string& name);

}  // namespace mammograft
