// What all importers are told.
#pragma once

#include "dicom/grey.h"
#include "image/breast.h"

namespace mammograft {

struct ImportOptions {
  bool keep_going = false;
  bool verify = false;
  BreastOptions breast;
  GreyOptions grey;
  int threads = 0;  // 0: all cores; common to all stages, so not described below
  template <typename V>
  void fields(V&& v) {
    v("keep_going", keep_going, "report and skip images that cannot be read, instead of stopping");
    v("verify", verify, "read every image back after it was written, and compare");
    v.group("breast", breast);
    grey.fields(v);  // of DICOM files
  }
};

}  // namespace mammograft
