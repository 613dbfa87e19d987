#include "stages/search_scope.h"

#include <set>

#include "core/error.h"
#include "stages/request.h"

namespace mammograft {
namespace {

// Of what whole the search is a part: of a shard that was asked for, or of the search in a cohort
// that is a shard itself. Nothing where it is a whole.
std::optional<ShardRecord> record_of_search(const CohortPart& part, const Cohort& cohort,
                                            const Shard& shard) {
  ShardRecord record;
  record.shard = shard;
  const fs::path folder = part.cohorts.size() == 1 ? fs::path(part.cohorts.front()) : fs::path();
  auto origin = folder.empty() ? std::nullopt : read_shard_record(folder);
  if (!origin) return shard.divides ? std::optional(record) : std::nullopt;
  if (shard.divides)
    fail(ErrorKind::usage, "--shard: found {}, but {} is shard {} of a cohort already",
         shard.text(), folder.string(), origin->shard.text());
  if (origin->places.size() != cohort.images.size()) return std::nullopt;  // a part of a shard
  origin->skipped.clear();
  origin->origin = {digest_of(folder), digest_of_whole(folder)};
  return origin;
}

void check_files_of(const Shard& shard, const Cohort& cohort) {
  if (!shard.divides) return check_files(cohort);
  check_files(filter(cohort, [&](const ImageRecord& image) {
    return shard.holds(image.patient_id.empty() ? image.file_name : image.patient_id);
  }));
}

}  // namespace

SearchScope::SearchScope(const CohortPart& part, const std::vector<std::string>& files,
                         const LooseOptions& options, const Shard& shard)
    : shard_(shard), is_loose_(part.cohorts.empty()) {
  if (is_loose_) {
    loose_ = loose_files(files, options);
    items_ = std::move(loose_.items);
    loose_.left_out.keep([&](const fs::path& file) { return shard.holds(file.string()); });
    loose_.left_out.report();
  } else {
    cohort_ = part.testing();
    items_ = cohort_items(cohort_);
  }
  record_ = record_of_search(part, cohort_, shard);
  if (!options.keep_going) check_files_of(shard, cohort_);
}

void SearchScope::keep_shard() {
  const int64_t images = std::ssize(items_);
  items_ = shard_items(std::move(items_), shard_);
  if (!record_) return;
  record_->assigned = std::ssize(items_);
  if (record_->origin) {
    for (size_t i = 0; i < items_.size(); ++i) items_[i].place = record_->places[i];
    return;
  }
  record_->images = images;
  std::set<int64_t> own;
  for (const SearchItem& item : items_) own.insert(item.image_id);
  std::erase_if(loose_.dicom, [&](const auto& image) { return !own.contains(image.first); });
}

void SearchScope::name(std::vector<Detection>& detections) const {
  for (Detection& detection : detections) {
    detection.category_id = category_of_detections(cohort_);
    if (!is_loose_) detection.file_name.clear();
  }
}

void SearchScope::write_records(const SearchResult& result, const fs::path& out) {
  for (const SearchFailure& failure : result.failures)
    loose_.left_out.add(failure.name, failure.message, place_in_phase(1, failure.place));
  loose_.left_out.write(out / "left_out.csv");
  remove_shard_record(out);
  if (!record_) return;
  record_->places = result.places;
  record_->left_out = loose_.left_out.places();
  write_shard_record(out, *record_);
}

}  // namespace mammograft
