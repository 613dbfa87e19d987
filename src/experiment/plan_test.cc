#include "experiment/plan.h"

#include <gtest/gtest.h>

#include "cohort/patient_set.h"
#include "core/model_description.h"
#include "core/safetensors.h"
#include "experiment/presets.h"
#include "experiment/testing.h"

namespace mammograft {
namespace {

struct PlanTest : testing::Test {
  TestFolder folder;
  // The small plan with one text in place of another, which must be there.
  std::string changed(const std::string& from, const std::string& to) const {
    std::string text = kSmallPlan;
    const size_t at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
  }
};

TEST_F(PlanTest, IsReadWithDefaults) {
  const Plan plan = plan_of(folder, kSmallPlan);
  ASSERT_EQ(plan.arms.size(), 2u);
  EXPECT_EQ(plan.arms[1].method, "blend");
  EXPECT_TRUE(plan.arms[1].has_network());
  EXPECT_FALSE(plan.arms[0].has_grafts());
  EXPECT_EQ(plan.options.lesions.cohorts, std::vector<std::string>{"mine"});
  EXPECT_EQ(plan.options.backgrounds, plan.options.learn);
  EXPECT_TRUE(plan.tests_on_folds());
}

TEST_F(PlanTest, AnArmsOptionsLieOverThePlans) {
  const Plan plan = plan_of(folder, "[detector]\nbatch = 4\naccumulate = 2\n[grafts]\ncount = 9\n" +
                                        std::string(kSmallPlan) +
                                        "[arm.detector]\nbatch = 1\n[arm.grafts]\nshare = 0.5\n");
  EXPECT_EQ(plan.arms[0].detector, Json::parse(R"({"accumulate": 2, "batch": 4})"));
  EXPECT_EQ(plan.arms[1].detector, Json::parse(R"({"accumulate": 2, "batch": 1})"));
  EXPECT_EQ(plan.arms[1].grafts.count, 9);
  EXPECT_EQ(plan.arms[1].grafts.share, 0.5);
  EXPECT_EQ(plan.arms[0].grafts.share, 0.25);
}

TEST_F(PlanTest, ErrorsNameFileFieldFoundAndExpected) {
  const auto wrong = [&](const std::string& text, const std::string& words) {
    EXPECT_ERROR(plan_of(folder, text), bad_input, words);
    EXPECT_ERROR(plan_of(folder, text), bad_input, "plan.toml");
  };
  wrong(changed("count = 2", "kount = 2"), "folds: kount: unknown option; did you mean");
  wrong(changed("count = 2", "count = 1"), "folds.count: found 1, expected 0, or 2 or more");
  wrong(changed("count = 2", "count = 0"), "[test]");
  wrong(changed("[\"mine\"]", "[\"yours\"]"), "learn.cohorts: found \"yours\"");
  wrong(changed("[\"mine\"]", "[]"), "learn.cohorts: found none");
  wrong(changed("path = \"mine\"", "command = \"fandom\""), "cohort.mine");
  wrong(changed("path = \"mine\"", ""), "cohort.mine: expected a path or a command");
  wrong(changed("\"blend\"", "\"real\""), "arm[1]: name: found \"real\" again");
  wrong(changed("\"blend\"", "\"blur\""), "arm[1]: method: found \"blur\", expected one of real");
  wrong(changed("\"blend\"", "\"a b\"\nmethod = \"pie\""), "arm[1]: name: found \"a b\"");
  wrong(changed("\"real\"", "\"real\"\n[arm.blender]\nsteps = 2"), "trains no network");
  wrong(changed("\"real\"", "\"real\"\n[arm.synthesis]\nseed = 2"), "makes no grafts");
  wrong(changed("\"blend\"", "\"blend\"\n[arm.blender]\nstebs = 2"),
        "arm[1]: blender: stebs: unknown option; did you mean steps?");
  wrong(changed("\"blend\"", "\"blend\"\n[arm.detector]\nlengths = [2]"),
        "arm[1]: detector: lengths: found here, expected [budget] lengths");
  wrong("seeds = []\n" + std::string(kSmallPlan), "seeds: expected one or more");
  wrong("rules = [\"iouu\"]\n" + std::string(kSmallPlan), "evaluate: rule: expected one of iou");
  wrong("[evaluate]\nthreshold = 7\n" + std::string(kSmallPlan), "threshold: found 7");
  wrong("rules = [\"centre\"]\n[evaluate]\nassignment = \"coco\"\n" + std::string(kSmallPlan),
        "found coco with the rule centre");
  wrong("[budget]\nlengths = []\n" + std::string(kSmallPlan), "budget.lengths: found");
  wrong("[budget]\nlengths = [-5]\n" + std::string(kSmallPlan), "budget.lengths: found [-5");
  wrong("threads = 0\n" + std::string(kSmallPlan), "threads: found 0, expected 1 or more");
  wrong("memory_mb = -1\n" + std::string(kSmallPlan), "memory_mb: found -1, expected 1 or more");
  wrong(changed("path = \"mine\"", "path = \"mine\"\ninput = \"release\""),
        "input, images or options beside path");
  wrong("patients = [25, 0]\n" + std::string(kSmallPlan),
        "patients: found 0, expected numbers above 0 or \"all\", none twice");
  wrong("patients = [25, \"al\"]\n" + std::string(kSmallPlan), "patients: found \"al\"");
  wrong("patients = [\"all\", 25, \"all\"]\n" + std::string(kSmallPlan), "patients: found \"all\"");
  wrong("[budget]\npoints = [4, 4]\n" + std::string(kSmallPlan), "budget.points: expected");
  wrong("[budget]\npoints = [4]\nlengths = [1, 2]\n" + std::string(kSmallPlan), "with 2 stages");
  wrong("[budget]\nalong = [4, 4]\n" + std::string(kSmallPlan), "budget.along: expected");
  wrong("[budget]\nalong = [4]\nlengths = [1, 2]\n" + std::string(kSmallPlan),
        "budget.along: found 4, expected less than the sum of lengths, 3");
  wrong("[budget]\nalong = [4]\npoints = [5]\n" + std::string(kSmallPlan), "with points");
  wrong(changed("\"blend\"", "\"blend\"\n[arm.detector]\nkeep_at = [2]"),
        "keep_at: found here, expected [budget] along");
  wrong(changed("\"blend\"", "\"blend\"\n[arm.detector.graft]\nonline = \"pie\""),
        "graft: found here, expected [grafts] online");
  wrong("[grafts]\nonline = true\nshare = \"none\"\n" + std::string(kSmallPlan),
        "arm[1]: grafts.share: found none");
  wrong("seeds = [1, 1]\n" + std::string(kSmallPlan), "none twice");
  wrong("[detect]\ncalibration = \"a.json\"\n" + std::string(kSmallPlan), "detect: calibration");
  EXPECT_ERROR(plan_of(folder, "[learn"), usage, "not TOML");
  EXPECT_ERROR(read_plan(folder / "none.toml", folder / "none.toml"), io, "none.toml");
}

// They would fail after all that goes before the command.
TEST_F(PlanTest, ValuesThatACommandWouldRefuseAreErrorsOfThePlan) {
  const auto wrong = [&](const std::string& text, const std::string& words) {
    EXPECT_ERROR(plan_of(folder, text), bad_input, words);
    EXPECT_ERROR(plan_of(folder, text), bad_input, "plan.toml");
  };
  const std::string plan = kSmallPlan;
  const auto arm = [&](const std::string& method, const std::string& tables) {
    return changed("\"blend\"", "\"" + method + "\"\n" + tables);
  };
  wrong("[detector]\nstages = [\"nose\"]\n" + plan,
        "arm real: detector: stages: found 'nose', expected heads, stage5");
  wrong(arm("blend", "[arm.detector]\nbatch = 0"), "arm blend: detector: batch: found 0");
  wrong("[budget]\nlengths = [1, 2]\n" + plan,
        "arm real: detector: stages: found 1 stages and 2 lengths");
  wrong("[budget]\npoints = [4]\n[detector]\npreset = \"paper\"\n" + plan,
        "found 3 stages and 1 lengths");
  wrong("[grafts]\nshare = 1.5\n" + plan, "grafts.share: found 1.5, expected 0 to 1");
  wrong(arm("blend", "[arm.blender]\nbatch = 0"), "arm blend: blender: batch: found 0");
  wrong(arm("blend", "[arm.synthesis.placement]\nscale_min = 2"), "arm blend: synthesis: ");
  wrong("[grafts]\ncount = 3\n[synthesis]\nviews = \"both\"\n" + plan,
        "arm blend: synthesis: --count: found 3, expected an even number");
  wrong("[synthesis.placement]\nprior = \"learnt\"\n" + arm("vanilla", ""),
        "arm vanilla: synthesis: --placement-prior learnt");
  wrong("[grafts]\nonline = true\n[synthesis]\nviews = \"both\"\n" + arm("vanilla", ""),
        "arm vanilla: detector: --graft-views both");
  wrong("[blender.data.placement]\nprior = \"learnt\"\n" + arm("vanilla", ""),
        "arm vanilla: blender: --data-placement-prior learnt");
  wrong("[detect]\noperating_point = 0.5\n" + plan, "detect: operating_point: found 0.5");
  wrong("[detect]\nprobabilities = \"platt\"\n" + plan, "detect: probabilities: found platt");
  wrong("[detect]\nprecision = \"int8\"\n" + plan, "detect: precision: found int8");
  wrong("[detect]\nlanes = -1\n" + plan, "detect: lanes: found -1");
  wrong("[evaluate]\nexports = [\"foo\"]\n" + plan, "evaluate: --exports: found foo");
}

// Of a preset with three stages, which the plan's one length does not fit.
TEST_F(PlanTest, ADetectorToStartFromLiesWhereThePlansPathsCountFrom) {
  SafeTensors start;
  start.metadata = model_metadata("detector", {{"preset", "torchvision"},
                                               {"options", Json::object()},
                                               {"masks", false},
                                               {PatientSet::kKey, Json::array()}});
  write_safetensors(folder / "start.safetensors", start);
  const std::string text = "[detector]\ninit = \"start.safetensors\"\n" + std::string(kSmallPlan);
  EXPECT_ERROR(plan_of(folder, text), bad_input,
               "arm real: detector: stages: found 3 stages and 1 lengths");
  create_folder(folder / "study");
  const fs::path copy = folder / "study" / "plan.toml";
  write_file(copy, text);
  EXPECT_ERROR(read_plan(copy, folder / "plan.toml"), bad_input,
               "study/plan.toml: arm real: detector: stages: found 3 stages and 1 lengths");
}

TEST_F(PlanTest, WhatOneArmCannotDoItMaySayOtherwise) {
  const Plan plan =
      plan_of(folder, "[grafts]\nonline = true\ncount = 3\n[synthesis]\nviews = \"both\"\n" +
                          changed("\"blend\"", "\"vanilla\"\n[arm.synthesis]\nviews = \"one\"") +
                          "[[arm]]\nname = \"pie\"\n");
  EXPECT_EQ(plan.arms[2].synthesis, Json::parse(R"({"views": "both"})"))
      << "fresh ones have no number that would have to be even";
}

TEST_F(PlanTest, AnArmHoldsWhatItsMethodReads) {
  const Plan plan = plan_of(folder,
                            "[synthesis]\nattempts = 3\nviews = \"one\"\n"
                            "[synthesis.fuse]\nfeather_mm = 0.5\n[blender]\nsteps = 4\n"
                            "[blender.vanilla]\nlatent = 8\n[blender.generator]\nbody_mm = 0.5\n" +
                                std::string(kSmallPlan) +
                                "[[arm]]\nname = \"fuse\"\n[[arm]]\nname = \"vanilla\"\n");
  EXPECT_EQ(plan.arms[1].synthesis, Json::parse(R"({"attempts": 3, "views": "one"})"));
  EXPECT_EQ(plan.arms[1].blender, Json::parse(R"({"generator": {"body_mm": 0.5}, "steps": 4})"));
  EXPECT_TRUE(plan.arms[2].synthesis.contains("fuse"));
  EXPECT_EQ(plan.arms[3].synthesis, Json::parse(R"({"attempts": 3})"));
  EXPECT_EQ(plan.arms[3].blender, Json::parse(R"({"steps": 4, "vanilla": {"latent": 8}})"));
  EXPECT_ERROR(
      plan_of(folder, kSmallPlan + std::string("[arm.synthesis.fuse]\nfeather_mm = 0.5\n")),
      bad_input, "arm[1]: fuse: found options, but method blend does not read them");
}

TEST_F(PlanTest, AnArmHasLesionsOfItsOwn) {
  const std::string refined = "[cohort.refined]\npath = \"refined\"\n" + std::string(kSmallPlan);
  const Plan plan = plan_of(
      folder, refined + "[arm.lesions]\ncohorts = [\"refined\"]\n" + "[[arm]]\nname = \"pie\"\n");
  EXPECT_EQ(plan.arms[1].lesions.cohorts, std::vector<std::string>{"refined"});
  EXPECT_EQ(plan.arms[2].lesions, plan.options.learn);
  EXPECT_ERROR(plan_of(folder, refined + "[arm.lesions]\ncohorts = [\"fine\"]\n"), bad_input,
               "arm blend: lesions.cohorts: found \"fine\"");
  EXPECT_ERROR(plan_of(folder, refined + "[arm.lesions]\nsplit = \"train\"\n"), bad_input,
               "arm blend: lesions.split: found without cohorts");
  EXPECT_ERROR(
      plan_of(folder, changed("\"real\"", "\"real\"\n[arm.lesions]\ncohorts = [\"mine\"]")),
      bad_input, "arm[0]: lesions: found cohorts, but method real makes no grafts");
}

TEST_F(PlanTest, AnArmComesAfterOneBeforeIt) {
  const auto second = [&](const std::string& after, const std::string& before = "") {
    return plan_of(folder, before + kSmallPlan + "[[arm]]\nname = \"again\"\nmethod = \"pie\"\n" +
                               "after = \"" + after + "\"\n[arm.synthesis.mistakes]\ntimes = 5\n");
  };
  EXPECT_EQ(second("real").arms[2].after, "real");
  EXPECT_EQ(second("real", "[synthesis.mistakes]\nfppi = 1\n").arms[1].synthesis, Json::object());
  EXPECT_ERROR(plan_of(folder, kSmallPlan + std::string("[arm.synthesis.mistakes]\ntimes = 2\n")),
               bad_input, "arm[1]: synthesis.mistakes: found without after");
  EXPECT_ERROR(second("again"), bad_input,
               "arm again: after: found \"again\", expected an arm before");
  EXPECT_ERROR(second("nobody"), bad_input, "arm again: after: found \"nobody\"");
  EXPECT_ERROR(
      second("real", "[cohort.other]\npath = \"other\"\n[lesions]\ncohorts = [\"other\"]\n"),
      bad_input, "arm again: after: expected one cohort");
  EXPECT_ERROR(second("real", "[grafts]\nonline = true\n"), bad_input,
               "arm again: after: expected a method that grafts");
}

TEST_F(PlanTest, EveryPresetIsAPlan) {
  for (const std::string& name : plan_presets()) {
    if (name == "archive") continue;  // archive_plan_test.cc
    const Plan plan = plan_of(folder, plan_preset(name));
    EXPECT_GE(plan.arms.size(), 3u) << name;
    EXPECT_FALSE(graph_of(plan).tasks().empty()) << name;
  }
  EXPECT_ERROR(plan_preset("none"), usage, "expected one of");
}

}  // namespace
}  // namespace mammograft
