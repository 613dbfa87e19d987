// Releases of mammograms as cohorts.
#pragma once

#include "core/shard.h"
#include "prepare/cbis_ddsm.h"
#include "prepare/coco.h"
#include "prepare/dicom.h"
#include "prepare/inbreast.h"
#include "prepare/mias.h"
#include "prepare/vindr.h"
#include "stages/shard_option.h"
#include "stages/stage.h"

namespace mammograft {

class PrepareCocoStage : public Stage {
 public:
  CocoOptions coco;
  fs::path json, images, out;

  std::string name() const override { return "prepare coco"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override { return without_empty_shard(to_json(coco)); }
  void check() const override { (void)Shard::parse(coco.shard, "--shard"); }
  std::vector<std::string> unfinished() const override { return {"import.jsonl"}; }
  void run(const RunContext& context) override;
};

void say_prepared(const fs::path& out, const Cohort& cohort);

// A release that lies in one folder. `Options`: the importer's, with ImportOptions in them.
template <typename Options>
class PrepareReleaseStage : public Stage {
 public:
  using Importer = Cohort (*)(const fs::path& source, const fs::path& out, const Options& options,
                              Progress& progress);
  PrepareReleaseStage(std::string release, Importer importer)
      : release_(std::move(release)), importer_(importer) {}

  Options import;
  fs::path source, out;

  std::string name() const override { return "prepare " + release_; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override { return {source}; }
  Json options() const override { return without_empty_shard(to_json(import)); }
  void check() const override { (void)Shard::parse(import.shard, "--shard"); }
  std::vector<std::string> unfinished() const override { return {"import.jsonl"}; }
  void run(const RunContext& context) override {
    import.threads = context.threads;
    say_prepared(out, importer_(source, out, import, context.progress));
  }

 private:
  std::string release_;
  Importer importer_;
};

class PrepareDicomStage : public PrepareReleaseStage<DicomOptions> {
 public:
  PrepareDicomStage() : PrepareReleaseStage("dicom", prepare_dicom) {}
  std::vector<fs::path> inputs() const override;
};

}  // namespace mammograft
