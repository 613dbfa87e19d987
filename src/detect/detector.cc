#include "detect/detector.h"

#include <torch/torch.h>

#include "detect/detector_file.h"
#include "detect/found_masses.h"
#include "nn/precision.h"

namespace mammograft {

struct Detector::Impl {
  std::shared_ptr<DetectionNetwork> network;
  DetectorInfo info;
  FindOptions find;
};

Detector::Detector(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Detector::~Detector() = default;
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;

Detector Detector::load(const std::filesystem::path& model, const RuntimeOptions& runtime) {
  set_threads(runtime.threads);
  auto impl = std::make_unique<Impl>();
  impl->find.device = resolve_device(runtime.device);
  impl->find.compute = resolve_precision(runtime.precision, impl->find.device);
  impl->network = load_detector(model, &impl->info);
  impl->network->to(impl->find.device);
  impl->network->eval();
  for (torch::Tensor& parameter : impl->network->parameters()) parameter.set_requires_grad(false);
  impl->find.masks = impl->info.masks;
  impl->find.mask_score_floor = runtime.all_masks ? 0 : impl->info.options.roi.mask_score_floor;
  return Detector(std::move(impl));
}

NetworkInput Detector::prepare(const cv::Mat& pixels,
                               const std::optional<std::array<double, 2>>& spacing_mm,
                               const std::string& view) const {
  return make_network_input(pixels, spacing_mm, view, impl_->info.options.input);
}

std::vector<FoundMass> Detector::detect(const cv::Mat& pixels,
                                        const std::optional<std::array<double, 2>>& spacing_mm,
                                        const std::string& view) const {
  return detect(prepare(pixels, spacing_mm, view));
}

std::vector<FoundMass> Detector::detect(const NetworkInput& input) const {
  return find_masses(*impl_->network, input, impl_->find);
}

const DetectorOptions& Detector::options() const { return impl_->info.options; }
bool Detector::masks() const { return impl_->info.masks; }
const std::vector<std::string>& Detector::patients_hashed() const {
  return impl_->info.patients_hashed;
}

Json Detector::description() const {
  return {{"arch", impl_->info.options.arch},
          {"options", to_json(impl_->info.options)},
          {"training", impl_->info.training},
          {"runtime", compute_description()}};
}

}  // namespace mammograft
