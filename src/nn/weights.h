// Tensors in safetensors files, and from them into modules by name.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/safetensors.h"

namespace mammograft {

using TensorMap = std::map<std::string, torch::Tensor>;

// Own memory, dtype of the raw tensor. bad_input, beginning with `where`: a dtype that we do not
// read.
torch::Tensor tensor_from_raw(const RawTensor& raw, const std::string& where);
RawTensor raw_from_tensor(const torch::Tensor& tensor);

struct TensorFile {
  TensorMap tensors;
  std::map<std::string, std::string> metadata;
  // Of the tensors, those that are written in eight bits (eight_bit_rows.h), a quarter of the
  // bytes: "a.weight" as I8 beside "a.weight.row_scale". Read they are float32 as any other, and
  // nothing stands here.
  std::set<std::string> eight_bits = {};
};
// bad_input naming file and tensor where the dtype is none that we read, or eight bits lack their
// rows' scales.
TensorFile load_tensors(const std::filesystem::path& path);
void save_tensors(const std::filesystem::path& path, const TensorFile& file);  // atomic

// Parameters and buffers of a module by dotted name; the tensors are the module's own.
TensorMap named_tensors(const torch::nn::Module& module);

// A tensor that a file has in another shape than the module.
struct Mismatch {
  std::string name;
  std::vector<int64_t> found, expected;

  bool operator==(const Mismatch&) const = default;
};
// "name: found [91, 1024], expected [2, 1024]" for each
std::vector<std::string> texts_of(const std::vector<Mismatch>& mismatches);

struct LoadReport {
  std::vector<std::string> loaded;
  std::vector<std::string> missing;  // in the module, not in the file
  std::vector<std::string> unused;   // in the file, not in the module (num_batches_tracked aside)
  std::vector<Mismatch> mismatched;
};
// Copies (converting dtype) what fits by name and shape. Never throws for what does not fit.
LoadReport load_into(const TensorMap& tensors, torch::nn::Module& module);
// The same from tensors that nobody writes to any more: where type, device and layout are its own,
// the module takes their memory instead of a copy.
LoadReport hand_over(const TensorMap& tensors, torch::nn::Module& module);

// bad_input, beginning with `where`: a value that is not finite.
void check_finite(const torch::Tensor& tensor, const std::string& where);

// hand_over() from a file. `name_of` gives the module's name for a tensor of the file; none: they
// are the same. bad_input, naming file and tensor, where one that the module takes has a dtype that
// we do not read, or a value that is not finite; those that it does not take may be anything.
LoadReport load_weights(const std::filesystem::path& path, torch::nn::Module& module,
                        const std::function<std::string(const std::string&)>& name_of = {});

}  // namespace mammograft
