#include "stages/phantom.h"

#include "core/log.h"

namespace mammograft {

void PhantomStage::run(const RunContext& context) {
  PhantomOptions resolved = phantom;
  resolved.threads = context.threads;
  const Cohort cohort = make_phantom(out, resolved, context.progress);
  log_info(fmt::format("{}: {} images, {} masses", out.string(), cohort.images.size(),
                       cohort.annotations.size()));
}

}  // namespace mammograft
