#include "nn/gradient_reducer.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <utility>

#include "core/error.h"

namespace mammograft {
namespace {

// Called when a backward pass has added a parameter's gradient to .grad.
struct ArrivalHook : torch::autograd::PostAccumulateGradHook {
  explicit ArrivalHook(std::function<void()> arrived) : arrived(std::move(arrived)) {}
  void operator()(const torch::autograd::Variable&) override { arrived(); }
  std::function<void()> arrived;
};

}  // namespace

GradientReducer::GradientReducer(std::vector<torch::Tensor> parameters, Communicator& processes,
                                 int64_t bucket_bytes)
    : processes_(processes), bucket_bytes_(bucket_bytes) {
  if (processes_.size() == 1) return;
  // The backward pass starts with what the forward pass used last.
  for (auto p = parameters.rbegin(); p != parameters.rend(); ++p) {
    ensure(p->requires_grad() && p->scalar_type() == torch::kFloat32,
           "gradient reducer: expected fp32 parameters that require gradients");
    slots_.emplace_back().parameter = *p;
  }
  lay_out();
  for (size_t i = 0; i < slots_.size(); ++i) watch(i);
}

GradientReducer::~GradientReducer() {
  for (const Slot& slot : slots_)
    torch::autograd::impl::set_post_acc_grad_hooks(slot.parameter, {});
}

void GradientReducer::lay_out() {
  std::vector<size_t> order(slots_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_partition(order.begin(), order.end(), [&](size_t i) { return !slots_[i].sporadic; });
  buckets_.clear();
  int64_t bytes = bucket_bytes_;
  for (const size_t i : order) {
    const auto more = static_cast<int64_t>(slots_[i].parameter.nbytes());
    if (buckets_.empty() || bytes + more > bucket_bytes_) {
      buckets_.emplace_back();
      bytes = 0;
    }
    bytes += more;
    slots_[i].bucket = buckets_.size() - 1;
    buckets_.back().slots.push_back(i);
  }
  for (Bucket& bucket : buckets_) {
    int64_t length = 0;
    for (const size_t i : bucket.slots) length += slots_[i].parameter.numel() + 1;
    bucket.buffer = at::empty({length}, at::dtype(torch::kFloat32));
    int64_t offset = 0, flag = length - static_cast<int64_t>(bucket.slots.size());
    for (const size_t i : bucket.slots) {
      Slot& slot = slots_[i];
      const int64_t count = slot.parameter.numel();
      slot.gradient = bucket.buffer.slice(0, offset, offset + count).view(slot.parameter.sizes());
      slot.flag = bucket.buffer.slice(0, flag, flag + 1);
      offset += count;
      ++flag;
    }
  }
}

void GradientReducer::watch(size_t slot) {
  torch::autograd::impl::set_post_acc_grad_hooks(slots_[slot].parameter,
                                                 std::make_unique<ArrivalHook>([this, slot] {
                                                   const std::lock_guard lock(mutex_);
                                                   if (active_) take(slot);
                                                 }));
}

void GradientReducer::begin() {
  ensure(!active_, "gradient reducer: begun twice");
  for (Slot& slot : slots_) slot.taken = false;
  for (Bucket& bucket : buckets_) bucket.missing = bucket.slots.size();
  next_bucket_ = 0;
  active_ = true;
}

void GradientReducer::take(size_t index) {
  Slot& slot = slots_[index];
  if (slot.taken) return;
  const torch::NoGradGuard no_grad;
  const torch::Tensor& gradient = slot.parameter.grad();
  slot.flag.fill_(gradient.defined() ? 1 : 0);
  if (gradient.defined()) {
    slot.gradient.copy_(gradient);
  } else {
    slot.gradient.zero_();
  }
  slot.taken = true;
  --buckets_[slot.bucket].missing;
  start_full_buckets();
}

void GradientReducer::start_full_buckets() {
  for (; next_bucket_ < buckets_.size() && buckets_[next_bucket_].missing == 0; ++next_bucket_)
    buckets_[next_bucket_].sum = processes_.start_sum(buckets_[next_bucket_].buffer);
}

void GradientReducer::finish() {
  ensure(active_, "gradient reducer: finished before it was begun");
  const torch::NoGradGuard no_grad;
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < slots_.size(); ++i) take(i);
  active_ = false;
  bool another_order = false;
  for (Bucket& bucket : buckets_) {
    const auto start = std::chrono::steady_clock::now();
    time_.total_s += bucket.sum.get();
    time_.exposed_s +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (const size_t i : bucket.slots) {
      Slot& slot = slots_[i];
      const int owners = static_cast<int>(slot.flag.item<float>());
      if (owners < processes_.size() && !slot.sporadic) slot.sporadic = another_order = true;
      if (owners == 0) continue;
      torch::Tensor& gradient = slot.parameter.mutable_grad();
      if (!gradient.defined()) gradient = at::empty_like(slot.parameter);
      gradient.copy_(slot.gradient);
    }
  }
  if (another_order) lay_out();  // the flags are sums: in every process at the same step
}

}  // namespace mammograft
