#include "stages/split.h"

#include "cohort/folds.h"
#include "core/log.h"

namespace mammograft {

void SplitStage::run(const RunContext& context) {
  std::vector<Cohort> read;
  for (const std::string& path : cohorts) read.push_back(read_cohort(path));
  const Folds folds = make_folds(read, split.folds, context.seed);
  write_folds(out, folds);
  log_info(
      fmt::format("{}: {} patients in {} folds", out.string(), folds.fold_of.size(), folds.count));
}

}  // namespace mammograft
