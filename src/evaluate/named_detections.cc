#include "evaluate/named_detections.h"

#include "core/utf8.h"

namespace mammograft {

NamedDetections read_named_detections(const std::filesystem::path& path) {
  return {readable(path.string()), read_detections(path), read_detections_meta(path)};
}

}  // namespace mammograft
