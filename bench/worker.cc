// Our side of side_by_side.py. Reads the name of a case from each line of stdin, runs it once and
// answers with one line of JSON, {"seconds": ...}, so that the other side can take its turn in
// between.
//
//   bench_worker FOLDER [THREADS]
//
// FOLDER gets image.png (a phantom of 1024 x 800, about half of it air) and the models. Weights are
// random: a convolution takes as long with any. "prepare" makes them and does nothing else.
#include <sys/resource.h>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>

#include "core/files.h"
#include "core/memory.h"
#include "detect/batch.h"
#include "detect/box_ops.h"
#include "detect/detector.h"
#include "detect/detector_file.h"
#include "detect/make_network.h"
#include "detect/roi_align.h"
#include "detect/train_detector.h"
#include "image/image_io.h"
#include "nn/compute.h"
#include "nn/optimizer.h"
#include "nn/precision.h"
#include "phantom/phantom.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;
constexpr int kHeight = 1024, kWidth = 800;

double seconds_of(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Of a few phantoms the one whose breast's box is nearest to half of the image.
void make_image(const fs::path& folder) {
  PhantomOptions options;
  options.patients = 6;
  options.field_width_mm = kWidth * options.mm_per_px;
  options.field_height_mm = kHeight * options.mm_per_px;
  Progress progress;
  const Cohort cohort = make_phantom(folder / "phantom", options, progress);
  const auto distance = [](const ImageRecord& image) {
    return std::abs(image.breast_bbox->area() / (kHeight * kWidth) - 0.5);
  };
  const auto best = std::min_element(
      cohort.images.begin(), cohort.images.end(),
      [&](const ImageRecord& a, const ImageRecord& b) { return distance(a) < distance(b); });
  fs::copy_file(folder / "phantom" / "images" / fs::path(best->file_name).filename(),
                folder / "image.png", fs::copy_options::overwrite_existing);
}

fs::path make_model(const fs::path& folder, const std::string& name,
                    const DetectorOptions& options) {
  const fs::path path = folder / (name + ".safetensors");
  torch::manual_seed(1);
  save_detector(path, *make_network(options), {options, true, {}, Json::object()});
  return path;
}

DetectorOptions torchvision_model(bool cropped) {
  DetectorOptions options = detector_preset("torchvision");
  options.input.crop = cropped;
  // The scale of the uncropped image, also where the crop makes it smaller.
  options.input.mm_per_px = PhantomOptions{}.mm_per_px;
  options.roi.score_floor = 0.05;
  return options;
}

// A training step on one image with one mass, as the trainer does it.
class TrainingCase {
 public:
  TrainingCase(const DetectorOptions& model, int64_t batch, int64_t height, int64_t width,
               int frozen, torch::ScalarType compute)
      : compute_(compute), images_(torch::rand({batch, 1, height, width})) {
    torch::manual_seed(1);
    network_ = make_network(model);
    network_->train();
    network_->backbone->body->freeze(frozen);
    TensorMap learning;
    for (const auto& item : network_->named_parameters()) {
      if (item.value().requires_grad()) learning[item.key()] = item.value();
    }
    optimizer_ = std::make_unique<Optimizer>(learning, OptimizerOptions{});
    Target target;
    const float x = width / 3.f, y = height / 3.f;
    target.boxes = torch::tensor({{x, y, x + 80, y + 90}});
    target.labels = torch::ones({1}, torch::kLong);
    target.masks = torch::zeros({1, height, width}, torch::kByte);
    target.masks.slice(1, height / 3, height / 3 + 90).slice(2, width / 3, width / 3 + 80).fill_(1);
    target.has_mask = torch::ones({1}, torch::kBool);
    target.ignored = torch::zeros({0, 4});
    targets_.assign(static_cast<size_t>(batch), target);
  }

  void operator()() {
    std::vector<Rng> rngs;
    for (size_t i = 0; i < targets_.size(); ++i) rngs.emplace_back(i);
    const torch::Tensor loss = total_loss(network_->losses(images_, targets_, rngs, compute_, {}));
    optimizer_->zero_grad();
    loss.backward();
    optimizer_->step(1e-6);
  }

 private:
  torch::ScalarType compute_;
  torch::Tensor images_;
  std::shared_ptr<DetectionNetwork> network_;
  std::unique_ptr<Optimizer> optimizer_;
  std::vector<Target> targets_;
};

// 1000 RoIs x 7 x 7 x 256 channels on P3 of a 1024 x 800 image.
std::function<void()> roi_align_case(const std::string& precision) {
  torch::manual_seed(1);
  const torch::Tensor features = torch::rand({1, 256, kHeight / 8, kWidth / 8})
                                     .to(resolve_precision(precision, torch::kCPU))
                                     .contiguous(at::MemoryFormat::ChannelsLast);
  const torch::Tensor center = torch::rand({1000, 2}) * torch::tensor({kWidth, kHeight});
  const torch::Tensor side = torch::exp(torch::rand({1000, 2}) * 3 + 2);
  const torch::Tensor boxes =
      clip_boxes(torch::cat({center - side / 2, center + side / 2}, 1), kHeight, kWidth);
  const torch::Tensor image = torch::zeros({1000}, torch::kLong);
  return [=] {
    const torch::NoGradGuard no_grad;
    roi_align(features, boxes, image, {.scale = 1.0 / 8});
  };
}

class Cases {
 public:
  Cases(fs::path folder, int threads) : folder_(std::move(folder)), threads_(threads) {
    if (!fs::exists(folder_ / "image.png")) make_image(folder_);
    for (const char* precision : {"bf16", "fp32"}) {
      makers_[std::string("roi-align-") + precision] = [=] { return roi_align_case(precision); };
      add_detect("light", precision, detector_preset("light"), /*all_masks=*/false);
      add_detect("equal-cropped", precision, torchvision_model(true), /*all_masks=*/true);
      add_detect("equal-uncropped", precision, torchvision_model(false), /*all_masks=*/true);
      const auto compute = resolve_precision(precision, torch::kCPU);
      add_training("equal", precision, [compute] {
        return TrainingCase(detector_preset("torchvision"), 1, kHeight, kWidth, 0, compute);
      });
      // What the product does with that image: crop it, learn from 200 RoIs, and, in the second of
      // the paper's steps, leave the stem and the first two stages alone.
      add_training("product", precision, [compute, this] {
        DetectorOptions model = training_preset("paper").model;
        const cv::Size size = cropped_size();
        return TrainingCase(model, 1, padded(size.height), padded(size.width), 3, compute);
      });
      add_training("light", precision, [compute] {
        return TrainingCase(detector_preset("light"), 2, 640, 384, 2, compute);
      });
    }
  }

  bool knows(const std::string& name) const { return makers_.contains(name); }
  double run(const std::string& name) {
    if (!ready_.contains(name)) {
      ready_.clear();  // one case at a time: peak memory is that of one
      ready_[name] = makers_.at(name)();
      ready_[name]();
    }
    return seconds_of(ready_[name]);
  }

 private:
  using Body = std::function<void()>;

  void add_detect(const std::string& name, const std::string& precision,
                  const DetectorOptions& options, bool all_masks) {
    makers_["detect-" + name + "-" + precision] = [=, this]() -> Body {
      const fs::path model = folder_ / (name + ".safetensors");
      if (!fs::exists(model)) make_model(folder_, name, options);
      auto detector = std::make_shared<Detector>(Detector::load(
          model, {.precision = precision, .threads = threads_, .all_masks = all_masks}));
      return [detector, image = folder_ / "image.png"] {
        const double mm = PhantomOptions{}.mm_per_px;
        const auto found =
            detector->detect(read_image(image).pixels, std::array<double, 2>{mm, mm});
        ensure(!found.empty(), "nothing found: not the same work as the other side's");
      };
    };
  }

  void add_training(const std::string& name, const std::string& precision,
                    const std::function<TrainingCase()>& make) {
    makers_["train-" + name + "-" + precision] = [=]() -> Body {
      auto step = std::make_shared<TrainingCase>(make());
      return [step] { (*step)(); };
    };
  }

  cv::Size cropped_size() const {
    InputOptions input = torchvision_model(true).input;
    const double mm = PhantomOptions{}.mm_per_px;
    return make_network_input(read_image(folder_ / "image.png").pixels,
                              std::array<double, 2>{mm, mm}, {}, input)
        .pixels.size();
  }

  fs::path folder_;
  int threads_;
  std::map<std::string, std::function<Body()>> makers_;
  std::map<std::string, Body> ready_;
};

double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

int serve(const fs::path& folder, int threads) {
  set_threads(threads);
  fs::create_directories(folder);
  Cases cases(folder, threads);
  std::string line;
  while (std::getline(std::cin, line)) {
    Json answer;
    if (line == "about") {
      answer["runtime"] = compute_description();
    } else if (!cases.knows(line)) {
      answer["error"] = "unknown case " + line;
    } else {
      answer["seconds"] = cases.run(line);
      answer["peak_memory_mb"] = peak_memory_mb();
    }
    std::cout << answer.dump() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace mammograft

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: bench_worker FOLDER [THREADS]\n";
    return 2;
  }
  mammograft::keep_freed_memory();
  try {
    return mammograft::serve(argv[1], argc > 2 ? std::stoi(argv[2]) : 0);
  } catch (const std::exception& error) {
    std::cerr << "bench_worker: " << error.what() << "\n";
    return 1;
  }
}
