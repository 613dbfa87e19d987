// The report of an assessment: what assess/ measured, set out by report/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "assess/assess.h"
#include "core/json.h"
#include "report/html.h"
#include "report/table.h"

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

// Writes into `out`: assessment.csv, differences.csv, masses.csv, reader.html, report.html, and
// last assessment.json. Reads the images that the galleries and the reader's page show. Throws io.
void write_assessment_report(const Assessment& assessment, const std::filesystem::path& out,
                             const AssessOptions& assessed, const AssessmentReportOptions& options,
                             uint64_t seed, int threads);

// The parts, for pages of another make-up.
Table assessment_table(const Assessment& assessment);  // a row a set, the real masses first
Table difference_table(const Assessment& assessment);
Table assessed_mass_table(const Assessment& assessment);
Json assessment_json(const Assessment& assessment, const AssessOptions& options, uint64_t seed);

}  // namespace mammograft
