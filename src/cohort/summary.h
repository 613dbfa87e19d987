// What a cohort holds, counted, and what in it looks odd (`mammograft inspect`).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/oddities.h"

namespace mammograft {

struct Quantiles {  // of a list of numbers, linear between neighbours; all 0 when count is 0
  int count = 0;
  double min = 0, p25 = 0, median = 0, p75 = 0, max = 0;
};
Quantiles quantiles_of(std::vector<double> values);

struct CohortSummary {
  int patients = 0, patients_with_mass = 0;
  int images = 0;
  std::map<std::string, int> by_status, by_view, by_laterality, by_split;  // "-" where not known
  std::map<std::string, int> by_spacing;                                   // "0.2 x 0.2 mm", "-"
  std::map<std::string, int> by_image_size;                                // "1024 x 1024"
  std::map<std::string, int> by_original_bits;
  std::map<std::string, int> by_value_bits;  // that the values use; "-" where only pixels tell
  int findings = 0, ignored = 0;             // masses; regions to ignore
  std::map<std::string, int> by_mask_origin, by_category;
  Quantiles size_mm;        // of the findings that have one
  Quantiles longest_px;     // longer side of the findings' boxes
  int images_skipped = 0;   // by the importer
  std::vector<Oddity> odd;  // only kinds with a count above 0
};

CohortSummary summarize(const Cohort& cohort);

std::string summary_to_text(const CohortSummary& summary);  // a table for a terminal
Json summary_to_json(const CohortSummary& summary);

}  // namespace mammograft
