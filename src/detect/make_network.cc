#include "detect/make_network.h"

#include "detect/mask_rcnn.h"
#include "detect/retinanet.h"
#include "nn/first_weights.h"

namespace mammograft {

std::shared_ptr<DetectionNetwork> make_network(const DetectorOptions& options) {
  if (options.arch == "retinanet") return std::make_shared<RetinaNet>(options);
  ensure(options.arch == "mask_rcnn", "arch: found '{}'", options.arch);
  return std::make_shared<MaskRcnn>(options);
}

std::shared_ptr<DetectionNetwork> make_unfilled_network(const DetectorOptions& options) {
  const WithoutFirstWeights guard;
  return make_network(options);
}

}  // namespace mammograft
