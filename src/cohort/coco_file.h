// A file in COCO's form: a cohort of ours, which is read strictly, or one that others wrote, whose
// keys beside COCO's may mean anything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "core/json.h"

namespace mammograft {

// A cohort of ours is a folder or the cohort.json in it; any other file is foreign.
bool is_own_cohort(const std::filesystem::path& path);

struct CocoReading {
  bool ours = false;        // all keys must be right
  bool own_facts = true;    // read patient_id, laterality, view, status, split of our form
  bool keep_going = false;  // leave out images that cannot be used, instead of throwing
};

struct SkippedImage {
  std::string file_name;  // as the release has it
  std::string reason;
  int64_t place = 0;  // among all that is left out, where that is of interest (shard_record.h)
};

struct CocoFile {
  Json json;  // as it was read
  Cohort cohort;
  std::vector<SkippedImage> skipped;
};

// COCO's own keys must be right in every file. Where it is not ours the others count if they have
// the form that ours have, and are passed over, with a warning, if they have not; and parts of an
// outline that are less than three points, which annotation tools leave behind, are left out with a
// warning: the rest is the outline, and its box the annotation's; without a rest the annotation is
// its box. With keep_going an image is skipped when its entry or one of its annotations is wrong
// (never the annotation alone: its mass would be learnt as healthy tissue), or shares its id or
// name. Throws as read_cohort(), and bad_input where all boxes are fractions of the image's size.
CocoFile read_coco_file(const std::filesystem::path& path, const CocoReading& reading);

}  // namespace mammograft
