// The safetensors file format, raw: an 8-byte header length, a JSON header, the tensors' bytes.
// https://github.com/huggingface/safetensors (format description)
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mammograft {

struct RawTensor {
  std::string dtype;           // F64, F32, F16, BF16, I64 to I8, U64 to U8, BOOL; others are kept
  std::vector<int64_t> shape;  // [] is a scalar
  std::string bytes;           // row-major, little-endian
};

struct SafeTensors {
  std::map<std::string, RawTensor> tensors;
  std::map<std::string, std::string> metadata;  // "__metadata__"
};

int64_t dtype_size(const std::string& dtype);  // bytes; 0 when unknown

// Throws io (cannot be read) or bad_input: not safetensors, cut short, offsets that overlap, leave
// gaps or leave the file, a shape that contradicts the byte count. Names file and tensor. Memory is
// taken only for bytes that the file really has. Of a dtype that has no dtype_size() here the bytes
// are those that the file gives the tensor: whoever needs none of them need not know it.
SafeTensors read_safetensors(const std::filesystem::path& path);

// Only the metadata and shapes (bytes left empty): cheap for large files.
SafeTensors read_safetensors_header(const std::filesystem::path& path);

// Atomic. Tensors in the order of element size, then name, so that equal content gives equal bytes
// and every tensor is aligned. A shape that contradicts its bytes is a defect.
void write_safetensors(const std::filesystem::path& path, const SafeTensors& content);

}  // namespace mammograft
