#include "nn/weights.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "core/error.h"
#include "nn/shape.h"

namespace mammograft {
namespace {

constexpr std::array<std::pair<const char*, torch::ScalarType>, 8> kDtypes{{
    {"F32", torch::kFloat32},
    {"BF16", torch::kBFloat16},
    {"F16", torch::kFloat16},
    {"F64", torch::kFloat64},
    {"I64", torch::kInt64},
    {"I32", torch::kInt32},
    {"U8", torch::kUInt8},
    {"BOOL", torch::kBool},
}};

std::optional<torch::ScalarType> torch_dtype(const std::string& name) {
  for (const auto& [known, dtype] : kDtypes) {
    if (name == known) return dtype;
  }
  return std::nullopt;
}

const char* dtype_name(torch::ScalarType dtype) {
  for (const auto& [name, known] : kDtypes) {
    if (dtype == known) return name;
  }
  fail(ErrorKind::defect, "a tensor of type {} has no safetensors name", c10::toString(dtype));
}

// torch's counters of training batches; batch norm is frozen here and does not keep them.
bool is_batch_counter(const std::string& name) {
  static const std::string suffix = "num_batches_tracked";
  return name.size() >= suffix.size() &&
         name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

}  // namespace

torch::Tensor tensor_from_raw(const RawTensor& raw, const std::string& where) {
  const std::optional<torch::ScalarType> dtype = torch_dtype(raw.dtype);
  if (!dtype) {
    fail(ErrorKind::bad_input,
         "{}: dtype: found {}, expected F32, BF16, F16, F64, I64, I32, U8 or BOOL", where,
         raw.dtype);
  }
  torch::Tensor tensor = torch::empty(raw.shape, *dtype);
  ensure(tensor.nbytes() == raw.bytes.size(),
         "a raw tensor of shape {} holds {} bytes, expected {}", shape_text(raw.shape),
         raw.bytes.size(), tensor.nbytes());
  if (!raw.bytes.empty()) std::memcpy(tensor.data_ptr(), raw.bytes.data(), raw.bytes.size());
  return tensor;
}

RawTensor raw_from_tensor(const torch::Tensor& tensor) {
  const torch::Tensor plain = tensor.detach().to(torch::kCPU).contiguous();
  RawTensor raw{dtype_name(plain.scalar_type()), plain.sizes().vec(), {}};
  raw.bytes.assign(static_cast<const char*>(plain.const_data_ptr()), plain.nbytes());
  return raw;
}

TensorFile load_tensors(const std::filesystem::path& path) {
  SafeTensors content = read_safetensors(path);
  TensorFile file;
  for (auto& [name, raw] : content.tensors) {
    file.tensors.emplace(name, tensor_from_raw(raw, path.string() + ": " + name));
    raw.bytes = {};  // a large file is not held twice
  }
  file.metadata = std::move(content.metadata);
  return file;
}

void save_tensors(const std::filesystem::path& path, const TensorFile& file) {
  SafeTensors content;
  for (const auto& [name, tensor] : file.tensors) {
    content.tensors.emplace(name, raw_from_tensor(tensor));
  }
  content.metadata = file.metadata;
  write_safetensors(path, content);
}

TensorMap named_tensors(const torch::nn::Module& module) {
  TensorMap tensors;
  for (const auto& item : module.named_parameters()) tensors.emplace(item.key(), item.value());
  for (const auto& item : module.named_buffers()) tensors.emplace(item.key(), item.value());
  return tensors;
}

std::vector<std::string> texts_of(const std::vector<Mismatch>& mismatches) {
  std::vector<std::string> texts;
  for (const auto& [name, found, expected] : mismatches) {
    texts.push_back(
        fmt::format("{}: found {}, expected {}", name, shape_text(found), shape_text(expected)));
  }
  return texts;
}

LoadReport load_into(const TensorMap& tensors, torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  LoadReport report;
  TensorMap own = named_tensors(module);
  for (auto& [name, target] : own) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) {
      report.missing.push_back(name);
    } else if (found->second.sizes() != target.sizes()) {
      report.mismatched.push_back({name, found->second.sizes().vec(), target.sizes().vec()});
    } else {
      target.copy_(found->second);
      report.loaded.push_back(name);
    }
  }
  for (const auto& [name, tensor] : tensors) {
    if (!own.contains(name) && !is_batch_counter(name)) report.unused.push_back(name);
  }
  return report;
}

void check_finite(const torch::Tensor& tensor, const std::string& where) {
  if (!tensor.is_floating_point() || at::isfinite(tensor).all().item<bool>()) return;
  fail(ErrorKind::bad_input, "{}: found values that are not finite, expected weights", where);
}

LoadReport load_weights(const std::filesystem::path& path, torch::nn::Module& module,
                        const std::function<std::string(const std::string&)>& name_of) {
  const TensorMap own = named_tensors(module);
  SafeTensors content = read_safetensors(path);
  TensorMap tensors;
  std::vector<std::string> unread;
  for (auto& [name, raw] : content.tensors) {
    const std::string inside = name_of ? name_of(name) : name;
    const auto target = own.find(inside);
    const bool taken = target != own.end() && target->second.sizes() == at::IntArrayRef(raw.shape);
    const std::string where = path.string() + ": " + name;
    if (taken || torch_dtype(raw.dtype)) {
      const torch::Tensor tensor = tensor_from_raw(raw, where);
      if (taken) check_finite(tensor, where);
      tensors[inside] = tensor;
    } else {
      unread.push_back(inside);
    }
    raw.bytes = {};  // a large file is not held twice
  }
  LoadReport report = load_into(tensors, module);
  report.unused.insert(report.unused.end(), unread.begin(), unread.end());
  return report;
}

}  // namespace mammograft
