// What the reader's page shows of an assessment.
#pragma once

#include <string>

#include "pages/assessed_run.h"
#include "report/reader.h"

namespace mammograft {

struct ReaderOptions {
  std::string set;    // the synthetic set; empty: the first
  int count = 30;     // masses of each kind, or all
  int side_px = 256;  // of the pictures, at the scale of the windows; more for large masses
};

// Real masses and those of one set, drawn and shuffled by the run's seed. Pictures are at most
// 512 px long.
ReaderPage masses_reader(const AssessedRun& run, const ReaderOptions& options);

}  // namespace mammograft
