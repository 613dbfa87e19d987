// Masses looked for in loose files or in a cohort.
#pragma once

#include "core/options.h"
#include "detect/detector_release.h"
#include "stages/cohort_part.h"
#include "stages/dicom_objects.h"
#include "stages/search_items.h"
#include "stages/stage.h"

namespace mammograft {

struct DetectOptions {
  std::string engine = "torch";
  std::string precision = "auto";
  std::string calibration;
  std::string mirrors = "none";
  std::optional<double> operating_point;
  std::string probabilities = "none";
  std::string masks = "likely";
  std::string overlays = "auto";
  std::optional<double> min_score;
  int overlay_most = 5;
  int overlay_side_px = 1024;
  double mm_per_px = 0;
  int lanes = 0;
  bool keep_going = false;
  std::string shard;
  SelectionOptions selection;
  GreyOptions grey;
  ObjectOptions objects;
  template <typename V>
  void fields(V&& v) {
    v.choice("engine", engine, {"torch", "openvino"}, "what computes the convolutions");
    v.choice("precision", precision, {"auto", "fp32", "bf16", "int8"},
             "arithmetic of the convolutions; int8: with --engine openvino and --calibration");
    v("calibration", calibration, "file of mammograft calibrate, for int8");
    v.choice("mirrors", mirrors, {"none", "x", "xy"},
             "look at mirror images too and fuse what they show: x: 2 looks, xy: 4; more is found, "
             "in as many times the time");
    v("operating_point", operating_point,
      "report what lies above the detector's threshold for so many false positives per image, one "
      "of those that it has learnt (mammograft operating-points --fppi); 0: everything. none: "
      "everything, but of files what lies "
      "above the threshold for 0.5 is shown, where the detector knows it");
    v.choice(
        "probabilities", probabilities, {"none", "isotonic", "platt"},
        "write the chance that it is a mass, as the detector's file has learnt it, in place of "
        "the score");
    v.choice("masks", masks, {"likely", "all"},
             "outline detections to which the network itself gives 0.05 and more, or all of them");
    v.choice("overlays", overlays, {"auto", "all", "none"},
             "pictures with outlines and scores; auto: for files, not for cohorts");
    v("min_score", min_score,
      "lowest score that is shown: in pictures, DICOM objects and the table; none: that of the "
      "operating point, 0.2 without one");
    v("overlay_most", overlay_most, "most detections drawn on a picture");
    v("overlay_side_px", overlay_side_px, "longest side of a picture");
    v("mm_per_px", mm_per_px,
      "pixel spacing of loose files, for models that work in mm; 0: what a file says");
    v("lanes", lanes,
      "images looked at side by side, which share the threads; 0: up to 8 in a cohort or among "
      "many files, one with OpenVINO and on a GPU");
    v("keep_going", keep_going, "report and skip files that cannot be read, instead of stopping");
    v("shard", shard,
      "K/N: only the K-th of N parts, on a machine of its own into a folder of its own; by "
      "patient, "
      "or study of loose DICOM files, so that what belongs together stays together. mammograft "
      "merge joins all N");
    selection.fields(v);
    grey.fields(v);
    objects.fields(v);
  }
};

class DetectStage : public Stage {
 public:
  DetectOptions detect;
  std::vector<fs::path> models;    // of several, what they find is fused
  CohortPart part;                 // a cohort, its test part,
  std::vector<std::string> files;  // or loose files and folders
  fs::path out;

  std::string name() const override { return "detect"; }
  Output output() const override { return {out, "detections.json"}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override;
  std::vector<std::string> unfinished() const override;
  void run(const RunContext& context) override;
};

}  // namespace mammograft
