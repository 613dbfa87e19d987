// What an importer found out about a release, before any pixel is read.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cohort/coco_file.h"
#include "cohort/cohort.h"

namespace mammograft {

// One image of a release with what the release says of it, in the pixels of the release.
struct SourceImage {
  std::filesystem::path file;
  ImageRecord record;  // file_name: the wanted name in the cohort; id, sizes of the release
  std::vector<Annotation> annotations;
  std::vector<Polygon> pectoral;  // where the release outlines the muscle: it is not searched for
  int64_t place = 0;              // in the plan of the whole (prepare/import_shard.h)
  bool size_is_read = false;      // from the file's DICOM header, which is not read again
};

// A plan for a whole release.
struct Import {
  Json info = Json::object();
  std::vector<Category> categories;
  std::vector<SourceImage> images;
  std::optional<std::array<int, 2>> resize;  // width, height of all images in the cohort
  std::vector<SkippedImage> skipped;         // with keep_going: left out, and why
  std::vector<int64_t> left_out_places;      // of the rows of the shard's left_out.csv
  std::string pseudonyms;                    // Pseudonyms::check(), where patients have codes
  bool may_be_empty = false;                 // a shard to which no patient fell
};

// Takes note of an image that is left out, and warns of it.
void skip(Import& import, const std::string& file_name, const std::string& reason,
          int64_t place = 0);

}  // namespace mammograft
