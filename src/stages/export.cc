#include "stages/export.h"

#include "core/log.h"
#include "detect/onnx_export.h"

namespace mammograft {

Output ExportStage::output() const { return {onnx, kDetectorJson}; }

void ExportStage::run(const RunContext&) {
  uintmax_t bytes = 0;
  const std::vector<fs::path> files = export_onnx(model, onnx);
  for (const fs::path& file : files) bytes += fs::file_size(file);
  log_info(fmt::format("{}: {} files, {:.1f} MB; for research use only", onnx.string(),
                       files.size(), static_cast<double>(bytes) / 1e6));
}

}  // namespace mammograft
