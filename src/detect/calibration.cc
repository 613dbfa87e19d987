#include "detect/calibration.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <set>

#include "detect/batch.h"

namespace mammograft {
namespace {

std::vector<FrozenBatchNormImpl*> fresh_norms(DetectionNetwork& network,
                                              const std::vector<std::string>& fresh) {
  const std::set<std::string> names(fresh.begin(), fresh.end());
  std::vector<FrozenBatchNormImpl*> norms;
  for (const auto& item : network.named_modules()) {
    auto* norm = item.value()->as<FrozenBatchNormImpl>();
    if (norm != nullptr && names.count(item.key() + ".running_mean") > 0) norms.push_back(norm);
  }
  return norms;
}

}  // namespace

int calibrate_batch_norms(DetectionNetwork& network, const std::vector<std::string>& fresh,
                          const TrainingSet& set, const DetectorTrainingOptions& options,
                          const Rng& rng, torch::ScalarType compute) {
  const std::vector<FrozenBatchNormImpl*> norms = fresh_norms(network, fresh);
  if (norms.empty()) return 0;
  const torch::NoGradGuard no_grad;
  for (FrozenBatchNormImpl* norm : norms) norm->begin_calibration();
  const torch::Device device = network.parameters().front().device();
  const int64_t batches = (options.calibration_images + options.batch - 1) / options.batch;
  for (int64_t i = 0; i < batches; ++i) {
    check_cancelled();
    const Batch batch = make_batch(set, options.augment, {i, options.batch}, set.canvas_px(), rng);
    network.backbone(batch.images.to(device), compute);
  }
  for (FrozenBatchNormImpl* norm : norms) norm->end_calibration();
  return static_cast<int>(norms.size());
}

}  // namespace mammograft
