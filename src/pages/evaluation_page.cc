#include "pages/evaluation_page.h"

#include "pages/calibration_section.h"
#include "pages/case_gallery.h"
#include "pages/cohort_table.h"
#include "pages/evaluation_summary.h"
#include "pages/froc_section.h"
#include "pages/generator.h"
#include "pages/power_section.h"
#include "pages/systems_section.h"

namespace mammograft {
namespace {

Section data_section(const EvaluateResult& result) {
  const Table table = cohort_table(summarize(*result.sets.front().cohort));
  return {"Data", {TableBlock{table, ""}}};
}

Section training_section(const TrainingCurves& curves, const PlotWriter& draw) {
  Section section{"Training", {}};
  for (const Plot& plot : training_plots(curves)) {
    section.blocks.push_back(
        Figure{plot.name, draw(plot), "The " + plot.y_label + " by optimiser step."});
  }
  return section;
}

// Of every two systems their first runs.
void add_disagreements(const EvaluateResult& result, const EvaluationReportOptions& options,
                       Page& page) {
  const auto& systems = result.comparison.systems;
  for (size_t a = 0; a < systems.size(); ++a) {
    for (size_t b = a + 1; b < systems.size(); ++b) {
      const SetResult& first = result.sets[systems[a].sets.front()];
      const SetResult& second = result.sets[systems[b].sets.front()];
      if (!on_same_images(first, second)) continue;
      page.sections.push_back(
          {"Found by one: " + systems[a].name + ", " + systems[b].name,
           disagreement_gallery(first, second, options.cases, options.gallery_fppi)});
    }
  }
}

Section configuration_section(const EvaluateOptions& options, const Json& configuration) {
  Section section{"Configuration", {Collapsed{"options of the evaluation", options_json(options)}}};
  if (!configuration.is_null()) {
    section.blocks.push_back(Collapsed{"resolved configuration of the run", configuration});
  }
  return section;
}

}  // namespace

Page evaluation_page(const EvaluateResult& result, const EvaluationReportOptions& options,
                     const EvaluationBackground& background, const PlotWriter& draw) {
  Page page{options.title, "", generator(), {}};
  page.sections.push_back(evaluation_summary(result));
  page.sections.push_back(froc_section(result, draw));
  if (background.grafts) page.sections.push_back(*background.grafts);
  if (background.search) page.sections.push_back(*background.search);
  page.sections.push_back(figures_section(result, draw));
  if (Section folds = folds_section(result); !folds.blocks.empty())
    page.sections.push_back(std::move(folds));
  for (const SetResult& set : result.sets) {
    if (options.cases <= 0) break;
    const std::string title = result.sets.size() > 1 ? "Cases: " + set.name : "Cases";
    page.sections.push_back({title, case_gallery(set, options.cases, options.gallery_fppi)});
  }
  if (options.cases > 0) add_disagreements(result, options, page);
  page.sections.push_back(calibration_section(result, draw));
  if (!result.power.empty()) page.sections.push_back(power_section(result));
  page.sections.push_back(data_section(result));
  if (!background.training.empty()) {
    page.sections.push_back(training_section(background.training, draw));
  }
  page.sections.push_back(configuration_section(result.options, background.configuration));
  return page;
}

}  // namespace mammograft
