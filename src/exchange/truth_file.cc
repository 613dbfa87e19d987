#include "exchange/truth_file.h"

#include "cohort/double_findings.h"
#include "core/log.h"
#include "core/utf8.h"
#include "exchange/results_file.h"
#include "exchange/truth_csv.h"

namespace mammograft {

Cohort read_truth(const std::filesystem::path& path, const TableOptions& options) {
  const bool is_table = std::filesystem::is_regular_file(path) && !is_json_file(path);
  Cohort truth = is_table ? read_truth_csv(path, options) : read_cohort(path);
  const std::string doubles = double_findings_text(truth);
  if (!doubles.empty()) log_warning(readable(path.string()) + ": " + doubles);
  return truth;
}

}  // namespace mammograft
