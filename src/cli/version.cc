#include "core/version.h"

#include "cli/command.h"
#include "nn/compute.h"
#include "nn/openvino_network.h"

namespace mammograft {

std::string version_text() {
  set_threads(0);
  const std::string openvino = openvino_version();
  return std::string("mammograft ") + MAMMOGRAFT_VERSION + "\n" + compute_description() + "\n" +
         (openvino.empty() ? "without OpenVINO" : openvino) + "\nfor research use only";
}

}  // namespace mammograft
