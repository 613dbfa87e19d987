// A score, and whether what it promised was so.
#pragma once

namespace mammograft {

struct LabelledScore {
  double score = 0;
  bool positive = false;
};

}  // namespace mammograft
