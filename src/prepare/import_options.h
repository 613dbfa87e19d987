// What all importers are told.
#pragma once

#include <string>
#include <vector>

#include "dicom/grey.h"
#include "image/breast.h"

namespace mammograft {

struct ImportOptions {
  bool keep_going = false;
  bool verify = false;
  std::string shard;
  std::string outlines = "keep";
  BreastOptions breast;
  GreyOptions grey;
  int threads = 0;  // 0: all cores; common to all stages, so not described below
  template <typename V>
  void fields(V&& v) {
    v("keep_going", keep_going, "report and skip images that cannot be read, instead of stopping");
    v("verify", verify, "read every image back after it was written, and compare");
    v("shard", shard,
      "K/N: only the K-th of N parts, on a machine of its own into a folder of its own; by "
      "patient, "
      "so that what belongs together stays together. mammograft merge joins all N");
    v.choice(
        "outlines", outlines, {"keep", "refine"},
        "circles and boxes around masses: keep them, or find the masses' own outlines in them");
    v.group("breast", breast);
    grey.fields(v);  // of DICOM files
  }
};

// Throws usage for a pixel spacing that is not none, one or two numbers above 0.
void check_mm_per_px(const std::vector<double>& mm_per_px);

}  // namespace mammograft
