#include "detect/detector.h"

#include <torch/torch.h>

#include "detect/batch.h"
#include "detect/detector_file.h"
#include "detect/mask_paste.h"
#include "nn/precision.h"

namespace mammograft {

struct Detector::Impl {
  std::shared_ptr<DetectionNetwork> network;
  DetectorInfo info;
  torch::Device device{torch::kCPU};
  torch::ScalarType compute = torch::kFloat;
  double mask_score_floor = 0;
};

Detector::Detector(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Detector::~Detector() = default;
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;

Detector Detector::load(const std::filesystem::path& model, const RuntimeOptions& runtime) {
  set_threads(runtime.threads);
  auto impl = std::make_unique<Impl>();
  impl->device = resolve_device(runtime.device);
  impl->compute = resolve_precision(runtime.precision, impl->device);
  impl->network = load_detector(model, &impl->info);
  impl->network->to(impl->device);
  impl->network->eval();
  for (torch::Tensor& parameter : impl->network->parameters()) parameter.set_requires_grad(false);
  impl->mask_score_floor = runtime.all_masks ? 0 : impl->info.options.roi.mask_score_floor;
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
  const int64_t height = padded(input.pixels.rows), width = padded(input.pixels.cols);
  torch::Tensor image = torch::zeros({1, 1, height, width});
  cv::Mat canvas(static_cast<int>(height), static_cast<int>(width), CV_32FC1,
                 image.data_ptr<float>());
  input.pixels.copyTo(canvas(cv::Rect(0, 0, input.pixels.cols, input.pixels.rows)));

  const ImageDetections found = impl_->network->detect(
      image.to(impl_->device), impl_->compute, impl_->info.masks, impl_->mask_score_floor)[0];
  const torch::Tensor boxes = found.boxes.to(torch::kCPU).contiguous();
  const torch::Tensor scores = found.scores.to(torch::kCPU).contiguous();
  const torch::Tensor labels = found.labels.to(torch::kCPU).contiguous();
  const torch::Tensor masks = found.masks.to(torch::kCPU).contiguous();
  const Box frame{0, 0, static_cast<double>(input.original_size.width),
                  static_cast<double>(input.original_size.height)};
  std::vector<FoundMass> result;
  for (int64_t i = 0; i < boxes.size(0); ++i) {
    const float* b = boxes.data_ptr<float>() + 4 * i;
    FoundMass mass;
    const Box box = input.transform.to_original(Box{b[0], b[1], b[2], b[3]});
    mass.box = intersection(box, frame);
    if (mass.box.empty()) continue;  // wholly in the padding
    mass.score = scores.data_ptr<float>()[i];
    mass.label = labels.data_ptr<int64_t>()[i];
    if (i < masks.size(0)) {
      const int side = static_cast<int>(masks.size(1));
      const cv::Mat probability(side, side, CV_32FC1, masks.data_ptr<float>() + i * side * side);
      mass.mask =
          paste_mask(probability, box, input.original_size.height, input.original_size.width);
    }
    result.push_back(std::move(mass));
  }
  return result;
}

const DetectorOptions& Detector::options() const { return impl_->info.options; }
bool Detector::masks() const { return impl_->info.masks; }
const std::vector<std::string>& Detector::patients_hashed() const {
  return impl_->info.patients_hashed;
}

Json Detector::description() const {
  return {{"options", to_json(impl_->info.options)},
          {"training", impl_->info.training},
          {"runtime", compute_description()}};
}

}  // namespace mammograft
