#include "detect/detector_file.h"

#include <optional>

#include "core/log.h"
#include "detect/make_network.h"
#include "nn/model_file.h"

namespace mammograft {
namespace {

constexpr const char* kKind = "detector";

void replace_first(std::string& text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
}

// Names of torchvision before 0.13, without the ".0" of its wrapped convolutions.
std::string modern_name(std::string name) {
  for (const char* stage : {"conv1.", "bn1.", "layer1.", "layer2.", "layer3.", "layer4."}) {
    if (name.starts_with(stage)) return "backbone.body." + name;
  }
  for (const std::string block : {"backbone.fpn.inner_blocks.", "backbone.fpn.layer_blocks."}) {
    if (!name.starts_with(block)) continue;
    const std::string rest = name.substr(block.size());  // "0.weight" or "0.0.weight"
    const size_t dot = rest.find('.');
    if (rest.find('.', dot + 1) == std::string::npos)
      return block + rest.substr(0, dot) + ".0" + rest.substr(dot);
  }
  if (name == "rpn.head.conv.weight") return "rpn.head.conv.0.0.weight";
  if (name == "rpn.head.conv.bias") return "rpn.head.conv.0.0.bias";
  for (int i = 1; i <= 4; ++i) {
    replace_first(name, "roi_heads.mask_head.mask_fcn" + std::to_string(i) + ".",
                  "roi_heads.mask_head." + std::to_string(i - 1) + ".0.");
  }
  for (const std::string tower : {"head.classification_head.conv.", "head.regression_head.conv."}) {
    for (int i = 0; i < 4; ++i) {
      const std::string old = tower + std::to_string(2 * i);  // the ReLUs counted too
      if (name == old + ".weight" || name == old + ".bias")
        return tower + std::to_string(i) + ".0" + name.substr(old.size());
    }
  }
  return name;
}

// What a command would say of its command line, said of the file.
void check_of_file(const DetectorOptions& options, const std::string& where) {
  try {
    check(options);
  } catch (const Error& error) {
    throw Error(ErrorKind::bad_input, where + ": " + error.what());
  }
}

DetectorInfo info_from(const ModelDescription& description) {
  const JsonView view = description.view();
  const std::string options = view.where() + ": options";
  DetectorInfo info;
  info.options = options_from_json<DetectorOptions>(view.at("options").json(), options);
  check_of_file(info.options, options);
  info.options.preset = view.string_or("preset", "light");
  info.options.arch = view.string_or("arch", "mask_rcnn");  // files before RetinaNet name none
  if (info.options.arch != "mask_rcnn" && info.options.arch != "retinanet")
    view.at("arch").reject("mask_rcnn or retinanet");
  info.options.classes = static_cast<int>(view.integer_or("classes", 2));
  if (info.options.classes < 2) view.at("classes").reject("2 or more");
  info.masks = view.at("masks").boolean();
  info.patients_hashed = PatientSet::from_json(view);
  info.training = description.json.value("training", Json::object());
  info.release = description.json.value("release", Json());
  return info;
}

// Of weights for a ResNet, where their file says it.
std::optional<double> bn_eps_in(const ModelMetadata& metadata, const std::filesystem::path& path) {
  const auto found = metadata.find("bn_eps");
  if (found == metadata.end()) return std::nullopt;
  const std::string where = path.string() + ": metadata: bn_eps";
  return JsonView(parse_json(found->second, where), where).number();
}

}  // namespace

void save_detector(const std::filesystem::path& path, const DetectionNetwork& network,
                   const DetectorInfo& info) {
  save_model(path, kKind, named_tensors(network),
             {{"preset", info.options.preset},
              {"arch", info.options.arch},
              {"classes", info.options.classes},
              {"options", to_json(info.options)},
              {"masks", info.masks},
              {PatientSet::kKey, info.patients_hashed.to_json()},
              {"training", info.training}});
}

DetectorInfo read_detector_info(const std::filesystem::path& path) {
  return info_from(read_model_description(path, kKind));
}

std::shared_ptr<DetectionNetwork> load_detector(const std::filesystem::path& path,
                                                DetectorInfo* info) {
  const ModelFile file = load_model(path, kKind);
  *info = info_from(file.description);
  const auto network = make_unfilled_network(info->options);
  fill_network(file.tensors, "", *network, path);
  return network;
}

LoadReport initialise_from(const std::filesystem::path& path, DetectionNetwork& network) {
  const std::string mismatch = resnet_mismatch(path, network.options.backbone);
  if (!mismatch.empty()) log_warning(mismatch);
  return load_weights(path, network, modern_name);
}

std::string resnet_mismatch(const std::filesystem::path& path, const BackboneOptions& options) {
  const auto metadata = read_safetensors_header(path).metadata;
  bool stride_in_1x1 = false;
  std::optional<double> bn_eps;
  const char* source = "in the file";
  if (is_model(path, kKind)) {
    const BackboneOptions of_file = read_detector_info(path).options.backbone;
    stride_in_1x1 = of_file.stride_in_1x1;
    bn_eps = of_file.bn_eps;
  } else if (const auto stride = metadata.find("stride_in_1x1"); stride != metadata.end()) {
    stride_in_1x1 = stride->second == "true";
    bn_eps = bn_eps_in(metadata, path);
  } else {
    source = "in torchvision's ResNet";
  }
  std::string text;
  if (stride_in_1x1 != options.stride_in_1x1) {
    text = fmt::format("model.backbone.stride_in_1x1: found {}, expected {} as {}",
                       options.stride_in_1x1, stride_in_1x1, source);
  }
  if (bn_eps && *bn_eps != options.bn_eps) {
    text += fmt::format("{}model.backbone.bn_eps: found {}, expected {} as {}",
                        text.empty() ? "" : "; ", options.bn_eps, *bn_eps, source);
  }
  return text.empty() ? text : path.string() + ": " + text;
}

}  // namespace mammograft
