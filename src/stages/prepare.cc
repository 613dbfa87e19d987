#include "stages/prepare.h"

#include "core/log.h"

namespace mammograft {
namespace {

void say(const fs::path& out, const Cohort& cohort) {
  log_info(fmt::format("{0}: {1} images, {2} findings; look at them with: mammograft inspect {0}",
                       out.string(), cohort.images.size(), cohort.annotations.size()));
}

}  // namespace

std::vector<fs::path> PrepareCocoStage::inputs() const {
  if (coco.table.empty()) return {json, images};
  return {json, images, coco.table};
}

void PrepareCocoStage::run(const RunContext& context) {
  coco.threads = context.threads;
  say(out, prepare_coco(json, images, out, coco, context.progress));
}

std::vector<fs::path> PrepareDicomStage::inputs() const {
  if (dicom.boxes.empty()) return {source};
  return {source, dicom.boxes};
}

void PrepareDicomStage::run(const RunContext& context) {
  dicom.threads = context.threads;
  say(out, prepare_dicom(source, out, dicom, context.progress));
}

void PrepareInbreastStage::run(const RunContext& context) {
  inbreast.threads = context.threads;
  say(out, prepare_inbreast(source, out, inbreast, context.progress));
}

void PrepareCbisDdsmStage::run(const RunContext& context) {
  cbis_ddsm.threads = context.threads;
  say(out, prepare_cbis_ddsm(source, out, cbis_ddsm, context.progress));
}

void PrepareVindrStage::run(const RunContext& context) {
  vindr.threads = context.threads;
  say(out, prepare_vindr(source, out, vindr, context.progress));
}

void PrepareMiasStage::run(const RunContext& context) {
  mias.threads = context.threads;
  say(out, prepare_mias(source, out, mias, context.progress));
}

}  // namespace mammograft
