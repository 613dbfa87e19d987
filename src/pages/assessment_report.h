// The report of an assessment: the page, a reader's page, and the files beside them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pages/assessed_run.h"
#include "report/html.h"

namespace mammograft {

struct AssessmentReportOptions {
  std::string title = "How real do the synthetic masses look?";
  int gallery = 12;       // random windows of each set; 0: no gallery
  std::string reader;     // the set that the reader's page shows; empty: the first
  int reader_count = 30;  // masses of each kind on the reader's page; 0: no page
  int reader_px = 256;
  template <typename V>
  void fields(V&& v) {
    v("title", title, "title of the report");
    v("gallery", gallery, "random windows of each set in the report; 0: none");
    v("reader", reader, "set that the reader's page shows; none: the first");
    v("reader_count", reader_count, "real and as many synthetic masses for the reader; 0: no page");
    v("reader_px", reader_px,
      "side of the reader's pictures and the galleries', at the scale of "
      "the windows; more for large masses");
  }
};

// Throws usage when `reader` names no set or a number is out of range.
void check(const AssessmentReportOptions& options, const std::vector<std::string>& set_names);

// Sections: Told apart, Measures, Windows, By the networks' scores, Configuration; the first and
// the fourth only where networks were trained.
Page assessment_page(const AssessedRun& run, const AssessmentReportOptions& options);

// Writes into `out`, a folder: assessment.csv, differences.csv, masses.csv, reader.html,
// report.html, and last assessment.json. Throws io, and what run.paint throws.
void write_assessment_report(const AssessedRun& run, const AssessmentReportOptions& options,
                             const std::filesystem::path& out);

}  // namespace mammograft
