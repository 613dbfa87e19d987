// Pages of small pictures with the contours that the cohort holds: the quickest check of an import.
#pragma once

#include <filesystem>
#include <vector>

#include "cohort/annotation_index.h"
#include "cohort/cohort.h"
#include "core/progress.h"

namespace mammograft {

struct ContactSheetOptions {
  int columns = 8;
  int rows = 5;
  int tile_px = 240;  // width and height of a picture
  int max_images = 0;
  bool findings_only = false;
  int threads = 0;  // 0: all cores
  template <typename V>
  void fields(V&& v) {
    v("columns", columns, "pictures in a row of a contact sheet");
    v("rows", rows, "rows of a contact sheet");
    v("tile_px", tile_px, "size of a picture in pixels");
    v("max_images", max_images, "most images to show, spread evenly; 0: all");
    v("findings_only", findings_only, "show only images with a finding");
  }
};

// Throws usage for options out of range.
void check(const ContactSheetOptions& options);

// One image with its contours: breast yellow, pectoral muscle purple, findings green, regions to
// ignore orange. CV_8UC3 (RGB) that fits into tile_px x tile_px.
cv::Mat draw_record(const Cohort& cohort, const ImageRecord& image, Annotations annotations,
                    int tile_px);

// Writes folder/contact-001.png ... and returns their paths. The options are checked ones. Throws
// what read_pixels throws.
std::vector<std::filesystem::path> write_contact_sheets(const Cohort& cohort,
                                                        const std::filesystem::path& folder,
                                                        const ContactSheetOptions& options,
                                                        Progress& progress);

}  // namespace mammograft
