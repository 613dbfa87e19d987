// The weights of a detector's losses. No torch.
#pragma once

namespace mammograft {

// L = L_rpn + L_cls + lambda_loc L_loc + lambda_seg L_seg (paper, eq. (6); the paper leaves the
// RPN's losses unweighted).
struct LossOptions {
  double lambda_loc = 1, lambda_seg = 1;
  template <typename V>
  void fields(V&& v) {
    v("lambda_loc", lambda_loc, "weight of the box loss (eq. 6)");
    v("lambda_seg", lambda_seg, "weight of the mask loss (eq. 6)");
  }
};

}  // namespace mammograft
