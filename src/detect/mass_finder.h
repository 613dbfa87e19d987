// Whoever can look for masses: detectors that were loaded, or what a test puts in their place.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "detect/found_mass.h"
#include "nn/input.h"

namespace mammograft {

// In two halves, so that one file can be read and prepared while another is looked at.
class MassFinder {
 public:
  virtual ~MassFinder() = default;

  // What each network sees of an image: CV_16UC1, any size; spacing is needed only by models that
  // work in mm. May run on any thread.
  virtual std::vector<NetworkInput> prepare(const cv::Mat& pixels,
                                            const std::optional<std::array<double, 2>>& spacing_mm,
                                            const std::string& view) const = 0;
  // Of inputs from prepare(). By falling score. From one thread at a time, unless
  // many_at_a_time().
  virtual std::vector<FoundMass> detect(const std::vector<NetworkInput>& inputs) const = 0;
  virtual bool many_at_a_time() const { return false; }  // detect() may run on several threads
};

}  // namespace mammograft
