// Mask R-CNN or RetinaNet.
#pragma once

#include "core/run_folder.h"
#include "detect/training_options.h"
#include "nn/communicator.h"
#include "stages/cohort_part.h"
#include "stages/stage.h"

namespace mammograft {

class TrainDetectorStage : public Stage {
 public:
  DetectorTrainingOptions training = training_preset("light");  // of one preset, resolved
  CohortPart part;
  fs::path out;
  Communicator* processes = &single_process();  // that share every batch

  std::string name() const override { return "train detector"; }
  Output output() const override;
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override { part.check(); }
  std::vector<std::string> unfinished() const override { return RunFolder::names(); }
  void run(const RunContext& context) override;

 private:
  fs::path start() const;  // the file of weights that the training starts from; empty: none
};

}  // namespace mammograft
