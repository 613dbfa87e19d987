#include "blend/blender_file.h"

#include "core/error.h"
#include "nn/tensor_names.h"

namespace mammograft {
namespace {

constexpr const char* kKind = "mammograft-blender";

std::string field(const std::map<std::string, std::string>& metadata, const std::string& key,
                  const std::filesystem::path& path) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    fail(ErrorKind::bad_input, "{}: metadata: no '{}', expected a blender made by mammograft",
         path.string(), key);
  }
  return found->second;
}

BlenderInfo info_from(const std::map<std::string, std::string>& metadata,
                      const std::filesystem::path& path) {
  const std::string kind = field(metadata, "kind", path);
  if (kind != kKind) {
    fail(ErrorKind::bad_input, "{}: metadata: kind: found '{}', expected '{}'", path.string(), kind,
         kKind);
  }
  const std::string where = path.string() + ": metadata: blender";
  const Json json = parse_json(field(metadata, "blender", path), where);
  const JsonView view(json, where);
  BlenderInfo info;
  info.options = options_from_json<BlenderOptions>(view.at("options").json(), where + ": options");
  info.patients_hashed = PatientSet::from_json(view);
  info.training = json.value("training", Json::object());
  return info;
}

void fill(const TensorFile& file, const std::filesystem::path& path, torch::nn::Module& network) {
  const LoadReport report = load_into(without_prefix(file.tensors, "generator."), network);
  for (const auto* names : {&report.mismatched, &report.missing}) {
    if (names->empty()) continue;
    fail(ErrorKind::bad_input, "{}: {} tensors are missing or of another shape, the first is {}",
         path.string(), names->size(), names->front());
  }
  network.eval();
}

}  // namespace

void save_blender(const std::filesystem::path& path, const TensorMap& generator,
                  const BlenderInfo& info) {
  TensorFile file;
  for (const auto& [name, tensor] : with_prefix(generator, "generator."))
    file.tensors[name] = tensor.detach().to(torch::kCPU);
  const Json json = {{"options", to_json(info.options)},
                     {PatientSet::kKey, info.patients_hashed.to_json()},
                     {"training", info.training}};
  file.metadata = {{"kind", kKind}, {"format", "1"}, {"blender", json.dump()}};
  save_tensors(path, file);
}

BlenderInfo read_blender_info(const std::filesystem::path& path) {
  return info_from(read_safetensors_header(path).metadata, path);
}

Generator load_blender(const std::filesystem::path& path, BlenderInfo* info) {
  const TensorFile file = load_tensors(path);
  *info = info_from(file.metadata, path);
  if (info->options.method == "vanilla")
    fail(ErrorKind::bad_input, "{}: found a vanilla GAN, expected a network that grafts",
         path.string());
  Generator network(info->options.generator);
  fill(file, path, *network);
  return network;
}

VanillaGenerator load_vanilla(const std::filesystem::path& path, BlenderInfo* info) {
  const TensorFile file = load_tensors(path);
  *info = info_from(file.metadata, path);
  if (info->options.method != "vanilla")
    fail(ErrorKind::bad_input, "{}: found a model for --method {}, expected a vanilla GAN",
         path.string(), info->options.method);
  VanillaGenerator network(info->options.vanilla);
  fill(file, path, *network);
  return network;
}

}  // namespace mammograft
