#include "experiment/plan.h"

#include <gtest/gtest.h>

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
  wrong("patients = [25, 0]\n" + std::string(kSmallPlan), "patients: expected numbers above 0");
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
  EXPECT_ERROR(read_plan(folder / "none.toml"), io, "none.toml");
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
