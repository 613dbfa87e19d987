// What a search looks at, and of what whole that is a part.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/shard_record.h"
#include "core/files.h"
#include "core/shard.h"
#include "detect/search.h"
#include "stages/cohort_part.h"
#include "stages/search_items.h"

namespace mammograft {

class SearchScope {
 public:
  // A part of a cohort, or loose files where there is none. Throws as both do, and usage for a
  // shard of a cohort that is a shard itself.
  SearchScope(const CohortPart& part, const std::vector<std::string>& files,
              const LooseOptions& options, const Shard& shard);
  SearchScope(const SearchScope&) = delete;
  SearchScope& operator=(const SearchScope&) = delete;

  bool is_loose() const { return is_loose_; }
  bool is_shard() const { return record_.has_value(); }
  const std::vector<SearchItem>& items() const { return items_; }  // all, until keep_shard()
  const std::map<int64_t, DicomImage>& dicom() const { return loose_.dicom; }

  void keep_shard();  // lets go of what other shards look at

  // Categories and names as the cohort has them, or as loose files have none.
  void name(std::vector<Detection>& detections) const;
  // left_out.csv, and the record of a shard, of what was searched.
  void write_records(const SearchResult& result, const fs::path& out);

 private:
  Cohort cohort_;
  LooseFiles loose_;
  Shard shard_;
  bool is_loose_;
  std::optional<ShardRecord> record_;
  std::vector<SearchItem> items_;
};

}  // namespace mammograft
