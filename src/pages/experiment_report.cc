#include "pages/experiment_report.h"

#include "core/files.h"
#include "pages/arm_tables.h"

namespace mammograft {

void write_experiment_report(const StudyOutcome& outcome, const std::filesystem::path& out,
                             const EvaluationReportOptions& options) {
  create_folder(out);
  const Page page =
      experiment_page(outcome, options, [&](const Plot& plot) { return write_plot(plot, out); });
  write_csv(out / "arms.csv", arm_table(outcome));
  write_csv(out / "groups.csv", arm_group_table(outcome));
  write_csv(out / "costs.csv", cost_table(outcome));
  write_csv(out / "arm_costs.csv", arm_cost_table(outcome));
  if (!outcome.worths.empty()) write_csv(out / "worth.csv", worth_table(outcome));
  write_json(out / "experiment.json", outcome_json(outcome));
  write_file(out / "report.html", render(page));
}

}  // namespace mammograft
