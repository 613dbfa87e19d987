#include "cohort/stored_values.h"

#include "image/value_bits.h"

namespace mammograft {
namespace {

// Of an acquisition that another program may have written: other things of these names say nothing.
std::optional<int64_t> whole_number(const Json& json) {
  if (!json.is_number_integer()) return std::nullopt;
  return json.get<int64_t>();
}

bool fills_16_bits(const Json& acquisition) {
  const auto original = acquisition.find("original_bits");
  const auto range = acquisition.find("range");
  if (original != acquisition.end() && whole_number(*original).value_or(16) < 16) return true;
  if (range == acquisition.end() || !range->is_array() || range->size() != 2) return false;
  return whole_number((*range)[1]).value_or(0) >> 14 != 0;
}

}  // namespace

void record_values(const DecodedImage& decoded, Json& acquisition) {
  double low = 0, high = 0;
  cv::minMaxLoc(decoded.pixels, &low, &high);
  acquisition["original_bits"] = decoded.original_bits;
  acquisition["range"] = {static_cast<int>(low), static_cast<int>(high)};
  if (!fills_16_bits(acquisition)) acquisition["value_bits"] = value_bits(decoded);
}

std::optional<int> recorded_value_bits(const Json& acquisition, const std::string& name) {
  const JsonView view(acquisition, name + ": acquisition");
  if (!view.has("value_bits")) {
    return fills_16_bits(acquisition) ? std::optional(16) : std::nullopt;
  }
  const JsonView bits = view.at("value_bits");
  if (!is_value_bits(bits.integer())) bits.reject("8, 10, 12, 14 or 16");
  return static_cast<int>(bits.integer());
}

}  // namespace mammograft
