#include "stages/prepare.h"

#include "core/log.h"

namespace mammograft {

void say_prepared(const fs::path& out, const Cohort& cohort) {
  log_info(fmt::format("{0}: {1} images, {2} findings; look at them with: mammograft inspect {0}",
                       out.string(), cohort.images.size(), cohort.annotations.size()));
}

std::vector<fs::path> PrepareCocoStage::inputs() const {
  if (coco.table.empty()) return {json, images};
  return {json, images, coco.table};
}

void PrepareCocoStage::run(const RunContext& context) {
  coco.threads = context.threads;
  say_prepared(out, prepare_coco(json, images, out, coco, context.progress));
}

std::vector<fs::path> PrepareDicomStage::inputs() const {
  if (import.boxes.empty()) return {source};
  return {source, import.boxes};
}

}  // namespace mammograft
