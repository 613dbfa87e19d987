// The stages that score detections: what their run decides, and no option.
#include <gtest/gtest.h>

#include "cohort/detections.h"
#include "core/model_description.h"
#include "core/rng.h"
#include "core/safetensors.h"
#include "core/testing.h"
#include "detect/detector_options.h"
#include "detect/score_calibration.h"
#include "stages/carry_out.h"
#include "stages/evaluate.h"
#include "stages/operating_points.h"

namespace mammograft {
namespace {

// Patients with a mass, which is found by one score or another, and a false mark each.
class ScoringTest : public ::testing::Test {
 protected:
  ScoringTest() {
    Cohort truth;
    truth.folder = truth_;
    truth.categories = {{1, "mass"}};
    std::vector<Detection> found;
    Rng rng(1);
    for (int64_t id = 1; id <= 40; ++id) {
      ImageRecord& image = truth.images.emplace_back();
      image.id = id;
      image.file_name = std::to_string(id) + ".png";
      image.width = image.height = 100;
      image.patient_id = "p/" + std::to_string(id);
      image.status = Status::mass;
      Annotation& mass = truth.annotations.emplace_back();
      mass.id = mass.image_id = id;
      mass.bbox = {10, 10, 30, 30};
      found.push_back({id, 1, mass.bbox, rng.uniform(0.3, 0.9), std::nullopt, ""});
      found.push_back({id, 1, {60, 60, 80, 80}, rng.uniform(0.1, 0.7), std::nullopt, ""});
    }
    create_folder(truth_);
    write_cohort(truth);
    write_detections(found_, found);
  }

  Json metrics(uint64_t seed) {
    EvaluateStage stage;
    stage.truth = truth_;
    stage.files = {found_};
    stage.out = folder_ / "report";
    stage.evaluation.evaluate.bootstrap.resamples = 50;
    stage.evaluation.report.cases = 0;
    carry_out(stage, {seed, 1, "cpu", progress_}, /*force=*/true);
    return read_json(stage.out / "metrics.json");
  }

  // A file that says which detector it is, without a network.
  fs::path detector() const {
    const Json description = {{"preset", "light"}, {"arch", "mask_rcnn"},
                              {"classes", 2},      {"options", to_json(detector_preset("light"))},
                              {"masks", false},    {PatientSet::kKey, PatientSet().to_json()}};
    SafeTensors file;
    file.tensors["weight"] = {"F32", {1}, std::string(4, '\1')};
    file.metadata = model_metadata("detector", description);
    write_safetensors(folder_ / "model.safetensors", file);
    return folder_ / "model.safetensors";
  }

  Json operating_points(uint64_t seed) {
    OperatingPointsStage stage;
    stage.model = detector();
    stage.truth = truth_;
    stage.files = {found_};
    stage.out = folder_ / "told.safetensors";
    stage.points.bootstrap.resamples = 50;
    stage.points.place = "no";
    carry_out(stage, {seed, 1, "cpu", progress_}, /*force=*/true);
    return to_json(*read_score_calibration(stage.out)).at("operating_points");
  }

  TestFolder folder_;
  fs::path truth_ = folder_ / "truth", found_ = folder_ / "found.json";
  Progress progress_;
};

TEST_F(ScoringTest, AnEvaluationDrawsFromTheSeedOfItsRun) {
  const Json first = metrics(1), second = metrics(2);
  EXPECT_NE(first["results"][0]["operating_points"], second["results"][0]["operating_points"]);
  EXPECT_EQ(first["options"]["bootstrap"]["seed"], 1);
  EXPECT_EQ(second["options"]["bootstrap"]["seed"], 2);
}

TEST_F(ScoringTest, OperatingPointsDrawFromTheSeedOfTheirRun) {
  const Json first = operating_points(1);
  EXPECT_EQ(first, operating_points(1));
  EXPECT_NE(first, operating_points(2));
}

TEST_F(ScoringTest, OperatingPointsAreToldBeforeAnythingIsRead) {
  OperatingPointsStage stage;
  stage.check();
  stage.points.fppi = {-1};
  EXPECT_ERROR(stage.check(), usage, "fppi: found -1");
}

TEST_F(ScoringTest, OperatingPointsHaveNoOptionOfWhatTheyDoNotMeasure) {
  const Json options = OperatingPointsStage().options();
  for (const char* name : {"lesion_weights", "area_fppi", "specificities", "pool", "groups",
                           "size_bins_mm", "permutations", "margin", "power_gain", "power_loss"})
    EXPECT_FALSE(options.contains(name)) << name;
}

}  // namespace
}  // namespace mammograft
