#include "core/model_description.h"

#include "core/error.h"
#include "core/safetensors.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "1";
constexpr const char* kOurs = "mammograft-";

const std::string& field(const ModelMetadata& metadata, const std::string& key,
                         const std::string& kind, const fs::path& path) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    fail(ErrorKind::bad_input, "{}: metadata: no '{}', expected a {} made by mammograft",
         path.string(), key, kind);
  }
  return found->second;
}

void expect(const ModelMetadata& metadata, const std::string& key, const std::string& expected,
            const std::string& kind, const fs::path& path) {
  const std::string& found = field(metadata, key, kind, path);
  if (found == expected) return;
  fail(ErrorKind::bad_input, "{}: metadata: {}: found '{}', expected '{}'", path.string(), key,
       found, expected);
}

// Empty: of another program.
std::string kind_in(const ModelMetadata& metadata) {
  const auto found = metadata.find("kind");
  if (found == metadata.end() || !found->second.starts_with(kOurs)) return "";
  return found->second.substr(std::string(kOurs).size());
}

}  // namespace

ModelMetadata model_metadata(const std::string& kind, const Json& description) {
  return {{"kind", kOurs + kind}, {"format", kFormat}, {kind, description.dump()}};
}

ModelDescription model_description(const ModelMetadata& metadata, const std::string& kind,
                                   const fs::path& path) {
  expect(metadata, "kind", kOurs + kind, kind, path);
  expect(metadata, "format", kFormat, kind, path);
  const std::string where = path.string() + ": metadata: " + kind;
  return {parse_json(field(metadata, kind, kind, path), where), where};
}

ModelDescription read_model_description(const fs::path& path, const std::string& kind) {
  return model_description(read_safetensors_header(path).metadata, kind, path);
}

std::optional<ModelDescription> read_own_model_description(const fs::path& path) {
  const ModelMetadata metadata = read_safetensors_header(path).metadata;
  const std::string kind = kind_in(metadata);
  if (kind.empty()) return std::nullopt;
  return model_description(metadata, kind, path);
}

bool is_model(const fs::path& path, const std::string& kind) {
  return kind_in(read_safetensors_header(path).metadata) == kind;
}

}  // namespace mammograft
