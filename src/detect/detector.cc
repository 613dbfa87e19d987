#include "detect/detector.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include "detect/box_fusion.h"
#include "detect/detector_file.h"
#include "detect/found_masses.h"
#include "detect/int8_calibration.h"
#include "nn/precision.h"

namespace mammograft {
namespace {

void check(const RuntimeOptions& runtime, torch::Device device) {
  const bool openvino = runtime.engine == "openvino", int8 = runtime.precision == "int8";
  if (!openvino && runtime.engine != "torch")
    fail(ErrorKind::usage, "engine: found '{}', expected torch or openvino", runtime.engine);
  if (openvino && !device.is_cpu())
    fail(ErrorKind::usage, "engine: openvino runs on the CPU, found device {}", device.str());
  if (int8 && !openvino)
    fail(ErrorKind::usage, "precision: int8 is for the engine openvino (--engine openvino)");
  if (int8 && runtime.calibration.empty())
    fail(ErrorKind::usage,
         "precision: int8 needs a calibration (--calibration FILE, made by mammograft calibrate)");
  if (!int8 && !runtime.calibration.empty())
    fail(ErrorKind::usage, "calibration: expected the precision int8 with it, found {}",
         runtime.precision);
}

std::vector<Mirror> looks(const std::string& mirrors) {
  if (mirrors == "none") return {{}};
  if (mirrors == "x") return {{}, {true, false}};
  if (mirrors == "xy") return {{}, {true, false}, {false, true}, {true, true}};
  fail(ErrorKind::usage, "mirrors: found '{}', expected none, x or xy", mirrors);
}

// With int8 the patients of the calibration join those from whom the detector learnt.
std::unique_ptr<InferenceEngine> make_engine(const std::filesystem::path& model,
                                             const RuntimeOptions& runtime,
                                             DetectionNetwork& network, torch::Device device,
                                             DetectorInfo& info) {
  if (runtime.precision == "int8") {
    const Int8Calibration calibration = read_calibration(runtime.calibration, model);
    info.patients_hashed.merge(calibration.patients_hashed);
    return openvino_int8_engine(network, calibration.ranges, runtime.threads);
  }
  const torch::ScalarType compute = resolve_precision(runtime.precision, device);
  if (runtime.engine == "openvino") return openvino_engine(network, compute, runtime.threads);
  return torch_engine(network, compute);
}

}  // namespace

struct Detector::Impl {
  std::shared_ptr<DetectionNetwork> network;
  std::unique_ptr<InferenceEngine> engine;
  DetectorInfo info;
  FindOptions find;
  std::vector<Mirror> looks;
};

Detector::Detector(std::shared_ptr<DetectionNetwork> network,
                   std::unique_ptr<InferenceEngine> engine, const DetectorInfo& info,
                   const RuntimeOptions& runtime)
    : impl_(std::make_unique<Impl>()) {
  impl_->network = std::move(network);
  impl_->engine = std::move(engine);
  impl_->info = info;
  impl_->find.device = resolve_device(runtime.device);
  impl_->find.masks = info.masks;
  impl_->find.mask_score_floor = runtime.all_masks ? 0 : info.options.roi.mask_score_floor;
  impl_->looks = looks(runtime.mirrors);
}
Detector::~Detector() = default;
Detector::Detector(Detector&&) noexcept = default;
Detector& Detector::operator=(Detector&&) noexcept = default;

Detector Detector::load(const std::filesystem::path& model, const RuntimeOptions& runtime) {
  const torch::Device device = resolve_device(runtime.device);
  check(runtime, device);
  DetectorInfo info;
  const auto network = load_detector(model, &info);
  network->to(device);
  network->eval();
  for (torch::Tensor& parameter : network->parameters()) parameter.set_requires_grad(false);
  auto engine = make_engine(model, runtime, *network, device, info);
  return Detector(network, std::move(engine), info, runtime);
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
  std::vector<std::vector<FoundMass>> found;
  for (const Mirror& mirror : impl_->looks)
    found.push_back(find_masses(*impl_->network, *impl_->engine, input, mirror, impl_->find));
  return fuse(std::move(found), {.iou = impl_->info.options.nms_iou()});
}

bool Detector::many_at_a_time() const { return impl_->engine->many_at_a_time(); }
const DetectorOptions& Detector::options() const { return impl_->info.options; }
bool Detector::masks() const { return impl_->info.masks; }
const PatientSet& Detector::patients_hashed() const { return impl_->info.patients_hashed; }

Json Detector::description() const {
  Json json = {{"arch", impl_->info.options.arch}, {"options", to_json(impl_->info.options)},
               {"training", impl_->info.training}, {"engine", impl_->engine->description()},
               {"looks", impl_->looks.size()},     {"runtime", compute_description()}};
  if (!impl_->info.release.is_null()) json["release"] = impl_->info.release;
  return json;
}

}  // namespace mammograft
