#include "pages/evaluation_report.h"

#include "core/files.h"
#include "pages/evaluation_tables.h"
#include "pages/power_section.h"
#include "pages/system_tables.h"

namespace mammograft {

void write_evaluation_report(const EvaluateResult& result, const std::filesystem::path& out,
                             const EvaluationReportOptions& options,
                             const EvaluationBackground& background) {
  create_folder(out);
  const Page page = evaluation_page(result, options, background,
                                    [&](const Plot& plot) { return write_plot(plot, out); });
  write_csv(out / "operating_points.csv", operating_table(result));
  write_csv(out / "groups.csv", group_table(result));
  write_csv(out / "curve.csv", curve_table(result));
  write_csv(out / "figures.csv", figure_table(result));
  write_csv(out / "differences.csv", difference_table(result));
  write_csv(out / "folds.csv", fold_table(result));
  if (!result.power.empty()) write_csv(out / "power.csv", power_table(result));
  write_csv(out / "masses.csv", mass_table(result));
  write_csv(out / "detections.csv", detection_table(result));
  write_json(out / "metrics.json", metrics_json(result));
  write_file(out / "report.html", render(page));
}

}  // namespace mammograft
