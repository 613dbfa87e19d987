// The cohort that prepared shards are together.
#pragma once

#include <filesystem>
#include <vector>

#include "core/progress.h"
#include "stages/shards.h"

namespace mammograft {

// Writes `out` as the import of the whole would have written it, byte by byte: images in its order
// under the ids that they have already, annotations numbered anew, cohort.json last. Images are
// brought by bring_file(). In memory are the entries of the whole and the text of one shard. Throws
// bad_input, naming folder and field: info or categories that differ, two images of one name, a
// list that is not as its shard.json has it; not one image in all of them.
void merge_cohorts(const std::vector<ShardFolder>& shards, const std::filesystem::path& out,
                   Progress& progress);

}  // namespace mammograft
