// Free-response data as the literature and RJafroc have them: marks on cases. Chakraborty, "Observer
// Performance Methods for Diagnostic Imaging" (2017), chapters 12 to 14.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace mammograft {

constexpr double kUnmarked = -std::numeric_limits<double>::infinity();

struct MarkedLesion {
  double rating = kUnmarked;  // score of the mark that finds it
  double weight = 1;          // those of a case sum to 1
};

// An image, a breast or a patient, whichever is scored as a whole.
struct MarkedCase {
  std::string name;
  int patient = 0;
  std::vector<MarkedLesion> lesions;  // none: the case is normal
  std::vector<double> false_marks;    // scores of the marks that find nothing, falling

  bool diseased() const { return !lesions.empty(); }
  double highest_false() const { return false_marks.empty() ? kUnmarked : false_marks.front(); }
};

using FreeResponse = std::vector<MarkedCase>;

}  // namespace mammograft
