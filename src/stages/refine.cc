#include "stages/refine.h"

#include "core/log.h"

namespace mammograft {

// Here and not in run(): carry_out() already writes beside the output.
void RefineStage::check() const {
  check_refine_options(refine);
  std::error_code none;  // what is not there is not the same
  if (fs::equivalent(cohort, out, none) || fs::equivalent(cohort, out / "cohort.json", none))
    fail(ErrorKind::usage, "--out: found {}, the cohort itself; expected another folder",
         out.string());
}

void RefineStage::run(const RunContext& context) {
  const Cohort refined =
      refine_cohort(read_cohort(cohort), out, refine, context.threads, context.progress);
  const std::string outlines = refinement_text(refined);
  log_info(fmt::format("{}: {}", out.string(),
                       outlines.empty() ? "no circle and no box around a mass" : outlines));
}

}  // namespace mammograft
