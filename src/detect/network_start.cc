#include "detect/network_start.h"

#include <cmath>

#include "core/error.h"
#include "core/log.h"
#include "core/safetensors.h"
#include "detect/anchor_fit.h"
#include "detect/detector_file.h"
#include "nn/tensor_names.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

void report_initialisation(const std::string& from, const LoadReport& report) {
  log_info(fmt::format("start: {}: {} tensors loaded, {} new, {} of the file unused", from,
                       report.loaded.size(), report.missing.size() + report.mismatched.size(),
                       report.unused.size()));
  for (const std::string& text : texts_of(report.mismatched))
    log_info("  another shape, starts fresh: " + text);
  for (const std::string& name : report.unused) log_info("  not used: " + name);
}

// Patients that the starting file learnt from stay with the model: their images are leaks too.
PatientSet inherited_patients(const fs::path& init) {
  const auto metadata = read_safetensors_header(init).metadata;
  if (metadata.find("kind") == metadata.end()) return {};
  return read_detector_info(init).patients_hashed;
}

}  // namespace

AnchorOptions choose_anchors(const DetectorTrainingOptions& options, const TrainingSet& set) {
  const std::vector<Box> boxes = set.boxes();
  AnchorOptions anchors = options.model.anchors;
  const DetectorOptions preset = detector_preset(options.model.preset, options.model.arch);
  if (preset.preset == "light" && anchors.sizes == preset.anchors.sizes) {
    // The preset's sizes belong to its long side; a mass shrinks along with the image.
    const double shrunk = static_cast<double>(set.canvas_px()) / preset.input.long_side_px;
    for (double& size : anchors.sizes) size = std::round(size * shrunk);
  }
  const std::vector<int> strides = options.model.strides();
  const double threshold = options.model.fg_iou();
  if (options.anchor_choice == "fit") anchors = fit_anchors(boxes, anchors, strides);
  const AnchorCoverage coverage = anchor_coverage(boxes, anchors, strides, threshold);
  log_info(fmt::format(
      "anchors ({}): {} sizes, {} ratios; {:.0f} % of {} masses have an anchor with IoU >= {}, "
      "mean best IoU {:.2f}",
      options.anchor_choice, anchors.sizes.size(), anchors.ratios.size(), 100 * coverage.share,
      boxes.size(), threshold, coverage.mean_iou));
  return anchors;
}

NetworkStart start_network(const std::string& init, const fs::path& file,
                           DetectionNetwork& network) {
  NetworkStart start;
  if (init == "random") {
    for (const auto& [name, tensor] : named_tensors(network)) start.fresh.push_back(name);
    return start;
  }
  const LoadReport report = initialise_from(file, network);
  report_initialisation(init, report);
  if (report.loaded.empty())
    fail(ErrorKind::bad_input, "{}: no tensor fits this detector", file.string());
  start.fresh = report.missing;
  for (const Mismatch& mismatch : report.mismatched) start.fresh.push_back(mismatch.name);
  start.patients = inherited_patients(file);
  return start;
}

}  // namespace mammograft
