#include "pages/system_tables.h"

#include "pages/evaluation_tables.h"

namespace mammograft {

Table figure_table(const EvaluateResult& result) {
  Table table{{{"system", "System"},
               {"figure", "Figure of merit"},
               {"title", ""},
               {"value", "Value"},
               {"low", "lower bound"},
               {"high", "upper bound"},
               {"delong_low", "lower bound, DeLong"},
               {"delong_high", "upper bound, DeLong"},
               {"runs", "Runs"}},
              {}};
  for (const SystemResult& system : result.comparison.systems) {
    for (const FigureResult& figure : system.figures) {
      table.rows.push_back({system.name, figure.name.key, figure.name.title,
                            finite_cell(figure.value), finite_cell(figure.interval.low),
                            finite_cell(figure.interval.high), finite_cell(figure.delong.low),
                            finite_cell(figure.delong.high),
                            static_cast<int64_t>(system.sets.size())});
    }
  }
  return with_rule(std::move(table), result.options);
}

Table difference_table(const EvaluateResult& result) {
  Table table{{{"first", "First"},
               {"second", "Second"},
               {"figure", "Figure of merit"},
               {"difference", "First minus second"},
               {"low", "lower bound"},
               {"high", "upper bound"},
               {"p_bootstrap", "p, bootstrap", 4},
               {"p_permutation", "p, permutation", 4},
               {"p_holm", "p, Holm", 4},
               {"p_delong", "p, DeLong", 4}},
              {}};
  const auto& systems = result.comparison.systems;
  for (const SystemDifference& one : result.comparison.differences) {
    table.rows.push_back({systems[one.first].name, systems[one.second].name, one.name.key,
                          finite_cell(one.value), finite_cell(one.interval.low),
                          finite_cell(one.interval.high), finite_cell(one.p_bootstrap),
                          finite_cell(one.p_permutation), finite_cell(one.p_holm),
                          finite_cell(one.p_delong)});
  }
  return with_rule(std::move(table), result.options);
}

Table fold_table(const EvaluateResult& result) {
  Table table{{{"result", "Result"},
               {"fppi_limit", "FPPI up to", 2},
               {"fold", "Fold"},
               {"tpr", "TPR"},
               {"deviation", "standard deviation"}},
              {}};
  for (const SetResult& set : result.sets) {
    for (size_t x = 0; x < set.folds.tpr.size(); ++x) {
      const double fppi = set.operating_points[x].fppi_limit;
      const auto add = [&](const std::string& fold, double tpr, Cell deviation) {
        table.rows.push_back({set.name, fppi, fold, finite_cell(tpr), std::move(deviation)});
      };
      for (size_t f = 0; f < set.folds.files.size(); ++f)
        add(set.folds.files[f], set.folds.tpr[x][f], Cell());
      add("mean", set.folds.mean[x], finite_cell(set.folds.deviation[x]));
    }
  }
  return with_rule(std::move(table), result.options);
}

}  // namespace mammograft
