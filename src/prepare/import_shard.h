// The part of an import that a shard brings.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cohort/shard_record.h"
#include "prepare/import_plan.h"

namespace mammograft {

// Gives all that is planned, and all that is left out already, its place in the whole. Of a shard
// it keeps its patients' images, and of what is left out what goes by a file name of its own.
ShardRecord keep_shard(Import& import, const Shard& shard);

// Writes out/shard.json, before cohort.json; where it is the whole there must be none.
// reasons[i]: why image i was skipped.
void note_shard(const Import& import, const std::vector<std::optional<std::string>>& reasons,
                const std::filesystem::path& out, ShardRecord record);

}  // namespace mammograft
