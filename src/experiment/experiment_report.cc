#include "experiment/experiment_report.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/error.h"
#include "core/log.h"
#include "experiment/study_files.h"
#include "pages/experiment_report.h"
#include "pages/plot_writer.h"

namespace mammograft {

void report_experiment(const Graph& graph, const std::filesystem::path& folder,
                       const std::string& rule, const std::filesystem::path& out) {
  require_trainings(graph, folder);
  const std::vector<std::string>& rules = graph.layout().rules;
  if (std::find(rules.begin(), rules.end(), rule) == rules.end())
    fail(ErrorKind::usage, "--rule: found {}, expected one of the plan's: {}", rule,
         fmt::join(rules, ", "));
  (void)gnuplot_on_path();
  EvaluateStageOptions options = score_options(graph.layout(), rule);
  options.evaluate.bootstrap.threads = graph.threads();  // the plan's, of every task
  const Cohort tested = read_tested(folder, graph.layout(), options);
  const StudyOutcome outcome =
      judge(tested, read_study(folder, graph, tested, options), options.evaluate);
  write_experiment_report(outcome, out, options.report);
  log_info(fmt::format("{}: the report{}", (out / "report.html").string(),
                       outcome.study.missing.empty()
                           ? ""
                           : fmt::format(", {} tasks missing", outcome.study.missing.size())));
}

void report_experiment(const Graph& graph, const std::filesystem::path& folder,
                       const std::filesystem::path& out) {
  require_trainings(graph, folder);
  for (const std::string& rule : graph.layout().rules)
    report_experiment(graph, folder, rule, report_folder(graph, out, rule));
}

std::filesystem::path report_folder(const Graph& graph, const std::filesystem::path& out,
                                    const std::string& rule) {
  return graph.layout().rules.size() > 1 ? out / rule : out;
}

}  // namespace mammograft
