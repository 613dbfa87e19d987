#include "cohort/chest_wall.h"

namespace mammograft {

std::optional<bool> recorded_chest_wall_left(const ImageRecord& image) {
  const auto recorded = image.acquisition.find("chest_wall");
  if (recorded == image.acquisition.end()) return std::nullopt;
  if (*recorded == "left") return true;
  return *recorded == "right" ? std::optional(false) : std::nullopt;
}

}  // namespace mammograft
