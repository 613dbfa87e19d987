// Shards joined: prepared cohorts, or detections.
#pragma once

#include "stages/shards.h"
#include "stages/stage.h"

namespace mammograft {

class MergeStage : public Stage {
 public:
  std::vector<fs::path> shards;
  fs::path out;

  std::string name() const override { return "merge"; }
  Output output() const override { return {out, marker_of(kind_of_shards(shards))}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override { return Json::object(); }
  void check() const override;
  void run(const RunContext& context) override;
};

}  // namespace mammograft
