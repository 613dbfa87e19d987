// An image with its masses as a detector sees it while it learns. No torch.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "cohort/annotation_index.h"
#include "cohort/cohort.h"
#include "nn/input.h"

namespace mammograft {

// Of a mass's box: where less is in the picture it does not show the mass.
inline constexpr double kVisibleShare = 0.25;

// A mass in pixels of the network's input.
struct TrainingMass {
  Box box;
  std::vector<Polygon> polygons;  // empty: only the box is known
  int64_t label = 1;
  bool has_mask = false;  // the mask head may learn from it
};

struct TrainingImage {
  int64_t id = 0;  // in the cohort
  cv::Mat pixels;  // CV_16UC1: [0, 1] times 65535, half the memory of floats
  std::vector<TrainingMass> masses;
  std::vector<Box> ignored;
  int unseen = 0;  // masses of which the network sees nothing
};

// Segmented, cropped and scaled. `pixels`: of the record, CV_16UC1 at full scale; `annotations`: of
// the record. `any_outline`: the mask head learns from circles, boxes and refined outlines too, not
// from drawn contours alone.
TrainingImage training_image(const cv::Mat& pixels, const ImageRecord& record,
                             Annotations annotations, const InputOptions& input, bool any_outline);

}  // namespace mammograft
