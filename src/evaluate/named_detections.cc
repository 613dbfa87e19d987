#include "evaluate/named_detections.h"

namespace mammograft {

NamedDetections read_named_detections(const std::filesystem::path& path) {
  return {path.string(), read_detections(path), read_detections_meta(path)};
}

}  // namespace mammograft
