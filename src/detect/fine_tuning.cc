#include "detect/fine_tuning.h"

#include <system_error>

#include "core/json_difference.h"
#include "core/model_description.h"
#include "detect/detector_file.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

bool is_detector(const fs::path& file) { return is_model(file, "detector"); }

std::string input_words(const InputOptions& input) {
  return input.mm_per_px > 0 ? fmt::format("{} mm a pixel", input.mm_per_px)
                             : fmt::format("{} px", input.long_side_px);
}

// Empty: in nothing.
std::string first_difference(const DetectorOptions& model, const DetectorOptions& of_file) {
  if (model.arch != of_file.arch) return difference("arch", model.arch, of_file.arch);
  return difference("model", to_json(model), to_json(of_file));
}

}  // namespace

std::optional<DetectorTrainingOptions> fine_tuning(const std::string& init) {
  std::error_code not_there;
  const bool names_file = init != "imagenet" && init != "random";
  if (!names_file || !fs::is_regular_file(init, not_there) || !is_detector(init))
    return std::nullopt;
  const DetectorOptions of_file = read_detector_info(init).options;
  DetectorTrainingOptions options = training_preset(of_file.preset, of_file.arch);
  options.model = of_file;
  return options;
}

std::string network_words(const DetectorOptions& model, const fs::path& file) {
  const std::string words = fmt::format("network: {} ({}), {}, levels P{} to P{}", model.arch,
                                        model.preset, input_words(model.input),
                                        model.backbone.finest_level(), model.backbone.last_level);
  if (file.empty() || !is_detector(file)) return words;
  const std::string other = first_difference(model, read_detector_info(file).options);
  return other.empty() ? fmt::format("{}, as {}", words, file.string())
                       : fmt::format("{}; not as {}: {}", words, file.string(), other);
}

}  // namespace mammograft
