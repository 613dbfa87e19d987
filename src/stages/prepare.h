// Releases of mammograms as cohorts.
#pragma once

#include "prepare/cbis_ddsm.h"
#include "prepare/coco.h"
#include "prepare/dicom.h"
#include "prepare/inbreast.h"
#include "prepare/mias.h"
#include "prepare/vindr.h"
#include "stages/stage.h"

namespace mammograft {

class PrepareCocoStage : public Stage {
 public:
  CocoOptions coco;
  fs::path json, images, out;

  std::string name() const override { return "prepare coco"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override { return to_json(coco); }
  std::vector<std::string> unfinished() const override { return {"import.jsonl"}; }
  void run(const RunContext& context) override;
};

class PrepareMiasStage : public Stage {
 public:
  MiasOptions mias;
  fs::path source, out;

  std::string name() const override { return "prepare mias"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override { return {source}; }
  Json options() const override { return to_json(mias); }
  std::vector<std::string> unfinished() const override { return {"import.jsonl"}; }
  void run(const RunContext& context) override;
};

class PrepareDicomStage : public Stage {
 public:
  DicomOptions dicom;
  fs::path source, out;

  std::string name() const override { return "prepare dicom"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override { return to_json(dicom); }
  std::vector<std::string> unfinished() const override { return {"import.jsonl"}; }
  void run(const RunContext& context) override;
};

class PrepareInbreastStage : public Stage {
 public:
  InbreastOptions inbreast;
  fs::path source, out;

  std::string name() const override { return "prepare inbreast"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override { return {source}; }
  Json options() const override { return to_json(inbreast); }
  std::vector<std::string> unfinished() const override { return {"import.jsonl"}; }
  void run(const RunContext& context) override;
};

class PrepareCbisDdsmStage : public Stage {
 public:
  CbisDdsmOptions cbis_ddsm;
  fs::path source, out;

  std::string name() const override { return "prepare cbis-ddsm"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override { return {source}; }
  Json options() const override { return to_json(cbis_ddsm); }
  std::vector<std::string> unfinished() const override { return {"import.jsonl"}; }
  void run(const RunContext& context) override;
};

class PrepareVindrStage : public Stage {
 public:
  VindrOptions vindr;
  fs::path source, out;

  std::string name() const override { return "prepare vindr"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override { return {source}; }
  Json options() const override { return to_json(vindr); }
  std::vector<std::string> unfinished() const override { return {"import.jsonl"}; }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
