#include "stages/merged_files.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/csv.h"
#include "core/error.h"
#include "core/files.h"
#include "image/image_files.h"

namespace mammograft {
namespace {

constexpr const char* kLeftOut = "left_out.csv";

using LeftOutRow = std::tuple<int64_t, std::string, std::string>;  // place, file, reason

void read_left_out(const ShardFolder& shard, std::vector<LeftOutRow>& rows) {
  const std::vector<int64_t>& places = shard.record.left_out;
  if (places.empty()) return;
  CsvReader table(shard.folder / kLeftOut);
  size_t row = 0;
  for (; table.next(); ++row) {
    if (row >= places.size() || table.fields().size() != 2) break;
    rows.emplace_back(places[row], table.fields()[0], table.fields()[1]);
  }
  if (row != places.size())
    fail(ErrorKind::bad_input, "{}: found other rows than shard.json: left_out knows, expected {}",
         (shard.folder / kLeftOut).string(), places.size());
}

// By their names in the folder. Its lists and what it says of itself are none of them.
std::vector<fs::path> files_of_search(const fs::path& folder) {
  static const std::set<std::string> own = {"detections.json", "detections.meta.json", "stage.json",
                                            "shard.json", kLeftOut};
  std::vector<fs::path> files;
  for (const fs::path& file : files_below(folder)) {
    const fs::path name = file.lexically_relative(folder);
    if (!own.contains(name.string())) files.push_back(name);
  }
  return files;
}

}  // namespace

void bring_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (fs::equivalent(from, to, error)) return;
  fs::remove(to, error);
  fs::create_hard_link(from, to, error);
  if (!error) return;
  AtomicFile file(to);
  fs::copy_file(from, file.temporary(), fs::copy_options::overwrite_existing, error);
  if (error) fail(ErrorKind::io, "{}: cannot be copied: {}", from.string(), error.message());
  file.commit();
}

LeftOutFiles left_out_of(const std::vector<ShardFolder>& shards) {
  std::vector<LeftOutRow> rows;
  for (const ShardFolder& shard : shards) read_left_out(shard, rows);
  std::sort(rows.begin(), rows.end());
  LeftOutFiles files;
  for (const auto& [place, file, reason] : rows) files.add(file, reason, place);
  return files;
}

void merge_files_of_searches(const std::vector<ShardFolder>& shards, const fs::path& out,
                             Progress& progress) {
  std::map<fs::path, const ShardFolder*> owner;
  for (const ShardFolder& shard : shards) {
    for (const fs::path& name : files_of_search(shard.folder)) {
      const auto [other, is_new] = owner.emplace(name, &shard);
      if (!is_new)
        fail(ErrorKind::bad_input, "{} and {}: both hold {}", other->second->folder.string(),
             shard.folder.string(), name.string());
    }
  }
  progress.start("files", std::ssize(owner));
  int64_t done = 0;
  for (const auto& [name, shard] : owner) {
    check_cancelled();
    create_folder((out / name).parent_path());
    bring_file(shard->folder / name, out / name);
    progress.advance(++done);
  }
  progress.finish();
}

}  // namespace mammograft
