// The shards of one whole, read and compared before they are joined.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cohort/shard_record.h"

namespace mammograft {

enum class ShardKind { cohort, detections };

struct ShardFolder {
  std::filesystem::path folder;
  ShardRecord record;
};

// By what stands in the first of them: a cohort, or detections.
ShardKind kind_of_shards(const std::vector<std::filesystem::path>& folders);
const char* marker_of(ShardKind kind);

// In the order of their numbers. Throws bad_input, naming folders and fields, where they are not
// all shards of one whole, each there once and finished: another stage, option, seed, input,
// version of the program or key of pseudonyms; a number that is missing or there twice; an image
// that is in two, or in none.
std::vector<ShardFolder> read_shards(const std::vector<std::filesystem::path>& folders,
                                     ShardKind kind);

}  // namespace mammograft
