#include "stages/shards.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/error.h"
#include "core/first_few.h"
#include "stages/request.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

ShardFolder read_shard(const fs::path& folder, ShardKind kind) {
  if (!fs::exists(folder / marker_of(kind)))
    fail(ErrorKind::bad_input, "{}: found no {}, expected a finished shard", folder.string(),
         marker_of(kind));
  std::optional<ShardRecord> record = read_shard_record(folder);
  if (!record)
    fail(ErrorKind::bad_input, "{}: found no shard.json, expected a folder made with --shard",
         folder.string());
  return {folder, std::move(*record)};
}

// The cohorts in which shards looked for masses are others; what the whole cohort was asked for is
// in their records.
void forget_cohort(const ShardRecord& record, Request& request) {
  if (!record.origin) return;
  for (Request::Input& input : request.inputs) {
    if (input.digest == record.origin->cohort) input.digest = "of the shard";
  }
}

Request asked_for(const ShardFolder& shard) {
  Request request = read_request_in(shard.folder);
  request.options.erase("shard");
  forget_cohort(shard.record, request);
  return request;
}

template <typename T>
void check_same(const ShardFolder& first, const ShardFolder& other, const char* field,
                const T& expected, const T& found) {
  if (found == expected) return;
  fail(ErrorKind::bad_input, "{}: {}: found {}, expected {} as in {}", other.folder.string(), field,
       found, expected, first.folder.string());
}

void check_same_whole(const ShardFolder& first, const Request& expected, const ShardFolder& other) {
  const ShardRecord &a = first.record, &b = other.record;
  const Request request = asked_for(other);
  check_same(first, other, "stage.json: version", expected.version, request.version);
  if (const std::string text = difference(request, expected); !text.empty())
    fail(ErrorKind::bad_input, "{}: stage.json: {}, as in {}", other.folder.string(), text,
         first.folder.string());
  check_same(first, other, "shard.json: shards", a.shard.count, b.shard.count);
  check_same(first, other, "shard.json: images", a.images, b.images);
  check_same(first, other, "shard.json: pseudonyms (the key of patients' codes)", a.pseudonyms,
             b.pseudonyms);
  check_same(first, other, "shard.json: origin.whole", a.origin ? a.origin->whole : "",
             b.origin ? b.origin->whole : "");
}

void check_numbers(const std::vector<ShardFolder>& shards) {
  for (size_t i = 1; i < shards.size(); ++i) {
    if (shards[i].record.shard.number != shards[i - 1].record.shard.number) continue;
    fail(ErrorKind::bad_input, "{} and {}: both are shard {}", shards[i - 1].folder.string(),
         shards[i].folder.string(), shards[i].record.shard.text());
  }
  const int count = shards.front().record.shard.count;
  std::vector<std::string> missing;
  size_t next = 0;
  for (int number = 1; number <= count; ++number) {
    if (next < shards.size() && shards[next].record.shard.number == number) {
      ++next;
    } else {
      missing.push_back(Shard{number, count, true}.text());
    }
  }
  if (!missing.empty())
    fail(ErrorKind::bad_input, "shard: found {} of {} shards, missing: {}", shards.size(), count,
         first_few(missing));
}

// Numbers alone do not show that a shard was divided in another way.
void check_places_apart(const std::vector<ShardFolder>& shards) {
  const ShardRecord& whole = shards.front().record;
  std::vector<int> owner(static_cast<size_t>(whole.images), -1);
  int64_t assigned = 0;
  for (size_t i = 0; i < shards.size(); ++i) {
    assigned += shards[i].record.assigned;
    for (const int64_t place : shards[i].record.places) {
      int& before = owner[static_cast<size_t>(place)];
      if (before >= 0)
        fail(ErrorKind::bad_input, "{} and {}: shard.json: places: both hold image {} of the whole",
             shards[static_cast<size_t>(before)].folder.string(), shards[i].folder.string(),
             place + 1);
      before = static_cast<int>(i);
    }
  }
  // Of a search in cohorts the images that were skipped when these were made are not there.
  if (!whole.origin && assigned != whole.images)
    fail(ErrorKind::bad_input,
         "{}: shard.json: assigned: found {} images in all shards, expected {}",
         shards.front().folder.string(), assigned, whole.images);
}

}  // namespace

const char* marker_of(ShardKind kind) {
  return kind == ShardKind::cohort ? "cohort.json" : "detections.json";
}

ShardKind kind_of_shards(const std::vector<fs::path>& folders) {
  if (folders.empty()) fail(ErrorKind::usage, "merge: expected folders of shards");
  const bool cohort = fs::exists(folders.front() / marker_of(ShardKind::cohort));
  return cohort ? ShardKind::cohort : ShardKind::detections;
}

std::vector<ShardFolder> read_shards(const std::vector<fs::path>& folders, ShardKind kind) {
  std::vector<ShardFolder> shards;
  for (const fs::path& folder : folders) shards.push_back(read_shard(folder, kind));
  const Request expected = asked_for(shards.front());
  for (const ShardFolder& shard : shards) check_same_whole(shards.front(), expected, shard);
  std::stable_sort(shards.begin(), shards.end(), [](const ShardFolder& a, const ShardFolder& b) {
    return a.record.shard.number < b.record.shard.number;
  });
  check_numbers(shards);
  check_places_apart(shards);
  return shards;
}

}  // namespace mammograft
