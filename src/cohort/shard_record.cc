#include "cohort/shard_record.h"

#include <algorithm>

namespace mammograft {
namespace {

namespace fs = std::filesystem;

std::vector<int64_t> integers(const JsonView& list) {
  std::vector<int64_t> values;
  for (size_t i = 0; i < list.size(); ++i) values.push_back(list.at(i).integer());
  return values;
}

Shard shard_from(const JsonView& view) {
  const Shard shard{static_cast<int>(view.integer("shard")),
                    static_cast<int>(view.integer("shards")), true};
  if (shard.count < 1) view.at("shards").reject("1 or more");
  if (shard.number < 1 || shard.number > shard.count) view.at("shard").reject("1 to shards");
  return shard;
}

void check_places(const ShardRecord& record, const JsonView& view) {
  const std::vector<int64_t>& places = record.places;
  const bool rising =
      std::adjacent_find(places.begin(), places.end(), std::greater_equal<>()) == places.end();
  if (!rising || (!places.empty() && (places.front() < 0 || places.back() >= record.images)))
    view.at("places").reject("rising numbers below images");
}

}  // namespace

fs::path shard_record_path(const fs::path& folder) { return folder / "shard.json"; }

void write_shard_record(const fs::path& folder, const ShardRecord& record) {
  Json json = {{"shard", record.shard.number}, {"shards", record.shard.count},
               {"images", record.images},      {"assigned", record.assigned},
               {"places", record.places},      {"skipped", record.skipped},
               {"left_out", record.left_out},  {"pseudonyms", record.pseudonyms}};
  if (record.origin)
    json["origin"] = {{"cohort", record.origin->cohort}, {"whole", record.origin->whole}};
  write_json(shard_record_path(folder), json);
}

std::optional<ShardRecord> read_shard_record(const fs::path& folder) {
  const fs::path path = shard_record_path(folder);
  if (!fs::exists(path)) return std::nullopt;
  const Json json = read_json(path);
  const JsonView view(json, path.string());
  ShardRecord record;
  record.shard = shard_from(view);
  record.images = view.integer("images");
  record.assigned = view.integer("assigned");
  record.places = integers(view.at("places"));
  record.skipped = integers(view.at("skipped"));
  record.left_out = integers(view.at("left_out"));
  record.pseudonyms = view.string_or("pseudonyms", "");
  if (view.has("origin")) {
    const JsonView origin = view.at("origin");
    record.origin = {origin.string("cohort"), origin.string("whole")};
  }
  check_places(record, view);
  return record;
}

void remove_shard_record(const fs::path& folder) {
  std::error_code ignored;  // it is seldom there
  fs::remove(shard_record_path(folder), ignored);
}

}  // namespace mammograft
