#include "cli/version.h"

#include <fmt/format.h>

#include "core/parallel.h"
#include "core/processor.h"
#include "core/version.h"

namespace mammograft {

std::string version_text() {
  const std::string openvino = MAMMOGRAFT_OPENVINO_VERSION;
  const int threads = hardware_threads();
  return fmt::format("mammograft {}\nLibTorch {}, {} thread{}, {}, {}\n{}\nfor research use only",
                     MAMMOGRAFT_VERSION, MAMMOGRAFT_TORCH_VERSION, threads, threads == 1 ? "" : "s",
                     instruction_set(), multiplies_bf16() ? "bf16" : "fp32",
                     openvino.empty() ? "without OpenVINO" : "OpenVINO " + openvino);
}

}  // namespace mammograft
