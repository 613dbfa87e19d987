// What a detector is to look at: loose files and folders, or the images of a cohort.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "core/shard.h"
#include "detect/search_item.h"
#include "dicom/grey.h"
#include "prepare/left_out.h"
#include "stages/cohort_part.h"
#include "stages/dicom_image.h"

namespace mammograft {

struct LooseOptions {
  double mm_per_px = 0;  // 0: what a file itself says
  bool keep_going = false;
  int threads = 1;                  // for the pixels of one file
  SelectionOptions selection = {};  // of DICOM files
  GreyOptions grey = {};
  bool to_be_referred_to = false;  // DICOM objects about these images are wanted
};

// Loose files that are to be looked at.
struct LooseFiles {
  std::vector<SearchItem> items;        // ids are places in sorted order, from 1
  std::map<int64_t, DicomImage> dicom;  // the items that are DICOM, by id
  LeftOutFiles left_out;                // DICOM files that are no mammograms, and copies
};

// Pictures as image/image_files.h has them and DICOM files as dicom/dicom_files.h has them, from
// the same files and folders. Throws as those do; bad_input where nothing is left.
LooseFiles loose_files(const std::vector<std::string>& inputs, const LooseOptions& options);

// A part of a cohort and loose files: usage error unless just one of the two is given, or for a
// part that is none.
void check_one_source(const std::string& stage, const CohortPart& part,
                      const std::vector<std::string>& files);

// `cohort` must outlive the items.
std::vector<SearchItem> cohort_items(const Cohort& cohort);

// Those of a shard, by patient or study, where neither is known by name. Gives the items their
// places before.
std::vector<SearchItem> shard_items(std::vector<SearchItem> items, const Shard& shard);

}  // namespace mammograft
