#include "nn/tensor_broadcast.h"

#include <ATen/Functions.h>

#include <cstring>

#include "core/json.h"

namespace mammograft {
namespace {

// "name" -> [type, [sides]]
std::string description(const TensorMap& tensors) {
  Json all = Json::object();
  for (const auto& [name, tensor] : tensors)
    all[name] = {static_cast<int>(tensor.scalar_type()), tensor.sizes().vec()};
  return all.dump();
}

void broadcast_text(std::string& text, Communicator& processes) {
  const torch::Tensor size =
      at::full({1}, static_cast<int64_t>(text.size()), at::dtype(torch::kInt64));
  processes.broadcast(size);
  const torch::Tensor bytes = at::empty({size.item<int64_t>()}, at::dtype(torch::kByte));
  if (processes.rank() == 0) std::memcpy(bytes.data_ptr(), text.data(), text.size());
  processes.broadcast(bytes);
  text.assign(static_cast<const char*>(bytes.data_ptr()), static_cast<size_t>(bytes.numel()));
}

}  // namespace

void broadcast(TensorMap& tensors, Communicator& processes) {
  if (processes.size() == 1) return;
  std::string text = processes.rank() == 0 ? description(tensors) : "";
  broadcast_text(text, processes);
  TensorMap all;
  const Json shapes = Json::parse(text);
  for (const auto& [name, shape] : shapes.items()) {
    const auto type = static_cast<torch::ScalarType>(shape.at(0).get<int>());
    all[name] = processes.rank() == 0
                    ? tensors.at(name).detach().to(torch::kCPU).contiguous()
                    : at::empty(shape.at(1).get<std::vector<int64_t>>(), at::dtype(type));
    processes.broadcast(all[name]);
  }
  tensors = std::move(all);
}

}  // namespace mammograft
