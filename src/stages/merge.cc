#include "stages/merge.h"

#include "cohort/detections.h"
#include "core/error.h"
#include "core/log.h"
#include "stages/merged_cohort.h"
#include "stages/merged_detections.h"

namespace mammograft {

std::vector<fs::path> MergeStage::inputs() const {
  const ShardKind kind = kind_of_shards(shards);
  std::vector<fs::path> files;
  for (const fs::path& shard : shards) {
    const fs::path marked = shard / marker_of(kind);
    files.insert(files.end(), {marked, shard_record_path(shard)});
    if (kind == ShardKind::detections) files.push_back(detections_meta_path(marked));
  }
  return files;
}

void MergeStage::check() const {
  for (const fs::path& shard : shards) {
    std::error_code missing;
    if (fs::equivalent(shard, out, missing))
      fail(ErrorKind::usage, "--out: found {}, expected another folder than a shard's",
           out.string());
  }
}

void MergeStage::run(const RunContext& context) {
  const ShardKind kind = kind_of_shards(shards);
  const std::vector<ShardFolder> folders = read_shards(shards, kind);
  if (kind == ShardKind::cohort) {
    merge_cohorts(folders, out, context.progress);
  } else {
    merge_detections(folders, out, context.progress);
  }
  log_info(fmt::format("{}: {} shards joined", output().marked().string(), folders.size()));
}

}  // namespace mammograft
