// Tiny detectors, their trainings and what they learn from. Only for *_test.cc files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

#include "core/cancel_testing.h"
#include "detect/cohort_testing.h"
#include "detect/testing.h"
#include "detect/train_detector.h"
#include "detect/training_set.h"
#include "nn/weights.h"

namespace mammograft {

inline DetectorOptions tiny_model() {
  DetectorOptions options = detector_preset("light");
  options.input.long_side_px = 64;
  options.backbone.fpn_channels = 8;
  options.rpn.post_nms_train = 40;
  options.rpn.post_nms_test = 20;
  options.roi.box_features = 16;
  options.roi.mask_channels = 8;
  options.roi.mask_convolutions = 1;
  return options;
}

inline DetectorOptions tiny_retina() {
  DetectorOptions options = detector_preset("light", "retinanet");
  options.input.long_side_px = 64;
  options.backbone.fpn_channels = 8;
  return options;
}

inline DetectorTrainingOptions tiny_training() {
  DetectorTrainingOptions options;
  options.model = tiny_model();
  options.init = "random";
  options.stages = {"all"};
  options.lengths = {1};
  options.batch = 1;
  options.calibration_images = 2;
  options.precision = "fp32";
  options.schedule.warmup_steps = 1;
  options.schedule.learning_rate = 0.002;
  options.log_every = 1;
  options.checkpoint_every = 100;
  return options;
}

struct TestTurn {
  int64_t cancel_at = -1;  // step; -1: never
  uint64_t seed = 7;
  int threads = 1;  // two of a busy machine wait for each other longer than so little work takes
  ValidationScore score = {};
};

inline TrainingRun train_tiny(const Cohort& cohort, const DetectorTrainingOptions& options,
                              const std::filesystem::path& run, const TestTurn& turn = {}) {
  std::filesystem::create_directories(run);
  CancelAt progress(turn.cancel_at);
  std::filesystem::path file;
  if (options.init != "random") file = options.init;
  return train_detector(cohort, options, {file, turn.score}, RunFolder(run),
                        {turn.seed, turn.threads, "cpu", progress});
}

inline TensorMap trained_tensors(const TrainingRun& run) { return load_tensors(run.model).tensors; }

inline double largest_difference(const TensorMap& a, const TensorMap& b) {
  double largest = a.size() == b.size() ? 0 : std::numeric_limits<double>::infinity();
  for (const auto& [name, tensor] : a)
    largest = std::max(largest, largest_difference(tensor, b.at(name)));
  return largest;
}

inline AugmentOptions no_change() { return {1, 1, 0, 0, false, false, 0, 0}; }

inline InputOptions uncropped_input() {
  InputOptions input;
  input.crop = false;
  input.long_side_px = kTestHeight;
  return input;
}

// Of uncropped images, at the scale of their files.
inline TrainingSet read_set(const Cohort& cohort, const TrainingSetOptions& options = {}) {
  Progress progress;
  return {cohort, uncropped_input(), options, 1, progress};
}

}  // namespace mammograft
