// Stages as a caller other than the command line uses them.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cohort/folds.h"
#include "core/testing.h"
#include "stages/assess.h"
#include "stages/carry_out.h"
#include "stages/inspect.h"
#include "stages/lesion_part.h"
#include "stages/phantom.h"
#include "stages/refine.h"
#include "stages/split.h"
#include "stages/synthesize.h"
#include "stages/train_blender.h"

namespace mammograft {
namespace {

struct LineTest : testing::Test {
  TestFolder folder;
  Progress progress;
  RunContext context{1, 1, "cpu", progress};

  PhantomStage phantom(const std::string& name, int64_t seed = 1) {
    PhantomStage stage;
    stage.phantom.phantom.patients = 4;
    stage.phantom.phantom.mm_per_px = 2;
    stage.phantom.phantom.mass_fraction = 1;
    stage.phantom.phantom.seed = seed;
    stage.out = folder / name;
    return stage;
  }
  SplitStage split(const std::string& name) {
    SplitStage stage;
    stage.split.folds = 2;
    stage.cohorts = {(folder / name).string()};
    stage.out = folder / "folds.json";
    return stage;
  }
  // The phantoms are made, the grafts are still to be.
  SynthesizeStage fuse_onto_phantoms() {
    PhantomStage cohort = phantom("cohort");
    cohort.phantom.phantom.mm_per_px = 1;
    carry_out(cohort, context);
    SynthesizeStage synthesize;
    synthesize.part.cohorts = {(folder / "cohort").string()};
    synthesize.out = folder / "grafts";
    synthesize.synthesis.method = "fuse";
    return synthesize;
  }
};

TEST_F(LineTest, AStageIsFinishedUntilWhatItReadsChanges) {
  PhantomStage cohort = phantom("cohort");
  SplitStage folds = split("cohort");
  EXPECT_FALSE(finished(folds, 1));
  carry_out(cohort, context);
  carry_out(folds, context);
  EXPECT_TRUE(finished(cohort, 1));
  EXPECT_TRUE(finished(folds, 1));
  PhantomStage other = phantom("cohort", 2);
  carry_out(other, context, /*force=*/true);
  EXPECT_FALSE(finished(cohort, 1));
  EXPECT_FALSE(finished(folds, 1)) << "its cohort is another one now";
}

// Of a phantom whose contours count as boxes.
TEST_F(LineTest, ACohortIsRefinedIntoAnother) {
  PhantomStage phantoms = phantom("cohort");
  carry_out(phantoms, context);
  Cohort boxes = read_cohort(folder / "cohort");
  for (Annotation& annotation : boxes.annotations) annotation.mask_origin = MaskOrigin::box;
  write_cohort(boxes);
  RefineStage refine;
  refine.cohort = folder / "cohort";
  refine.out = folder / "refined";
  EXPECT_EQ(carry_out(refine, context), StageOutcome::made);
  EXPECT_EQ(carry_out(refine, context), StageOutcome::finished_before);
  const Cohort refined = read_cohort(folder / "refined");
  ASSERT_EQ(refined.annotations.size(), boxes.annotations.size());
  for (const Annotation& annotation : refined.annotations)
    EXPECT_TRUE(annotation.attributes.contains("outline"));
  EXPECT_EQ(read_file(folder / "refined" / refined.images[0].file_name),
            read_file(folder / "cohort" / refined.images[0].file_name));
  refine.refine.circle_size = 5;
  EXPECT_THROW(carry_out(refine, context, /*force=*/true), Error);
  refine.refine.circle_size = 0.85;
  refine.out = folder / "cohort";
  EXPECT_THROW(carry_out(refine, context, /*force=*/true), Error);
  EXPECT_EQ(read_cohort(folder / "cohort").annotations[0].mask_origin, MaskOrigin::box);
}

TEST_F(LineTest, ThreadsDoNotMakeAnotherPhantom) {
  PhantomStage cohort = phantom("cohort");
  carry_out(cohort, context);
  EXPECT_EQ(carry_out(cohort, {1, 2, "cpu", progress}), StageOutcome::finished_before);
}

TEST_F(LineTest, InspectReadsItsCohortOnce) {
  PhantomStage cohort = phantom("cohort");
  carry_out(cohort, context);
  InspectStage inspect;
  inspect.cohort = folder / "cohort";
  inspect.out = folder / "sheets";
  EXPECT_EQ(inspect.summary().patients, 4);
  fs::rename(folder / "cohort" / "cohort.json", folder / "away.json");
  EXPECT_EQ(carry_out(inspect, context), StageOutcome::made);
  EXPECT_EQ(read_json(folder / "sheets" / "summary.json").at("patients"), 4);
}

TEST_F(LineTest, InspectDrawsNoSheetsThatNoMemoryHolds) {
  InspectStage inspect;
  inspect.cohort = folder / "nowhere";
  inspect.out = folder / "sheets";
  inspect.sheets.tile_px = 100'000'000;
  EXPECT_ERROR(carry_out(inspect, context), usage, "tile_px: found 100000000");
  inspect.sheets = {.columns = 1'000'000'000};
  EXPECT_ERROR(carry_out(inspect, context), usage, "columns: found 1000000000");
  inspect.sheets = {.max_images = -1};
  EXPECT_ERROR(carry_out(inspect, context), usage, "max_images: found -1");
}

// The lesions of the fold's patients are in the held-out part, all others in the training part;
// those of patients whom the folds do not know are in both.
TEST_F(LineTest, LesionsFollowTheFoldOfTheirPatients) {
  PhantomStage own = phantom("own"), others = phantom("others", 2);
  carry_out(own, context);
  carry_out(others, context);
  SplitStage folds = split("own");
  carry_out(folds, context);
  CohortPart part{{(folder / "own").string()}, (folder / "folds.json").string(), 0, ""};
  LesionPart lesions;
  const Folds known = read_folds(folder / "folds.json");
  const auto in_fold = [&](const ImageRecord& image) {
    return known.fold_of.at(image.patient_id) == 0;
  };
  const Cohort training = lesions.read(part).lesions;
  EXPECT_TRUE(std::none_of(training.images.begin(), training.images.end(), in_fold));
  lesions.held_out = true;
  const Cohort held_out = lesions.read(part).lesions;
  EXPECT_TRUE(std::all_of(held_out.images.begin(), held_out.images.end(), in_fold));
  EXPECT_EQ(training.images.size() + held_out.images.size(), 16u);
  Cohort strangers = read_cohort(folder / "others");
  for (ImageRecord& image : strangers.images) image.patient_id += " unknown";
  write_cohort(strangers);
  lesions.cohorts = {(folder / "others").string()};
  const size_t unknown = strangers.images.size();
  for (const bool held : {false, true}) {
    lesions.held_out = held;
    EXPECT_EQ(lesions.read(part).lesions.images.size(), unknown) << held;
  }
}

TEST_F(LineTest, DataSetsThatMeetInTheirOwnGreyLevelsAreNamed) {
  LesionsAndBackgrounds cohorts;
  cohorts.backgrounds.images.resize(1);
  cohorts.backgrounds.images[0].patient_id = "mias/1";
  cohorts.lesions.images.resize(1);
  cohorts.lesions.images[0].patient_id = "mias/7";
  const auto said = [&](const IntensityOptions& intensity) {
    testing::internal::CaptureStderr();
    warn_of_devices(cohorts, intensity, "--intensity-range");
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(said({}), "");
  cohorts.lesions.images[0].patient_id = "inbreast/7";
  EXPECT_NE(said({}).find("of inbreast and mias are compared"), std::string::npos);
  EXPECT_EQ(said({.range = "breast"}), "");
  cohorts.lesions.images[0].patient_id = "7";
  EXPECT_EQ(said({}), "") << "an id that names no data set";
}

TEST_F(LineTest, PartsThatCannotBe) {
  CohortPart part{{"cohort"}, "folds.json", -1, ""};
  EXPECT_ERROR(part.check(), usage, "--folds and --fold");
  part = {{"cohort"}, "", -1, ""};
  LesionPart lesions;
  lesions.held_out = true;
  EXPECT_ERROR(lesions.check(part), usage, "--held-out");
  lesions = LesionPart();
  lesions.split = "train";
  EXPECT_ERROR(lesions.check(part), usage, "--lesions-split");
}

// Phantoms have both views of both breasts, and masses that know their lesion.
TEST_F(LineTest, ALesionIsGraftedIntoBothViews) {
  SynthesizeStage synthesize = fuse_onto_phantoms();
  synthesize.synthesis.synthesis.views = "both";
  synthesize.synthesis.synthesis.count = 4;
  EXPECT_EQ(carry_out(synthesize, context), StageOutcome::made);
  EXPECT_EQ(carry_out(synthesize, context), StageOutcome::finished_before);
  const Cohort made = read_cohort(folder / "grafts");
  ASSERT_EQ(made.annotations.size(), 4u);
  for (size_t i = 0; i < 4; i += 2) {
    EXPECT_EQ(made.images[i].view, "CC");
    EXPECT_EQ(made.images[i + 1].view, "MLO");
    EXPECT_EQ(made.images[i].source->background->patient_id,
              made.images[i + 1].source->background->patient_id);
    const auto &cc = made.images[i].source->lesion, &mlo = made.images[i + 1].source->lesion;
    EXPECT_EQ(cc->patient_id, mlo->patient_id);
    EXPECT_NE(cc->file_name.find("CC"), std::string::npos);
    EXPECT_NE(mlo->file_name.find("MLO"), std::string::npos);
  }
  InspectStage inspect;
  inspect.cohort = folder / "grafts";
  inspect.out = folder / "sheets";
  EXPECT_EQ(carry_out(inspect, context), StageOutcome::made);
  EXPECT_EQ(read_json(folder / "sheets" / "summary.json").at("patients"),
            std::set({made.images[0].patient_id, made.images[2].patient_id}).size());
}

// Dies after the first images were grafted.
struct KilledGrafting : Progress {
  void start(const std::string& label, int64_t) override { grafting = label == "grafting"; }
  void advance(int64_t, const std::string&) override {
    if (grafting) fail(ErrorKind::cancelled, "killed");
  }
  bool grafting = false;
};

TEST_F(LineTest, AKilledSynthesisGoesOnWithTheOptionsOfItsMethodOnly) {
  PhantomStage cohort = phantom("cohort");
  cohort.phantom.phantom.mm_per_px = 1;
  carry_out(cohort, context);
  for (const char* method : {"fuse", "pie"}) {
    SynthesizeStage synthesize;
    synthesize.part.cohorts = {(folder / "cohort").string()};
    synthesize.out = folder / method;
    synthesize.synthesis.method = method;
    synthesize.synthesis.synthesis.count = 9;
    KilledGrafting killed;
    EXPECT_ERROR(carry_out(synthesize, {1, 1, "cpu", killed}), cancelled, "killed");
    SynthesizeStage other = synthesize;
    other.synthesis.fuse.feather_mm = 1.2;
    other.synthesis.pie.gradients = "source";
    EXPECT_ERROR(carry_out(other, context), usage, "another made_with");
    EXPECT_EQ(carry_out(synthesize, context), StageOutcome::made);
    const Json made_with = read_cohort(synthesize.out).info["synthesis"]["made_with"];
    EXPECT_EQ(made_with["options"], synthesize.synthesis.method == "fuse"
                                        ? to_json(synthesize.synthesis.fuse)
                                        : to_json(synthesize.synthesis.pie));
  }
}

TEST_F(LineTest, GraftsAreMeasuredWithoutNetworks) {
  SynthesizeStage synthesize = fuse_onto_phantoms();
  synthesize.synthesis.synthesis.count = 4;
  carry_out(synthesize, context);
  AssessStage assess;
  assess.real = {(folder / "cohort").string()};
  assess.synthetic = {(folder / "grafts").string()};
  assess.assessment.assess.told_apart = false;
  assess.assessment.assess.window.mm_per_px = 1;
  assess.assessment.assess.resamples = 20;
  assess.assessment.report.reader_count = 0;
  assess.out = folder / "assessed";
  EXPECT_EQ(carry_out(assess, context), StageOutcome::made);
  EXPECT_EQ(carry_out(assess, context), StageOutcome::finished_before);
  const Json result = read_json(folder / "assessed" / "assessment.json");
  ASSERT_EQ(result["sets"].size(), 1u);
  const Json& set = result["sets"][0];
  EXPECT_EQ(set["name"], "fuse");
  EXPECT_EQ(set["masses"], read_cohort(folder / "grafts").images.size());
  EXPECT_TRUE(set["auc"]["value"].is_null());
  EXPECT_TRUE(set["auc"]["seeds"].empty());
  EXPECT_TRUE(set["contrast_transfer"]["slope"].is_number());
  EXPECT_TRUE(result["differences"].empty());
}

TEST_F(LineTest, WhatPlacesNothingIsToldOfNoPlaces) {
  SynthesizeStage synthesize;
  synthesize.synthesis.method = "vanilla";
  synthesize.model = "m.safetensors";
  synthesize.out = folder / "grafts";
  synthesize.check();
  synthesize.synthesis.synthesis.views = "both";
  EXPECT_ERROR(synthesize.check(), usage, "--views both: expected one with --method vanilla");
  synthesize.synthesis.synthesis.views = "one";
  synthesize.synthesis.synthesis.placement.prior = "learnt";
  EXPECT_ERROR(synthesize.check(), usage, "--placement-prior learnt");
  synthesize.synthesis.synthesis.placement.prior = "uniform";
  synthesize.synthesis.synthesis.conspicuity.aim = "harder";
  EXPECT_ERROR(synthesize.check(), usage, "--conspicuity harder: expected free");
  synthesize.synthesis.synthesis.conspicuity.aim = "free";
  synthesize.synthesis.synthesis.lesion.outlines = "known";
  EXPECT_ERROR(synthesize.check(), usage, "--lesion-outlines known: expected any");
  TrainBlenderStage train;
  train.part.cohorts = {"cohort"};
  train.training.data.placement.tissue = "glandular";
  train.check();
  train.training.method = "vanilla";
  EXPECT_ERROR(train.check(), usage, "--data-placement-tissue glandular");
}

TEST(MakeMethod, WantsAModelWhereOneGrafts) {
  SynthesizeStageOptions options;
  EXPECT_ERROR(make_method(options, ""), usage, "--method blend needs a --model");
  options.method = "pie";
  EXPECT_ERROR(make_method(options, "m.safetensors"), usage, "expected none");
  EXPECT_EQ(make_method(options, "").method->name(), "pie");
}

TEST(MakeMethod, ChecksTheOptionsOfMethodsBeforeAnythingIsRead) {
  const auto refused = [](const std::string& message, const auto& change) {
    SynthesizeStageOptions options;
    options.method = "fuse";
    check_method(options, "");
    change(options);
    EXPECT_ERROR(check_method(options, ""), usage, message);
  };
  refused("fuse.displaced: found 2", [](auto& o) { o.fuse.fusion.displaced = 2; });
  refused("fuse.feather_mm: found -1", [](auto& o) { o.fuse.feather_mm = -1; });
  refused("fuse.give_back: found 0.5", [](auto& o) { o.fuse.membrane.give_back = 0.5; });
  refused("pie.tolerance: found 0", [](auto& o) { o.pie.tolerance = 0; });
  refused("pie.max_iterations: found 0", [](auto& o) { o.pie.max_iterations = 0; });
}

TEST(AsLearnt, WhatIsGivenCountsAlsoWhereItIsTheUsual) {
  const SynthesisOptions options;
  Blender blender;
  blender.lesion.dilation_mm = 2;
  EXPECT_EQ(as_learnt(options, blender).lesion.dilation_mm, 2);
  EXPECT_EQ(as_learnt(options, blender, {.given = {"lesion.clear_mm"}}).lesion.dilation_mm, 2);
  EXPECT_ERROR(as_learnt(options, blender, {.given = {"lesion.dilation_mm"}}), usage,
               "--lesion-dilation-mm: found 1.0, but the blender learnt with 2.0");
}

}  // namespace
}  // namespace mammograft
