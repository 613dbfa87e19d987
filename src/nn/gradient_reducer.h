// Gradients of all processes become their sum, while the backward pass goes on (Li et al. 2020,
// "PyTorch Distributed": buckets, in the order in which gradients arrive).
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "nn/communicator.h"

namespace mammograft {

inline constexpr int64_t kBucketBytes = int64_t{25} << 20;  // Li et al.: 25 MB

struct CommunicationTime {
  double total_s = 0;    // during which sums of gradients were under way
  double exposed_s = 0;  // of these, after the backward pass
};

// Watches parameters (fp32, all with requires_grad, in the order in which the forward pass uses
// them) until destroyed. A step: begin(), the backward pass, finish(). Of several backward passes
// that add up to one step, begin() comes before the last one. In a single process all of this does
// nothing.
//
// A bucket starts on its way once its gradients and all earlier buckets are there, so every process
// sends the same buckets in the same order, whatever arrives when. A parameter that got no gradient
// in one process counts as zero there; one that got none in any process stays without, so that
// momentum does not move it: each bucket carries a flag for each of its parameters. One that some
// process went without travels in the last buckets from then on, since it holds up those behind it.
class GradientReducer {
 public:
  GradientReducer(std::vector<torch::Tensor> parameters, Communicator& processes,
                  int64_t bucket_bytes = kBucketBytes);
  ~GradientReducer();
  GradientReducer(const GradientReducer&) = delete;

  void begin();
  void finish();
  CommunicationTime time() const { return time_; }  // of all steps so far
  size_t buckets() const { return buckets_.size(); }

 private:
  struct Slot {  // of a parameter
    torch::Tensor parameter;
    size_t bucket = 0;
    torch::Tensor gradient, flag;  // views of the bucket's buffer
    bool taken = false;
    bool sporadic = false;  // some process had no gradient for it in some step
  };
  struct Bucket {
    torch::Tensor buffer;  // all gradients one after the other, then their flags
    std::vector<size_t> slots;
    size_t missing = 0;
    std::future<double> sum;
  };

  void lay_out();
  void watch(size_t slot);
  void take(size_t slot);  // the gradient, or that there is none
  void start_full_buckets();

  Communicator& processes_;
  int64_t bucket_bytes_;
  std::vector<Slot> slots_;
  std::vector<Bucket> buckets_;
  std::mutex mutex_;  // a backward pass on several devices has several threads
  size_t next_bucket_ = 0;
  bool active_ = false;
  CommunicationTime time_;
};

}  // namespace mammograft
