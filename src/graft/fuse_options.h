// The method `fuse`.
#pragma once

#include "core/expect.h"
#include "graft/fusion.h"
#include "graft/membrane.h"

namespace mammograft {

// The lesion on its membrane, fused with the background, faded in from the rim of omega inwards.
struct FuseOptions {
  FusionOptions fusion;
  MembraneOptions membrane;
  double feather_mm = 0.6;
  template <typename V>
  void fields(V&& v) {
    fusion.fields(v);
    v("feather_mm", feather_mm, "distance over which it fades in from the rim inwards");
    v("give_back", membrane.give_back,
      "largest factor that gives a lesion back what the membrane took off its contrast; 1: none");
  }
};

inline void check(const FuseOptions& options) {  // throws usage
  check(options.fusion, "fuse");
  expect_at_least("fuse.feather_mm", options.feather_mm, 0);
  expect_at_least("fuse.give_back", options.membrane.give_back, 1);
}

}  // namespace mammograft
