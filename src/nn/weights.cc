#include "nn/weights.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include <array>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "core/error.h"
#include "nn/eight_bit_rows.h"
#include "nn/shape.h"

namespace mammograft {
namespace {

constexpr std::array<std::pair<const char*, torch::ScalarType>, 9> kDtypes{{
    {"F32", torch::kFloat32},
    {"BF16", torch::kBFloat16},
    {"F16", torch::kFloat16},
    {"F64", torch::kFloat64},
    {"I64", torch::kInt64},
    {"I32", torch::kInt32},
    {"I8", torch::kInt8},
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
bool is_batch_counter(const std::string& name) { return name.ends_with("num_batches_tracked"); }

// The name of what a tensor in eight bits has beside it.
const std::string kRowScale = ".row_scale";

bool is_row_scale(const SafeTensors& content, const std::string& name) {
  if (!name.ends_with(kRowScale)) return false;
  const auto rows = content.tensors.find(name.substr(0, name.size() - kRowScale.size()));
  return rows != content.tensors.end() && rows->second.dtype == "I8";
}

// Of a tensor in eight bits; null: it has none, or one of another form.
const RawTensor* row_scale_of(const SafeTensors& content, const std::string& name) {
  const auto found = content.tensors.find(name + kRowScale);
  const std::vector<int64_t>& shape = content.tensors.at(name).shape;
  if (found == content.tensors.end() || shape.size() < 2) return nullptr;
  const RawTensor& scale = found->second;
  const bool fits = scale.dtype == "F32" && scale.shape == std::vector<int64_t>{shape.front()};
  return fits ? &scale : nullptr;
}

// Whether there is all that tensor_of() takes.
bool can_read(const SafeTensors& content, const std::string& name) {
  const std::string& dtype = content.tensors.at(name).dtype;
  return torch_dtype(dtype) && (dtype != "I8" || row_scale_of(content, name));
}

// Eight bits with the scales of their rows become float32.
torch::Tensor tensor_of(const SafeTensors& content, const std::string& name,
                        const std::string& where) {
  const RawTensor& raw = content.tensors.at(name);
  if (raw.dtype != "I8") return tensor_from_raw(raw, where);
  const RawTensor* scale = row_scale_of(content, name);
  if (!scale) {
    fail(ErrorKind::bad_input, "{}: found I8 {}, expected beside it '{}{}', F32, one for each row",
         where, shape_text(raw.shape), name, kRowScale);
  }
  return scaled_rows({tensor_from_raw(raw, where), tensor_from_raw(*scale, where + kRowScale)});
}

// Strides along a single value say nothing.
bool laid_out_alike(const torch::Tensor& a, const torch::Tensor& b) {
  for (int64_t d = 0; d < a.dim(); ++d)
    if (a.size(d) > 1 && a.stride(d) != b.stride(d)) return false;
  return true;
}

void copy_values(torch::Tensor& target, const torch::Tensor& source) { target.copy_(source); }

void take_memory(torch::Tensor& target, const torch::Tensor& source) {
  const bool alike = source.scalar_type() == target.scalar_type() &&
                     source.device() == target.device() && laid_out_alike(source, target);
  if (alike) {
    target.set_data(source.as_strided(target.sizes(), target.strides()));
  } else {
    target.copy_(source);
  }
}

using Fill = void (*)(torch::Tensor& target, const torch::Tensor& source);

LoadReport fill_from(const TensorMap& tensors, torch::nn::Module& module, Fill fill) {
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
      fill(target, found->second);
      report.loaded.push_back(name);
    }
  }
  for (const auto& [name, tensor] : tensors) {
    if (!own.contains(name) && !is_batch_counter(name)) report.unused.push_back(name);
  }
  return report;
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
    if (is_row_scale(content, name)) continue;
    file.tensors.emplace(name, tensor_of(content, name, path.string() + ": " + name));
    raw.bytes = {};  // a large file is not held twice
  }
  file.metadata = std::move(content.metadata);
  return file;
}

void save_tensors(const std::filesystem::path& path, const TensorFile& file) {
  SafeTensors content;
  for (const auto& [name, tensor] : file.tensors) {
    if (!file.eight_bits.contains(name)) {
      content.tensors.emplace(name, raw_from_tensor(tensor));
      continue;
    }
    const EightBitRows rows = eight_bit_rows(tensor);
    content.tensors.emplace(name, raw_from_tensor(rows.values));
    content.tensors.emplace(name + kRowScale, raw_from_tensor(rows.scales));
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
  return fill_from(tensors, module, copy_values);
}

LoadReport hand_over(const TensorMap& tensors, torch::nn::Module& module) {
  return fill_from(tensors, module, take_memory);
}

void check_finite(const torch::Tensor& tensor, const std::string& where) {
  if (!tensor.is_floating_point() || tensor.numel() == 0) return;
  // Either is NaN where a value is. at::isfinite() goes over the tensor three times.
  const auto [low, high] = at::aminmax(tensor);
  if (std::isfinite(low.item<double>()) && std::isfinite(high.item<double>())) return;
  fail(ErrorKind::bad_input, "{}: found values that are not finite, expected weights", where);
}

LoadReport load_weights(const std::filesystem::path& path, torch::nn::Module& module,
                        const std::function<std::string(const std::string&)>& name_of) {
  const TensorMap own = named_tensors(module);
  SafeTensors content = read_safetensors(path);
  TensorMap tensors;
  std::vector<std::string> unread;
  for (auto& [name, raw] : content.tensors) {
    if (is_row_scale(content, name)) continue;
    const std::string inside = name_of ? name_of(name) : name;
    const auto target = own.find(inside);
    const bool taken = target != own.end() && target->second.sizes() == at::IntArrayRef(raw.shape);
    const std::string where = path.string() + ": " + name;
    if (taken || can_read(content, name)) {
      const torch::Tensor tensor = tensor_of(content, name, where);
      if (taken) check_finite(tensor, where);
      tensors[inside] = tensor;
    } else {
      unread.push_back(inside);
    }
    raw.bytes = {};  // a large file is not held twice
  }
  LoadReport report = hand_over(tensors, module);
  report.unused.insert(report.unused.end(), unread.begin(), unread.end());
  return report;
}

}  // namespace mammograft
