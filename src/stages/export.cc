#include "stages/export.h"

#include "core/error.h"
#include "core/log.h"
#include "detect/onnx_export.h"

namespace mammograft {
namespace {

std::string megabytes(uintmax_t bytes) {
  return fmt::format("{:.1f} MB; for research use only", static_cast<double>(bytes) / 1e6);
}

}  // namespace

Output ExportOnnxStage::output() const { return {out, kDetectorJson}; }

void ExportOnnxStage::run(const RunContext&) {
  uintmax_t bytes = 0;
  const std::vector<fs::path> files = export_onnx(model, out);
  for (const fs::path& file : files) bytes += fs::file_size(file);
  log_info(fmt::format("{}: {} files, {}", out.string(), files.size(), megabytes(bytes)));
}

void ExportReleaseStage::check() const {
  if (release.name.empty() || release.version.empty())
    fail(ErrorKind::usage, "--release: expected --name and --version with it");
}

void ExportReleaseStage::run(const RunContext&) {
  write_release(model, release, out);
  log_info(fmt::format("{}: {} {}, {}", out.string(), release.name, release.version,
                       megabytes(fs::file_size(out))));
}

}  // namespace mammograft
