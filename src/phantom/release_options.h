// How a release of mammograms is written.
#pragma once

#include <cstdint>
#include <string>

#include "core/options.h"

namespace mammograft {

struct ReleaseOptions {
  std::string transfer_syntax = "explicit";
  int threads = 0;  // 0: all cores; does not change the result, so not described below
  template <typename V>
  void fields(V&& v) {
    v.choice("transfer_syntax", transfer_syntax,
             {"explicit", "implicit", "big-endian", "deflated", "rle", "jpeg-lossless", "jpeg-ls",
              "jpeg-2000"},
             "how the DICOM files are encoded, always without loss");
  }
};

// The UID of the option's word. Throws usage for one that is none of the choices.
std::string transfer_syntax_uid(const ReleaseOptions& options);

}  // namespace mammograft
