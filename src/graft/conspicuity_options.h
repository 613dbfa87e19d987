// How much grafts are to stand out.
#pragma once

#include <string>

#include "core/expect.h"
#include "core/options.h"

namespace mammograft {

struct ConspicuityOptions {
  std::string aim = "free";
  double harder = 0.7;
  int places = 8;
  double gain = 1.3;
  template <typename V>
  void fields(V&& v) {
    v.choice("conspicuity", aim, {"free", "match", "harder"},
             "how much grafts stand out: as lesion and place have it; as the real masses do; less");
    v("conspicuity_harder", harder,
      "share of the real masses' conspicuity that `harder` aims at, up to 1; a negative one stays");
    v("conspicuity_places", places, "places to choose from");
    v("conspicuity_gain", gain, "largest factor on a lesion's contrast, either way");
  }
};

inline void check(const ConspicuityOptions& options) {
  expect_above("conspicuity_harder", options.harder, 0);
  expect_within("conspicuity_harder", options.harder, 0, 1);
  expect_at_least("conspicuity_places", options.places, 1);
  expect_at_least("conspicuity_gain", options.gain, 1);
}

}  // namespace mammograft
