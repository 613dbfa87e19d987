#include "nn/prepared_cache.h"

namespace mammograft {

bool PreparedSources::matches(const std::vector<torch::Tensor>& sources,
                              torch::ScalarType dtype) const {
  if (dtype != dtype_ || sources.size() != sources_.size()) return false;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].const_data_ptr() != sources_[i].alias.const_data_ptr() ||
        static_cast<uint32_t>(sources[i]._version()) != sources_[i].version) {
      return false;
    }
  }
  return true;
}

void PreparedSources::remember(const std::vector<torch::Tensor>& sources, torch::ScalarType dtype) {
  sources_.clear();
  for (const torch::Tensor& source : sources) {
    sources_.push_back({source.detach(), static_cast<uint32_t>(source._version())});
  }
  dtype_ = dtype;
}

}  // namespace mammograft
