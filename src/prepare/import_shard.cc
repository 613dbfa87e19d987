#include "prepare/import_shard.h"

namespace mammograft {

ShardRecord keep_shard(Import& import, const Shard& shard) {
  int64_t place = 0;
  for (SkippedImage& image : import.skipped) image.place = place++;
  ShardRecord record;
  record.shard = shard;
  for (SourceImage& image : import.images) image.place = record.images++;
  std::erase_if(import.images,
                [&](const SourceImage& image) { return !shard.holds(image.record.patient_id); });
  std::erase_if(import.skipped,
                [&](const SkippedImage& image) { return !shard.holds(image.file_name); });
  record.assigned = std::ssize(import.images);
  import.may_be_empty = shard.divides;
  return record;
}

void note_shard(const Import& import, const std::vector<std::optional<std::string>>& reasons,
                const std::filesystem::path& out, ShardRecord record) {
  if (!record.shard.divides) return remove_shard_record(out);
  for (size_t i = 0; i < import.images.size(); ++i) {
    if (!reasons[i]) record.places.push_back(import.images[i].place);
  }
  for (const SkippedImage& image : import.skipped) record.skipped.push_back(image.place);
  record.left_out = import.left_out_places;
  record.pseudonyms = import.pseudonyms;
  write_shard_record(out, record);
}

}  // namespace mammograft
