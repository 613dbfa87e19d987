// What the searches of shards found together.
#pragma once

#include <filesystem>
#include <vector>

#include "core/progress.h"
#include "stages/shards.h"

namespace mammograft {

// Writes `out` as the search of the whole would have written it, byte by byte, detections.json
// last; pictures and DICOM objects are brought by bring_file(). In memory are the detections of the
// whole and the text of one shard. Throws bad_input, naming file and field: another model or other
// patients behind it, a detection on an image that was not searched.
void merge_detections(const std::vector<ShardFolder>& shards, const std::filesystem::path& out,
                      Progress& progress);

}  // namespace mammograft
