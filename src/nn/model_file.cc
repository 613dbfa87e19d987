#include "nn/model_file.h"

#include <map>
#include <vector>

#include "core/error.h"
#include "core/first_few.h"
#include "nn/tensor_names.h"

namespace mammograft {
namespace {

using Metadata = std::map<std::string, std::string>;

constexpr const char* kFormat = "1";

std::string full_name(const std::string& kind) { return "mammograft-" + kind; }

const std::string& field(const Metadata& metadata, const std::string& key, const std::string& kind,
                         const std::filesystem::path& path) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    fail(ErrorKind::bad_input, "{}: metadata: no '{}', expected a {} made by mammograft",
         path.string(), key, kind);
  }
  return found->second;
}

void expect(const Metadata& metadata, const std::string& key, const std::string& expected,
            const std::string& kind, const std::filesystem::path& path) {
  const std::string& found = field(metadata, key, kind, path);
  if (found == expected) return;
  fail(ErrorKind::bad_input, "{}: metadata: {}: found '{}', expected '{}'", path.string(), key,
       found, expected);
}

ModelDescription description_from(const Metadata& metadata, const std::string& kind,
                                  const std::filesystem::path& path) {
  expect(metadata, "kind", full_name(kind), kind, path);
  expect(metadata, "format", kFormat, kind, path);
  const std::string where = path.string() + ": metadata: " + kind;
  return {parse_json(field(metadata, kind, kind, path), where), where};
}

}  // namespace

void save_model(const std::filesystem::path& path, const std::string& kind,
                const TensorMap& tensors, const Json& description,
                const std::set<std::string>& eight_bits) {
  save_tensors(path, {tensors,
                      {{"kind", full_name(kind)}, {"format", kFormat}, {kind, description.dump()}},
                      eight_bits});
}

ModelFile load_model(const std::filesystem::path& path, const std::string& kind) {
  TensorFile file = load_tensors(path);
  return {std::move(file.tensors), description_from(file.metadata, kind, path)};
}

ModelDescription read_model_description(const std::filesystem::path& path,
                                        const std::string& kind) {
  return description_from(read_safetensors_header(path).metadata, kind, path);
}

bool is_model(const std::filesystem::path& path, const std::string& kind) {
  const Metadata metadata = read_safetensors_header(path).metadata;
  const auto found = metadata.find("kind");
  return found != metadata.end() && found->second == full_name(kind);
}

void fill_network(const TensorMap& tensors, const std::string& prefix, torch::nn::Module& network,
                  const std::filesystem::path& path) {
  const LoadReport report = load_into(without_prefix(tensors, prefix), network);
  if (!report.mismatched.empty()) {
    fail(ErrorKind::bad_input, "{}: tensors of another shape: {}", path.string(),
         first_few(texts_of(report.mismatched), 3, prefix));
  }
  if (!report.missing.empty()) {
    fail(ErrorKind::bad_input, "{}: {} tensors are missing: {}", path.string(),
         report.missing.size(), first_few(report.missing, 3, prefix));
  }
  for (const std::string& name : report.loaded)
    check_finite(tensors.at(prefix + name), path.string() + ": " + prefix + name);
}

}  // namespace mammograft
