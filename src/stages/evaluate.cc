#include "stages/evaluate.h"

#include <algorithm>
#include <cstdio>

#include "core/log.h"
#include "core/run_folder.h"
#include "core/training_log.h"
#include "exchange/imrmc_file.h"
#include "exchange/results_file.h"
#include "exchange/rjafroc_file.h"
#include "exchange/truth_file.h"
#include "pages/assessment_tables.h"
#include "pages/evaluation_report.h"
#include "pages/graft_section.h"
#include "pages/plot_writer.h"
#include "pages/search_section.h"
#include "pages/terminal_text.h"
#include "stages/synthetic_sets.h"
#include "stages/system_files.h"

namespace mammograft {
namespace {

constexpr const char* kGrafts = "--grafts";

void add_with_meta(const fs::path& file, std::vector<fs::path>& paths) {
  paths.push_back(file);
  paths.push_back(detections_meta_path(file));
}

std::vector<NamedDetections> read_all(const std::vector<fs::path>& files, const Cohort& truth,
                                      const ExchangeOptions& options) {
  std::vector<NamedDetections> detections;
  for (const fs::path& file : files) detections.push_back(read_results(file, truth, options));
  return detections;
}

// Every system a modality, every training of it a reader.
ReaderStudy study_of(const EvaluateResult& result) {
  std::vector<StudyResult> results;
  for (const SystemResult& system : result.comparison.systems) {
    for (size_t run = 0; run < system.sets.size(); ++run) {
      results.push_back({system.name, fmt::format("{}", run + 1),
                         free_response(result.sets[system.sets[run]].reading)});
    }
  }
  return make_reader_study(std::move(results));
}

void write_exports(const EvaluateResult& result, const std::vector<std::string>& exports,
                   const fs::path& out) {
  if (exports.empty()) return;
  const ReaderStudy study = study_of(result);
  for (const std::string& format : exports) {
    if (format == "rjafroc") {
      write_rjafroc_file(out / "study.xlsx", study);
    } else {
      write_imrmc_file(out / "study.imrmc", study, "mammograft evaluate");
    }
  }
}

// The scale at which most images are measured as they are.
double own_scale(const Cohort& truth, const GraftReportOptions& options) {
  if (options.window_mm_per_px) return *options.window_mm_per_px;
  for (const ImageRecord& image : truth.images) {
    if (image.pixel_spacing_mm)
      return std::min(image.pixel_spacing_mm->at(0), image.pixel_spacing_mm->at(1));
  }
  if (options.spacing_mm.empty()) {
    fail(ErrorKind::usage,
         "--grafts: no image of the truth tells its pixel spacing; --grafts-mm-per-px gives it");
  }
  return std::min(options.spacing_mm.front(), options.spacing_mm.back());
}

AssessOptions graft_measures(const Cohort& truth, const EvaluateStageOptions& options) {
  AssessOptions measures;
  measures.told_apart = false;
  measures.window.mm_per_px = own_scale(truth, options.grafts);
  measures.window.spacing_mm = options.grafts.spacing_mm;
  measures.resamples = options.evaluate.bootstrap.resamples;
  measures.level = options.evaluate.bootstrap.level;
  return measures;
}

// Nobody has said that they are healthy.
void warn_of_unknown_images(const Cohort& truth, const EvaluateOptions& options) {
  if (options.fppi_over == "normal") return;
  const auto unknown = std::count_if(truth.images.begin(), truth.images.end(),
                                     [](const auto& one) { return one.status == Status::unknown; });
  if (unknown == 0) return;
  log_warning(
      fmt::format("{} of {} images are of unknown status: what is found there counts as false",
                  unknown, truth.images.size()));
}

}  // namespace

std::vector<fs::path> EvaluateStage::inputs() const {
  std::vector<fs::path> paths = {truth};
  for (const fs::path& file : files) add_with_meta(file, paths);
  for (const std::string& text : systems)
    for (const fs::path& file : system_files(text).files) add_with_meta(file, paths);
  for (const std::string& argument : grafts) paths.emplace_back(named_path(argument, kGrafts).path);
  if (!search.empty()) add_with_meta(search / "detections.json", paths);
  if (training.empty()) return paths;
  const RunFolder folder(training);
  paths.push_back(folder.log());
  paths.push_back(folder.configuration());
  return paths;
}

Json EvaluateStage::options() const {
  Json json = to_json(evaluation);
  if (!systems.empty()) json["systems"] = systems;
  if (grafts.empty()) json.erase("grafts");
  for (const std::string& argument : grafts)
    json["grafts"]["sets"].push_back(named_path(argument, kGrafts).name);
  return json;
}

void EvaluateStage::check() const {
  check_options();
  (void)gnuplot_on_path();
}

void EvaluateStage::check_options() const {
  checked(evaluation.evaluate);
  for (const std::string& text : systems) system_files(text);
  if (files.empty() == systems.empty())
    fail(ErrorKind::usage, "evaluate: expected --detections or --system, one of them");
  if (evaluation.grafts.count < 0)
    fail(ErrorKind::usage, "--grafts-count: found {}, expected 0 or more", evaluation.grafts.count);
  for (const std::string& format : evaluation.exports) {
    if (format != "rjafroc" && format != "imrmc")
      fail(ErrorKind::usage, "--exports: found {}, expected rjafroc or imrmc", format);
  }
}

Section EvaluateStage::shown_grafts(const Cohort& truth, const RunContext& context) const {
  const AssessInput input{{truth}, read_synthetic_sets(grafts, kGrafts), {}, {}, {}};
  const AssessOptions options = graft_measures(truth, evaluation);
  const Assessment measured =
      assess(input, options, context.seed, context.threads, context.progress);
  write_csv(out / "grafts.csv", assessment_table(measured));
  return graft_section({measured, options, context.seed, context.threads, {}},
                       evaluation.grafts.count);
}

void EvaluateStage::run(const RunContext& context) {
  EvaluationBackground background;
  if (!search.empty()) background.search = search_section(search);
  const Cohort cohort = read_truth(truth, evaluation.exchange.truth);
  warn_of_unknown_images(cohort, evaluation.evaluate);
  const EvaluateOptions options = for_run(evaluation.evaluate, context);
  std::vector<SystemRun> runs;
  for (const std::string& text : systems) {
    const SystemFiles one = system_files(text);
    runs.push_back({one.system, read_all(one.files, cohort, evaluation.exchange)});
  }
  const std::vector<NamedDetections> detections = read_all(files, cohort, evaluation.exchange);
  const EvaluateResult result = runs.empty() ? mammograft::evaluate(cohort, detections, options)
                                             : mammograft::evaluate(cohort, runs, options);
  background.configuration = {{"evaluate", options_json(options)}};
  const NamedDetections& first = runs.empty() ? detections.front() : runs.front().files.front();
  if (first.meta) background.configuration["detector"] = first.meta->model;
  if (!training.empty()) {
    const RunFolder folder(training);
    background.training = training_curves(read_log(folder.log()));
    background.configuration["run"] = read_json(folder.configuration());
  }
  if (!grafts.empty()) background.grafts = shown_grafts(cohort, context);
  write_exports(result, evaluation.exports, out);
  write_evaluation_report(result, out, evaluation.report, background);
  std::fputs(evaluation_text(result).c_str(), stdout);
  log_info(fmt::format("{}: the report", (out / "report.html").string()));
}

}  // namespace mammograft
