#include "stages/inspect.h"

#include "core/log.h"

namespace mammograft {

const CohortSummary& InspectStage::summary() {
  if (!read_) read_ = read_cohort(cohort);
  if (!summary_) summary_ = summarize(*read_);
  return *summary_;
}

void InspectStage::run(const RunContext& context) {
  const Json counts = summary_to_json(summary());
  ContactSheetOptions resolved = sheets;
  resolved.threads = context.threads;
  const auto written = write_contact_sheets(*read_, out, resolved, context.progress);
  write_json(out / "summary.json", counts);
  log_info(fmt::format("{}: {} contact sheets", out.string(), written.size()));
}

}  // namespace mammograft
