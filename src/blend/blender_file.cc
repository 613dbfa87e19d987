#include "blend/blender_file.h"

#include "core/error.h"
#include "nn/model_file.h"
#include "nn/tensor_names.h"

namespace mammograft {
namespace {

constexpr const char* kKind = "blender";
constexpr const char* kPrefix = "generator.";

BlenderInfo info_from(const ModelDescription& description) {
  const JsonView view = description.view();
  BlenderInfo info;
  info.options =
      options_from_json<BlenderOptions>(view.at("options").json(), view.where() + ": options");
  info.patients_hashed = PatientSet::from_json(view);
  info.training = description.json.value("training", Json::object());
  return info;
}

}  // namespace

void save_blender(const std::filesystem::path& path, const TensorMap& generator,
                  const BlenderInfo& info) {
  save_model(path, kKind, with_prefix(generator, kPrefix),
             {{"options", to_json(info.options)},
              {PatientSet::kKey, info.patients_hashed.to_json()},
              {"training", info.training}});
}

Generator load_blender(const std::filesystem::path& path, BlenderInfo* info) {
  const ModelFile file = load_model(path, kKind);
  *info = info_from(file.description);
  if (info->options.method == "vanilla")
    fail(ErrorKind::bad_input, "{}: found a vanilla GAN, expected a network that grafts",
         path.string());
  Generator network(info->options.generator);
  fill_network(file.tensors, kPrefix, *network, path);
  network->eval();
  return network;
}

VanillaGenerator load_vanilla(const std::filesystem::path& path, BlenderInfo* info) {
  const ModelFile file = load_model(path, kKind);
  *info = info_from(file.description);
  if (info->options.method != "vanilla")
    fail(ErrorKind::bad_input, "{}: found a model for --method {}, expected a vanilla GAN",
         path.string(), info->options.method);
  VanillaGenerator network(info->options.vanilla);
  fill_network(file.tensors, kPrefix, *network, path);
  network->eval();
  return network;
}

}  // namespace mammograft
