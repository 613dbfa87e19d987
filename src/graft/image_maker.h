// Where synthetic images come from: grafts, or a network that makes whole images.
#pragma once

#include <cstdint>
#include <map>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"
#include "core/json.h"

namespace mammograft {

struct MadeImage {
  bool made = false;                    // else nothing but `failures` is set
  std::map<std::string, int> failures;  // reason -> attempts; of a pair with its first image
  ImageRecord record;                   // without id and file name, which synthesize() gives
  std::vector<Annotation> annotations;  // the same
  cv::Mat pixels;                       // CV_16UC1, as stored; empty where it is on disk already
  Json note = Json::object();           // for the journal
};

// "3 x the breast has no room for the lesion; 1 x …"
std::string listed(const std::map<std::string, int>& failures);

class ImageMaker {
 public:
  virtual ~ImageMaker() = default;
  virtual std::string method() const = 0;               // of `source`, and in file names
  virtual std::string label() const = 0;                // of the progress
  virtual std::string title(int64_t images) const = 0;  // info["description"] of so many

  // All that decides how the images look; a synthesis goes on only where it is the same.
  virtual Json description() const = 0;
  // What the cohort's info says: "synthesis", and more.
  virtual Json info() const = 0;
  virtual std::vector<Category> categories() const = 0;
  // From whom a model learnt, or how grafts are to lie and to stand out: behind every image.
  virtual PatientSet patients() const = 0;

  // Images number first (an even one), first + 1, ...; each depends on its number alone. `notes`:
  // one for each, what was noted when the image was written, or null where it is still to be made.
  virtual std::vector<MadeImage> make(int64_t first, const std::vector<Json>& notes) = 0;
};

}  // namespace mammograft
