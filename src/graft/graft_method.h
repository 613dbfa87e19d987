// A way of bringing a lesion into a background: plain paste, Poisson editing, a network.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/rng.h"
#include "graft/fuse_options.h"
#include "graft/graft_window.h"
#include "graft/poisson.h"

namespace mammograft {

class GraftMethod {
 public:
  virtual ~GraftMethod() = default;
  virtual std::string name() const = 0;
  // The window that it wants around a lesion, in mm and at least; and around omega on each side.
  virtual double window_mm() const = 0;
  virtual double margin_mm() const = 0;
  // One result for each window, CV_16UC1 of its size. Only what lies in omega is used; the rest
  // shows how much the method would have changed there. rngs: one for each window.
  virtual std::vector<cv::Mat> graft(const std::vector<GraftWindow>& windows,
                                     std::vector<Rng>& rngs, int threads) = 0;
};

std::unique_ptr<GraftMethod> make_paste();  // e as it is: the baseline below all others
std::unique_ptr<GraftMethod> make_poisson(const PoissonOptions& options);
// Both in bands (graft/fusion.h), faded in over the rim: the best that is known without a network.
std::unique_ptr<GraftMethod> make_fuse(const FuseOptions& options);

}  // namespace mammograft
