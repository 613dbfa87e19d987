// A detector written for other programs, or for other people.
#pragma once

#include "detect/detector_release.h"
#include "stages/stage.h"

namespace mammograft {

class ExportOnnxStage : public Stage {
 public:
  fs::path model;
  fs::path out;  // a folder

  std::string name() const override { return "export"; }
  Output output() const override;
  std::vector<fs::path> inputs() const override { return {model}; }
  Json options() const override { return Json::object(); }
  void run(const RunContext& context) override;
};

class ExportReleaseStage : public Stage {
 public:
  fs::path model;
  fs::path out;  // a file
  Release release;

  std::string name() const override { return "export"; }
  Output output() const override { return {out, ""}; }
  std::vector<fs::path> inputs() const override { return {model}; }
  Json options() const override { return release_json(release); }
  void check() const override;
  void run(const RunContext& context) override;
};

}  // namespace mammograft
