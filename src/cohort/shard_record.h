// What a folder of a shard says of itself: shard.json (docs/formats.md). A place is where something
// stands in the whole, in the order in which the whole would have written it.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/json.h"
#include "core/shard.h"

namespace mammograft {

struct ShardRecord {
  Shard shard;
  int64_t images = 0;             // of the whole
  int64_t assigned = 0;           // of these to this shard
  std::vector<int64_t> places;    // of the images that are in it, as they are listed, rising
  std::vector<int64_t> skipped;   // of a cohort's info.skipped, as they are listed
  std::vector<int64_t> left_out;  // of the rows of left_out.csv
  std::string pseudonyms;         // tells keys of patients' codes apart; empty: there are none
  // Of detections in a cohort that is a shard itself: the digest of its cohort.json, and that of
  // what the whole cohort was asked for, which all shards of it have in common.
  struct Origin {
    std::string cohort, whole;
  };
  std::optional<Origin> origin;
};

// Names that come after others: places of what was left out later, as the n-th of that phase.
constexpr int64_t place_in_phase(int64_t phase, int64_t n) { return (phase << 40) + n; }

std::filesystem::path shard_record_path(const std::filesystem::path& folder);
void write_shard_record(const std::filesystem::path& folder, const ShardRecord& record);
// Nothing where the folder is no shard. Throws io, bad_input: not as write_shard_record() has it,
// places that do not rise or lie outside of the whole.
std::optional<ShardRecord> read_shard_record(const std::filesystem::path& folder);
// Of a whole that takes the place of a shard.
void remove_shard_record(const std::filesystem::path& folder);

}  // namespace mammograft
