#include "detect/validator.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "core/parallel.h"
#include "detect/found_masses.h"

namespace mammograft {

Validator::Validator(const Cohort& cohort, const InputOptions& input, ValidationScore score,
                     int threads, Progress& progress)
    : cohort_(cohort), score_(std::move(score)) {
  if (cohort.images.empty()) return;
  ensure(static_cast<bool>(score_), "validation images, but nothing to score them with");
  inputs_.resize(cohort.images.size());
  parallel_for("reading validation images", std::ssize(inputs_), threads, progress, [&](int64_t i) {
    const ImageRecord& image = cohort.images[i];
    const cv::Mat pixels = read_pixels(cohort, image);
    inputs_[i] = with_name(image.file_name, [&] {
      return make_network_input(pixels, image.pixel_spacing_mm, image.view, input);
    });
  });
}

double Validator::score(DetectionNetwork& network, torch::Device device,
                        torch::ScalarType compute) const {
  const torch::NoGradGuard no_grad;
  const auto engine = torch_engine(network, compute);
  const FindOptions options{.device = device};  // boxes are enough
  const int64_t category = category_of_detections(cohort_);
  std::vector<Detection> detections;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    for (const FoundMass& mass : find_masses(network, *engine, inputs_[i], {}, options)) {
      detections.push_back({cohort_.images[i].id, category, mass.box, mass.score, {}, {}});
    }
  }
  return score_(cohort_, detections);
}

}  // namespace mammograft
