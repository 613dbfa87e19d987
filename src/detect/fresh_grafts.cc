#include "detect/fresh_grafts.h"

#include <algorithm>

#include "cohort/patients.h"
#include "core/error.h"
#include "nn/compute.h"

namespace mammograft {
namespace {

constexpr int64_t kPairsAhead = 4;
constexpr int kSubstitutes = 8;
// Of a number to those that stand for it: farther than any training draws.
constexpr int64_t kSubstitutesApart = int64_t{1} << 40;

}  // namespace

FreshGrafts::FreshGrafts(std::unique_ptr<GraftSource> source, std::set<std::string> withheld,
                         const InputOptions& input, bool any_outline)
    : source_(std::move(source)),
      withheld_(std::move(withheld)),
      input_(input),
      any_outline_(any_outline),
      thread_([this] { work(); }) {}

FreshGrafts::~FreshGrafts() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

const TrainingImage& FreshGrafts::at(int64_t n) {
  ensure(n >= 0, "graft number {}", n);
  std::unique_lock lock(mutex_);
  wanted_ = n / 2;
  std::erase_if(ready_, [&](const auto& item) {
    return item.first < wanted_ || item.first >= wanted_ + kPairsAhead;
  });
  changed_.notify_all();
  changed_.wait(lock, [&] { return ready_.contains(wanted_); });
  lent_ = ready_.at(wanted_);
  const Made& made = n % 2 == 0 ? lent_->first : lent_->second;
  if (!made.error) return made.image;
  ready_.erase(wanted_);  // whoever asks again has it tried again
  std::rethrow_exception(made.error);
}

// The first pair that is missing, of those that come next.
bool FreshGrafts::find_work(int64_t* pair) const {
  if (wanted_ < 0) return false;
  for (*pair = wanted_; *pair < wanted_ + kPairsAhead; ++*pair) {
    if (!ready_.contains(*pair)) return true;
  }
  return false;
}

void FreshGrafts::work() {
  set_threads_here(1);
  std::unique_lock lock(mutex_);
  while (true) {
    int64_t pair = 0;
    changed_.wait(lock, [&] { return stopped_ || find_work(&pair); });
    if (stopped_) return;
    lock.unlock();
    auto made = std::make_shared<const Pair>(make_pair(pair));
    lock.lock();
    ready_[pair] = std::move(made);
    changed_.notify_all();
  }
}

FreshGrafts::Pair FreshGrafts::make_pair(int64_t pair) const {
  Pair made;
  try {
    auto fresh = source_->make_two(2 * pair);
    complete(made.first, 2 * pair, std::move(fresh[0]));
    complete(made.second, 2 * pair + 1, std::move(fresh[1]));
  } catch (...) {
    made.first.error = made.second.error = std::current_exception();
  }
  return made;
}

void FreshGrafts::complete(Made& made, int64_t n, FreshImage fresh) const {
  for (int k = 0; k <= kSubstitutes; ++k) {
    if (k > 0) {
      const int64_t other = n + k * kSubstitutesApart;
      fresh = std::move(source_->make_two(other - n % 2)[static_cast<size_t>(n % 2)]);
    }
    if (!fresh.failure.empty()) continue;
    made.image = seen(fresh);
    if (!made.image.masses.empty()) return;
    fresh.failure = "the network does not see the mass";
  }
  fail(ErrorKind::bad_input,
       "graft {} by {}: it could not be made, nor {} in its place; the last: {}", n + 1,
       source_->method(), kSubstitutes, fresh.failure);
}

TrainingImage FreshGrafts::seen(const FreshImage& fresh) const {
  for (const std::string& patient : patients_of(fresh.record)) {
    ensure(!withheld_.contains(patient), "a graft by {} of patient {}, who is held out",
           source_->method(), patient);
  }
  std::vector<const Annotation*> annotations;
  for (const Annotation& annotation : fresh.annotations) annotations.push_back(&annotation);
  return training_image(fresh.pixels, fresh.record, annotations, input_, any_outline_);
}

}  // namespace mammograft
