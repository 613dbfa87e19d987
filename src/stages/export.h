// A detector written for other programs.
#pragma once

#include "stages/stage.h"

namespace mammograft {

class ExportStage : public Stage {
 public:
  fs::path model;
  fs::path onnx;  // a folder

  std::string name() const override { return "export"; }
  Output output() const override;
  std::vector<fs::path> inputs() const override { return {model}; }
  Json options() const override { return Json::object(); }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
