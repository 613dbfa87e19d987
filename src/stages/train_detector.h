// Mask R-CNN or RetinaNet.
#pragma once

#include "core/run_folder.h"
#include "detect/training_options.h"
#include "nn/communicator.h"
#include "stages/cohort_part.h"
#include "stages/online_grafts.h"
#include "stages/stage.h"

namespace mammograft {

struct TrainDetectorStageOptions {
  DetectorTrainingOptions detector = training_preset("light");  // of one preset, resolved
  OnlineGraftOptions graft = {};
  template <typename V>
  void fields(V&& v) {
    detector.fields(v);
    v.group("graft", graft);
  }
};

// As long as nobody has said anything: with no preset and no arch.
TrainDetectorStageOptions unsaid_training();

// All defaults that go with what is said of preset, arch and init: where init is a detector of ours
// its network with the recipe of its preset, unless another preset or arch is said; else the
// preset's, `light` and Mask R-CNN where none is said.
TrainDetectorStageOptions training_defaults(const TrainDetectorStageOptions& said);

class TrainDetectorStage : public Stage {
 public:
  TrainDetectorStageOptions training;
  CohortPart part;
  OnlineGraftPart grafts;
  fs::path out;
  Communicator* processes = &single_process();  // that share every batch

  std::string name() const override { return "train detector"; }
  Output output() const override;
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override;
  void check_options() const;  // as far as no file is asked
  std::vector<std::string> unfinished() const override;
  void run(const RunContext& context) override;

 private:
  void check_start() const;
  fs::path start() const;  // the file of weights that the training starts from; empty: none
};

}  // namespace mammograft
