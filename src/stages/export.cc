#include "stages/export.h"

#include "core/log.h"
#include "detect/onnx_export.h"

namespace mammograft {

Output ExportStage::output() const { return {onnx, kDetectorJson}; }

void ExportStage::run(const RunContext&) {
  for (const fs::path& file : export_onnx(model, onnx)) {
    log_info(fmt::format("{}: {:.1f} MB", file.string(),
                         static_cast<double>(fs::file_size(file)) / 1e6));
  }
}

}  // namespace mammograft
