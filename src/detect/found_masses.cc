#include "detect/found_masses.h"

#include <torch/types.h>

#include "detect/mask_paste.h"
#include "detect/padded_image.h"

namespace mammograft {
namespace {

NetworkInput mirrored(const NetworkInput& input, Mirror mirror) {
  if (!mirror.x && !mirror.y) return input;
  NetworkInput result = input;
  const int axes = mirror.x && mirror.y ? -1 : mirror.x ? 1 : 0;  // as cv::flip() counts them
  cv::flip(input.pixels, result.pixels = cv::Mat(), axes);
  return result;
}

// Coordinate `first` and its end `first + 2` of boxes in an image of this length.
void mirror_back(torch::Tensor& boxes, int64_t first, double length) {
  const torch::Tensor start = length - boxes.select(1, first + 2);
  boxes.select(1, first + 2).copy_(length - boxes.select(1, first));
  boxes.select(1, first).copy_(start);
}

ImageDetections mirrored_back(ImageDetections found, Mirror mirror, cv::Size size) {
  found.boxes = found.boxes.clone();
  if (mirror.x) mirror_back(found.boxes, 0, size.width);
  if (mirror.y) mirror_back(found.boxes, 1, size.height);
  if (mirror.x) found.masks = found.masks.flip({2});
  if (mirror.y) found.masks = found.masks.flip({1});
  return found;
}

}  // namespace

std::vector<FoundMass> find_masses(DetectionNetwork& network, InferenceEngine& engine,
                                   const NetworkInput& input, Mirror mirror,
                                   const FindOptions& options) {
  const torch::InferenceMode inference;
  const torch::Tensor image =
      padded_image(mirrored(input, mirror), engine.side_multiple()).to(options.device);
  const ImageDetections found =
      mirrored_back(network.find(engine.maps(image), image.size(2), image.size(3), options.masks,
                                 options.mask_score_floor)[0],
                    mirror, input.pixels.size());
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

}  // namespace mammograft
