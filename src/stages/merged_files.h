// What lies beside the lists of shards, in one folder.
#pragma once

#include <filesystem>
#include <vector>

#include "core/progress.h"
#include "prepare/left_out.h"
#include "stages/shards.h"

namespace mammograft {

// The file under another name: a hard link where the file system has them between the two places,
// else a copy. Throws io.
void bring_file(const std::filesystem::path& from, const std::filesystem::path& to);

// The rows of left_out.csv of all shards, in the order of the whole. Throws bad_input for a table
// that has not the rows that its shard.json knows.
LeftOutFiles left_out_of(const std::vector<ShardFolder>& shards);

// Pictures and DICOM objects of searches, in their folders. Throws bad_input where two shards have
// a file of one name.
void merge_files_of_searches(const std::vector<ShardFolder>& shards,
                             const std::filesystem::path& out, Progress& progress);

}  // namespace mammograft
