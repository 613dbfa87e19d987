// A lesion on the level of the background that it goes into.
#pragma once

#include <opencv2/core.hpp>

namespace mammograft {

struct SeatedLesion {
  cv::Mat levels;  // CV_32FC1: the lesion in omega, the background outside
  // CV_32FC1: as strong as on its own film, on a level of its own, going on beyond omega: a band
  // that is taken from it takes in the lesion's surroundings along the rim, not the background.
  cv::Mat detail;
};

}  // namespace mammograft
