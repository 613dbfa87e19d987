// Where synthetic images come from that are made while a detector learns. What makes them is not
// this folder's affair. No torch.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <opencv2/core.hpp>
#include <set>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"
#include "core/json.h"

namespace mammograft {

// A synthetic image as a cohort would hold it, but in memory.
struct FreshImage {
  std::string failure;                  // why it could not be made: then nothing else is set
  cv::Mat pixels;                       // CV_16UC1, full scale 65535
  ImageRecord record;                   // id and file name mean nothing
  std::vector<Annotation> annotations;  // of this image; ids mean nothing
};

class GraftSource {
 public:
  virtual ~GraftSource() = default;

  // Images number first and first + 1; `first` is even. Each depends on its number alone. Called by
  // one thread at a time, in which all work should stay.
  virtual std::array<FreshImage, 2> make_two(int64_t first) = 0;

  virtual std::string method() const = 0;
  virtual PatientSet patients() const = 0;  // everybody behind the images, and behind their maker
  virtual bool drawn_outlines() const = 0;  // some of the images have one that a person has drawn
};

struct GraftSupply {
  // All that decides how the images look, the patients withheld apart.
  Json description;
  // Nothing of a patient who is withheld is in an image. `training`: what the detector learns from,
  // already without them; needed in the call only.
  std::function<std::unique_ptr<GraftSource>(const Cohort& training,
                                             const std::set<std::string>& withheld)>
      open;
};

}  // namespace mammograft
