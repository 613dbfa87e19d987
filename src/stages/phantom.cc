#include "stages/phantom.h"

#include "core/log.h"

namespace mammograft {

Output PhantomStage::output() const {
  return {out, phantom.layout == "inbreast" ? "INbreast.csv" : "cohort.json"};
}

void PhantomStage::run(const RunContext& context) {
  PhantomOptions resolved = phantom.phantom;
  resolved.threads = context.threads;
  const bool release = phantom.layout == "inbreast";
  const Cohort cohort = make_phantom(release ? out / "cohort" : out, resolved, context.progress);
  if (release) {
    ReleaseOptions options = phantom.release;
    options.threads = context.threads;
    write_inbreast_release(cohort, out, options, context.progress);
  }
  log_info(fmt::format("{}: {} images, {} masses", out.string(), cohort.images.size(),
                       cohort.annotations.size()));
}

}  // namespace mammograft
