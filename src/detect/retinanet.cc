#include "detect/retinanet.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include "detect/plan_builder.h"
#include "detect/pyramid_level.h"

namespace mammograft {

RetinaNet::RetinaNet(const DetectorOptions& options) : DetectionNetwork(options) {
  head = register_module("head", RetinaHead(options));
}

std::vector<LossTerm> RetinaNet::losses(const torch::Tensor& images,
                                        const std::vector<Target>& targets, std::vector<Rng>&,
                                        torch::ScalarType compute, const LossOptions& weights) {
  const RetinaLosses losses =
      head->losses(head(backbone(images, compute), images.size(2), images.size(3)), targets);
  const torch::Tensor count = torch::scalar_tensor(static_cast<int64_t>(targets.size()));
  return {{"loss_classifier", losses.classification, 1, count},
          {"loss_box_reg", losses.box, weights.lambda_loc, count}};
}

std::vector<torch::Tensor> RetinaNet::maps(const torch::Tensor& images, torch::ScalarType compute) {
  RetinaMaps all = head->maps(backbone(images, compute));
  all.logits.insert(all.logits.end(), all.deltas.begin(), all.deltas.end());
  return all.logits;
}

ConvPlan RetinaNet::plan() const {
  PlanBuilder builder(*this);
  const std::vector<int> levels = builder.backbone(options.backbone);
  const std::string classes = "head.classification_head.", boxes = "head.regression_head.";
  const std::vector<std::string> names = level_names(options.strides());
  const std::pair<std::string, std::string> predictors[] = {{"logits_", classes + "cls_logits"},
                                                            {"deltas_", boxes + "bbox_reg"}};
  for (const auto& [output, predictor] : predictors) {
    const std::string tower = predictor.substr(0, predictor.rfind('.') + 1);
    for (size_t i = 0; i < levels.size(); ++i) {
      const std::string level = fmt::format("level {}", i);
      int x = levels[i];
      for (int layer = 0; layer < options.retina.convolutions; ++layer)
        x = builder.convolution(fmt::format("{}conv.{}.0", tower, layer), x, 1, true, level);
      builder.output(output + names[i], builder.convolution(predictor, x, 1, false, level),
                     /*exact=*/true);
    }
  }
  return builder.take();
}

std::vector<ImageDetections> RetinaNet::find(const std::vector<torch::Tensor>& maps, int64_t height,
                                             int64_t width, bool, double) {
  const size_t levels = options.strides().size();
  ensure(maps.size() == 2 * levels, "RetinaNet: found {} maps, expected 2 for each of {} levels",
         maps.size(), levels);
  const auto half = maps.begin() + static_cast<int64_t>(maps.size() / 2);
  return head->detect(head->collect({{maps.begin(), half}, {half, maps.end()}}, height, width),
                      height, width);
}

}  // namespace mammograft
