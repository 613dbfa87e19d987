#include "graft/background_cache.h"

namespace mammograft {
namespace {

size_t bytes_of(const cv::Mat& image) { return image.total() * image.elemSize(); }

// The glandular share is a small copy of the image.
size_t bytes_of(const Background& background) {
  return bytes_of(background.pixels) + bytes_of(background.breast) + bytes_of(background.free);
}

}  // namespace

Background BackgroundCache::get(size_t number, const std::function<Background()>& load) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kept_.find(number); found != kept_.end()) return found->second;
  }
  Background loaded = load();
  const std::lock_guard lock(mutex_);
  const size_t bytes = bytes_of(loaded);
  if (bytes_ + bytes <= bound_ && kept_.emplace(number, loaded).second) bytes_ += bytes;
  return loaded;
}

size_t BackgroundCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace mammograft
