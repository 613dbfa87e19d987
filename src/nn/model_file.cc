#include "nn/model_file.h"

#include "core/error.h"
#include "core/first_few.h"
#include "nn/tensor_names.h"

namespace mammograft {

void save_model(const std::filesystem::path& path, const std::string& kind,
                const TensorMap& tensors, const Json& description,
                const std::set<std::string>& eight_bits) {
  save_tensors(path, {tensors, model_metadata(kind, description), eight_bits});
}

ModelFile load_model(const std::filesystem::path& path, const std::string& kind) {
  TensorFile file = load_tensors(path);
  return {std::move(file.tensors), model_description(file.metadata, kind, path)};
}

void fill_network(const TensorMap& tensors, const std::string& prefix, torch::nn::Module& network,
                  const std::filesystem::path& path) {
  const LoadReport report = hand_over(without_prefix(tensors, prefix), network);
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
