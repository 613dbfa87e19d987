#include "experiment/expansion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "experiment/testing.h"

namespace mammograft {
namespace {

std::map<std::string, int> kinds_of(const Graph& graph) {
  std::map<std::string, int> kinds;
  for (const Task& task : graph.tasks()) ++kinds[task.kind];
  return kinds;
}

std::set<std::string> ids_of(const Graph& graph) {
  std::set<std::string> ids;
  for (const Task& task : graph.tasks()) ids.insert(task.id);
  return ids;
}

const Task& task_called(const Graph& graph, const std::string& what) {
  for (const Task& task : graph.tasks()) {
    if (task.what == what) return task;
  }
  throw std::runtime_error("no task " + what);
}

std::string line_of(const Task& task) {
  std::string line;
  for (const std::string& word : command_line(task)) line += word + " ";
  return line;
}

struct ExpansionTest : testing::Test {
  TestFolder folder;
  Graph small(const std::string& more = "", const std::string& before = "") {
    return graph_of(plan_of(folder, before + kSmallPlan + more));
  }
};

TEST_F(ExpansionTest, EveryArmInEveryFold) {
  const std::map<std::string, int> expected = {
      {"split", 1},  {"train-blender", 2}, {"synthesize", 2}, {"train-detector", 4},
      {"detect", 4}, {"check", 4},         {"evaluate", 1},   {"report", 1}};
  EXPECT_EQ(kinds_of(small()), expected);
}

TEST_F(ExpansionTest, TasksStandBehindTheirInputs) {
  std::set<std::string> before;
  const Graph graph = small();
  for (const Task& task : graph.tasks()) {
    for (const std::string& input : task.inputs) EXPECT_TRUE(before.contains(input)) << task.what;
    before.insert(task.id);
  }
}

// A machine with a GPU is not kept waiting by what runs no network.
TEST_F(ExpansionTest, OnlyNetworksAskForADevice) {
  const Graph graph = small("[[arm]]\nname = \"pie\"\n", "device = \"cuda\"\n");
  std::set<std::string> kinds;
  for (const Task& task : graph.tasks()) {
    if (line_of(task).find(" --device cuda ") != std::string::npos) kinds.insert(task.kind);
  }
  EXPECT_EQ(kinds,
            (std::set<std::string>{"train-blender", "synthesize", "train-detector", "detect"}));
  const auto line = [&](const std::string& arm) {
    return line_of(task_called(graph, "grafts of " + arm + ", fold 1, seed 1"));
  };
  EXPECT_NE(line("blend").find("--device cuda"), std::string::npos);
  EXPECT_EQ(line("pie").find("--device"), std::string::npos);
}

TEST_F(ExpansionTest, ACommandSaysWhatIsReadAndFromWhom) {
  const Graph graph = small();
  const Task& folds = task_called(graph, "folds");
  const Task& grafts = task_called(graph, "grafts of blend, fold 1, seed 1");
  const Task& blender = task_called(graph, "blender of blend, fold 1, seed 1");
  const std::string part =
      "--cohort " + (folder / "mine").string() + " --folds " + folds.marked() + " --fold 1 ";
  EXPECT_EQ(line_of(blender), "train blender " + part + "--method blend --out " + blender.folder() +
                                  " --seed 1 --threads 1 ");
  EXPECT_EQ(line_of(grafts), "synthesize " + part + "--model " + blender.marked() +
                                 " --method blend --count 200 --out " + grafts.folder() +
                                 " --seed 1 --threads 1 ");
  EXPECT_EQ(line_of(task_called(graph, "detector of blend, fold 1, seed 1")),
            "train detector " + part + "--cohort " + grafts.folder() +
                " --data-synthetic-share 0.25 --unit steps --lengths 1200 --out " +
                task_called(graph, "detector of blend, fold 1, seed 1").folder() +
                " --seed 1 --threads 1 ");
}

TEST_F(ExpansionTest, NothingIsScoredBeforeItsCheck) {
  const Graph graph = small();
  const Task& report = graph.tasks().back();
  ASSERT_EQ(report.kind, "report");
  ASSERT_EQ(report.inputs.size(), 1u);
  const Task& score = graph.at(report.inputs.front());
  ASSERT_EQ(score.kind, "evaluate");
  for (const Task& task : graph.tasks()) {
    if (task.kind == "report") continue;
    const bool waits =
        std::find(score.inputs.begin(), score.inputs.end(), task.id) != score.inputs.end();
    EXPECT_EQ(waits, task.kind == "check" || task.kind == "detect") << task.what;
    if (task.kind != "check") continue;
    EXPECT_EQ(graph.at(task.inputs.at(0)).kind, "detect");
  }
}

TEST_F(ExpansionTest, TheLayoutSaysWhichTaskIsWhichTraining) {
  const Graph graph = small("", "patients = [25, 50]\nseeds = [3, 4]\n");
  const Layout& layout = graph.layout();
  ASSERT_EQ(layout.arms.size(), 2u);
  EXPECT_EQ(layout.arms[0].grafts, 0);
  EXPECT_EQ(layout.arms[1].method, "blend");
  EXPECT_EQ(layout.arms[1].grafts, 200);
  ASSERT_EQ(layout.points.size(), 2u);
  EXPECT_EQ(layout.points[1], (Layout::Point{50, 0}));
  EXPECT_EQ(layout.trainings.size(), 16u);
  for (const Layout::Training& one : layout.trainings) {
    const std::string cell = fmt::format("{} patients, fold {}, seed {}",
                                         layout.points[one.point].patients, one.fold, one.seed);
    const std::string arm = layout.arms[one.arm].name;
    EXPECT_EQ(graph.at(one.detector).what, "detector of " + arm + ", " + cell);
    EXPECT_EQ(graph.at(one.detect).what, "what " + arm + " finds, " + cell);
    EXPECT_EQ(graph.at(one.check).inputs, std::vector<std::string>{one.detect});
  }
}

TEST_F(ExpansionTest, ArmsShareWhatTheyHaveInCommon) {
  const Graph graph =
      small("[[arm]]\nname = \"more\"\nmethod = \"blend\"\n[arm.detector]\nbatch = 1\n");
  EXPECT_EQ(kinds_of(graph)["train-blender"], 2);
  EXPECT_EQ(kinds_of(graph)["synthesize"], 2);
  EXPECT_EQ(kinds_of(graph)["train-detector"], 6);
}

TEST_F(ExpansionTest, ASecondRoundGraftsWhereTheFirstIsWrong) {
  const Graph graph = small("[[arm]]\nname = \"again\"\nmethod = \"blend\"\nafter = \"real\"\n");
  EXPECT_EQ(kinds_of(graph)["synthesize"], 4);
  EXPECT_EQ(kinds_of(graph)["detect"], 3 * 2 + 2);
  const Task& found = task_called(graph, "what real finds in what is learnt, fold 1, seed 1");
  EXPECT_EQ(line_of(found).find("--fold"), std::string::npos) << line_of(found);
  const std::string model = task_called(graph, "detector of real, fold 1, seed 1").marked();
  EXPECT_NE(line_of(found).find("--model " + model), std::string::npos) << line_of(found);
  const std::string grafts = line_of(task_called(graph, "grafts of again, fold 1, seed 1"));
  EXPECT_NE(grafts.find("--mistakes " + found.marked()), std::string::npos) << grafts;
  const std::string first = line_of(task_called(graph, "grafts of blend, fold 1, seed 1"));
  EXPECT_EQ(first.find("--mistakes"), std::string::npos) << first;
}

TEST_F(ExpansionTest, AnOptionOfOneArmChangesWhatDependsOnItAlone) {
  const Graph before = small();
  const Graph after = small("[arm.synthesis]\nconspicuity = \"match\"\n");
  std::map<std::string, int> made;
  const std::set<std::string> known = ids_of(before);
  for (const Task& task : after.tasks()) {
    if (!known.contains(task.id)) ++made[task.kind];
  }
  const std::map<std::string, int> expected = {{"synthesize", 2}, {"train-detector", 2},
                                               {"detect", 2},     {"check", 2},
                                               {"evaluate", 1},   {"report", 1}};
  EXPECT_EQ(made, expected);
}

TEST_F(ExpansionTest, AnotherVersionOrOtherDataMakeEverythingAnew) {
  const Plan plan = plan_of(folder, kSmallPlan);
  const std::set<std::string> known = ids_of(graph_of(plan));
  const Graph newer = graph_of(plan, "2");
  const Graph other = expand(plan, "1", [](const std::string&) { return "other"; });
  for (const Graph* graph : {&newer, &other}) {
    for (const Task& task : graph->tasks()) EXPECT_FALSE(known.contains(task.id)) << task.what;
  }
}

TEST_F(ExpansionTest, OptionsAndFilesFromOutsideReachTheDetector) {
  const Graph graph = small("", "[detector]\ninit = \"start.safetensors\"\nbatch = 1\n");
  const Task& task = task_called(graph, "detector of real, fold 0, seed 1");
  const std::string start = (folder / "start.safetensors").string();
  EXPECT_NE(line_of(task).find("--init " + start + " --batch=1 "), std::string::npos);
  EXPECT_EQ(task.outside.back().path, start);
}

TEST_F(ExpansionTest, AllButChecksAskForThePlansThreadsAndMemory) {
  const Graph graph = small("", "patients = [25]\nthreads = 3\nmemory_mb = 9000\n");
  for (const Task& task : graph.tasks()) {
    EXPECT_EQ(task.threads, task.kind == "check" ? 1 : 3) << task.what;
    EXPECT_EQ(task.memory_mb, task.kind == "check" ? 1000 : 9000) << task.what;
  }
  EXPECT_EQ(graph.threads(), 3);
}

TEST_F(ExpansionTest, AKeyOfPseudonymsIsAFileFromOutside) {
  const Plan plan = plan_of(folder, std::string(kSmallPlan) + R"(
[cohort.films]
command = "prepare dicom"
input = "films"
[cohort.films.options]
pseudonym_key = "keys/mine.key"
)");
  const std::string key = (folder / "keys" / "mine.key").string();
  const Graph graph = graph_of(plan);
  const Task& films = task_called(graph, "cohort films");
  EXPECT_NE(line_of(films).find(" --pseudonym-key " + key + " "), std::string::npos)
      << line_of(films);
  EXPECT_EQ(films.outside.back().path, key);
  const Graph other = expand(plan, "1", [&](const std::string& path) {
    return path == key ? "another key" : "digest of " + path;
  });
  EXPECT_NE(task_called(other, "cohort films").id, films.id) << "other codes";
  EXPECT_ERROR(
      expand(plan, "1", [&](const std::string& path) { return path == key ? "" : "there"; }),
      bad_input, "mine.key: not there");
}

TEST_F(ExpansionTest, OtherLesionsAndATestCohortOfItsOwn) {
  const Graph graph = graph_of(plan_of(folder, R"(
[cohort.a]
path = "a"
[cohort.b]
path = "b"
[cohort.made]
command = "prepare mias"
input = "films"
[learn]
cohorts = ["a"]
split = "train"
[lesions]
cohorts = ["b"]
[test]
cohorts = ["made"]
split = "test"
[folds]
count = 0
[[arm]]
name = "vanilla"
[[arm]]
name = "pie"
)"));
  EXPECT_EQ(kinds_of(graph)["split"], 0);
  const std::string a = (folder / "a").string(), b = (folder / "b").string();
  const Task& made = graph.at(graph.tasks().front().id);
  EXPECT_EQ(line_of(made), "prepare mias " + (folder / "films").string() + " --out " +
                               made.folder() + " --threads 1 ");
  EXPECT_EQ(line_of(task_called(graph, "blender of vanilla, seed 1"))
                .find("train blender --cohort " + a + " --split train --lesions " + b +
                      " --method vanilla"),
            0u);
  EXPECT_EQ(line_of(task_called(graph, "grafts of vanilla, seed 1")).find("synthesize --model "),
            0u);
  EXPECT_EQ(line_of(task_called(graph, "grafts of pie, seed 1"))
                .find("synthesize --cohort " + a + " --split train --lesions " + b),
            0u);
  const std::string found = line_of(task_called(graph, "what pie finds, seed 1"));
  EXPECT_NE(found.find(" --cohort " + made.folder() + " --split test "), std::string::npos);
}

TEST_F(ExpansionTest, APointOfALearningCurveIsASubsetToLearnFrom) {
  const Graph graph = small("", "patients = [25, 50]\n");
  std::map<std::string, int> kinds = kinds_of(graph);
  EXPECT_EQ(kinds["subset"], 4);
  EXPECT_EQ(kinds["train-detector"], 8);
  EXPECT_EQ(kinds["evaluate"], 2);
  const std::string mine = " --cohort " + (folder / "mine").string();
  const Task& folds = task_called(graph, "folds");
  const Task& subset = task_called(graph, "who is learnt from, 25 patients, fold 1, seed 1");
  EXPECT_EQ(line_of(subset), "subset" + mine + " --folds " + folds.marked() +
                                 " --fold 1 --patients 25 --out " + subset.marked() +
                                 " --seed 1 --threads 1 ");
  const std::string part = mine + " --folds " + subset.marked() + " --fold 1 ";
  for (const char* what : {"blender of blend", "grafts of blend", "detector of real"}) {
    const Task& task = task_called(graph, fmt::format("{}, 25 patients, fold 1, seed 1", what));
    EXPECT_NE(line_of(task).find(part), std::string::npos) << line_of(task);
  }
  EXPECT_NE(line_of(task_called(graph, "what real finds, 25 patients, fold 1, seed 1"))
                .find(mine + " --folds " + folds.marked() + " --fold 1 "),
            std::string::npos)
      << "all of the fold is tested";
}

TEST_F(ExpansionTest, AllPatientsAreAPointWithoutASubset) {
  const Graph graph = small("", "patients = [25, \"all\"]\n");
  EXPECT_EQ(kinds_of(graph)["subset"], 2);
  EXPECT_EQ(kinds_of(graph)["train-detector"], 8);
  const std::vector<Layout::Point> points{{25, 0}, {0, 0}};
  EXPECT_EQ(graph.layout().points, points);
  const Task& all = task_called(graph, "detector of real, all patients, fold 1, seed 1");
  EXPECT_TRUE(ids_of(small()).contains(all.id)) << "the same as without patients";
  EXPECT_NO_THROW(task_called(graph, "score of all, all patients, iou"));
}

TEST_F(ExpansionTest, AsManyPatientsOfOtherLesionsAreGrafted) {
  const std::string others =
      "[cohort.others]\npath = \"others\"\n[lesions]\ncohorts = [\"others\"]\n";
  const Graph graph =
      small("[[arm]]\nname = \"pie\"\n[arm.grafts]\nonline = true\n", "patients = [25]\n" + others);
  EXPECT_EQ(kinds_of(graph)["subset"], 4) << "each fold's, and the same to graft from";
  const Task& learnt = task_called(graph, "who is learnt from, 25 patients, fold 1, seed 1");
  const Task& both =
      task_called(graph, "who is learnt and grafted from, 25 patients, fold 1, seed 1");
  EXPECT_EQ(line_of(learnt).find("--lesions"), std::string::npos);
  EXPECT_NE(
      line_of(both).find("--fold 1 --lesions " + (folder / "others").string() + " --patients 25 "),
      std::string::npos)
      << line_of(both);
  const std::map<std::string, const Task*> folds = {{"detector of real", &learnt},
                                                    {"detector of blend", &learnt},
                                                    {"detector of pie", &both},
                                                    {"grafts of blend", &both},
                                                    {"blender of blend", &both}};
  for (const auto& [what, subset] : folds) {
    const Task& task = task_called(graph, what + ", 25 patients, fold 1, seed 1");
    EXPECT_NE(line_of(task).find(" --folds " + subset->marked() + " "), std::string::npos) << what;
  }
}

TEST_F(ExpansionTest, AnArmsOwnLesionsChangeWhatDependsOnThemAlone) {
  const std::string refined = "[cohort.refined]\npath = \"refined\"\n";
  const std::string pie = "[[arm]]\nname = \"pie\"\n";
  const Graph before = small(pie, refined);
  const Graph after = small(pie + "[arm.lesions]\ncohorts = [\"refined\"]\n", refined);
  std::map<std::string, int> made;
  const std::set<std::string> known = ids_of(before);
  for (const Task& task : after.tasks())
    if (!known.contains(task.id)) ++made[task.kind];
  const std::map<std::string, int> expected = {{"synthesize", 2}, {"train-detector", 2},
                                               {"detect", 2},     {"check", 2},
                                               {"evaluate", 1},   {"report", 1}};
  EXPECT_EQ(made, expected);
  const std::string path = " --lesions " + (folder / "refined").string() + " ";
  const Task& grafts = task_called(after, "grafts of pie, fold 0, seed 1");
  EXPECT_NE(line_of(grafts).find(path), std::string::npos) << line_of(grafts);
  EXPECT_EQ(grafts.outside.back().path, (folder / "refined").string()) << "which lineage asks";
  EXPECT_EQ(line_of(task_called(after, "grafts of blend, fold 0, seed 1")).find("--lesions"),
            std::string::npos);
}

TEST_F(ExpansionTest, OptionsOfOtherMethodsAreNotInATasksHash) {
  const std::string pie = "[[arm]]\nname = \"pie\"\n";
  const std::set<std::string> known = ids_of(small(pie));
  const std::string others = "[synthesis.fuse]\nfeather_mm = 0.5\n[blender.vanilla]\nlatent = 8\n";
  const Graph graph = small(pie, others);
  for (const Task& task : graph.tasks()) EXPECT_TRUE(known.contains(task.id)) << task.what;
}

TEST_F(ExpansionTest, ASubsetOfASplitOfTheReleaseIsFoldZeroHeldOut) {
  const Graph graph = graph_of(plan_of(folder, R"(
patients = [25]
[cohort.a]
path = "a"
[cohort.normal]
path = "normal"
[learn]
cohorts = ["a"]
split = "train"
[backgrounds]
cohorts = ["normal"]
[test]
cohorts = ["a"]
split = "test"
[folds]
count = 0
[[arm]]
name = "pie"
)"));
  const std::string a = (folder / "a").string(), normal = (folder / "normal").string();
  const Task& subset = task_called(graph, "who is learnt from, 25 patients, seed 1");
  EXPECT_EQ(line_of(subset).find("subset --cohort " + a + " --split train --others " + normal), 0u);
  EXPECT_NE(line_of(task_called(graph, "grafts of pie, 25 patients, seed 1"))
                .find("--cohort " + normal + " --folds " + subset.marked() +
                      " --fold 0 --lesions " + a + " --lesions-split train "),
            std::string::npos);
  EXPECT_EQ(line_of(task_called(graph, "what pie finds, 25 patients, seed 1")).find("--folds"),
            std::string::npos);
}

TEST_F(ExpansionTest, APointOfTheBudgetIsATrainingOfItsOwn) {
  const Graph graph = small("", "[budget]\npoints = [400, 1200]\n");
  std::map<std::string, int> kinds = kinds_of(graph);
  EXPECT_EQ(kinds["train-blender"], 2) << "these do not depend on it";
  EXPECT_EQ(kinds["synthesize"], 2);
  EXPECT_EQ(kinds["train-detector"], 8);
  EXPECT_EQ(kinds["evaluate"], 2);
  EXPECT_NE(line_of(task_called(graph, "detector of real, 400 steps, fold 0, seed 1"))
                .find("--unit steps --lengths 400 "),
            std::string::npos);
}

TEST_F(ExpansionTest, APointAlongATrainingIsAnotherStateOfIt) {
  const Graph graph = small("", "[budget]\nunit = \"passes\"\nlengths = [10]\nalong = [2.5, 5]\n");
  std::map<std::string, int> kinds = kinds_of(graph);
  EXPECT_EQ(kinds["train-detector"], 4) << "as many as without";
  EXPECT_EQ(kinds["detect"], 12);
  EXPECT_EQ(kinds["check"], 12);
  EXPECT_EQ(kinds["evaluate"], 3);
  const Task& training = task_called(graph, "detector of real, fold 0, seed 1");
  EXPECT_NE(line_of(training).find("--unit passes --lengths 10 --keep-at 2.5,5 "),
            std::string::npos);
  const Task& early = task_called(graph, "what real finds, after 2.5 passes, fold 0, seed 1");
  EXPECT_EQ(line_of(early).find("detect --model " + training.folder() + "/model-2.5.safetensors "),
            0u);
  const Task& last = task_called(graph, "what real finds, fold 0, seed 1");
  EXPECT_EQ(line_of(last).find("detect --model " + training.marked()), 0u);
  EXPECT_NO_THROW(task_called(graph, "score of all, after 5 passes, iou"));
  const std::vector<Layout::Point> points{{0, 2.5}, {0, 5}, {0, 10}};
  EXPECT_EQ(graph.layout().points, points) << "of the report's curve";
}

TEST_F(ExpansionTest, FreshGraftsAreATrainingsOwn) {
  const Graph graph = small(
      "[arm.grafts]\nonline = true\nshare = 0.5\n[arm.synthesis]\nviews = \"both\"\n"
      "[arm.synthesis.placement]\nprior = \"learnt\"\nflip = false\n");
  EXPECT_EQ(kinds_of(graph)["synthesize"], 0);
  EXPECT_EQ(kinds_of(graph)["train-blender"], 2);
  const Task& blender = task_called(graph, "blender of blend, fold 1, seed 1");
  const Task& training = task_called(graph, "detector of blend, fold 1, seed 1");
  EXPECT_NE(
      line_of(training).find(" --fold 1 --graft-online blend --graft-model " + blender.marked() +
                             " --data-synthetic-share 0.5 --no-graft-placement-flip "
                             "--graft-placement-prior=learnt --graft-views=both --unit "),
      std::string::npos)
      << line_of(training);
  EXPECT_EQ(training.inputs.back(), blender.id);
  EXPECT_EQ(line_of(task_called(graph, "detector of real, fold 1, seed 1")).find("--graft"),
            std::string::npos);
}

TEST_F(ExpansionTest, FreshGraftsOfOtherLesionsOntoOtherBackgrounds) {
  const Graph graph = graph_of(plan_of(folder, R"(
[cohort.a]
path = "a"
[cohort.b]
path = "b"
[cohort.c]
path = "c"
[learn]
cohorts = ["a"]
split = "train"
[lesions]
cohorts = ["b"]
split = "train"
[backgrounds]
cohorts = ["c"]
[test]
cohorts = ["a"]
split = "test"
[folds]
count = 0
[grafts]
online = true
[[arm]]
name = "real"
[[arm]]
name = "pie"
)"));
  const std::string b = (folder / "b").string(), c = (folder / "c").string();
  const Task& training = task_called(graph, "detector of pie, seed 1");
  EXPECT_NE(
      line_of(training).find("--graft-online pie --graft-backgrounds " + c + " --graft-lesions " +
                             b + " --graft-lesions-split train " + "--data-synthetic-share 0.25 "),
      std::string::npos)
      << line_of(training);
  EXPECT_EQ(training.outside.size(), 3u);
}

TEST_F(ExpansionTest, WhatIsNotThereIsAnError) {
  const Plan plan = plan_of(folder, kSmallPlan);
  EXPECT_ERROR(expand(plan, "1", [](const std::string&) { return ""; }), bad_input,
               "mine: not there");
}

TEST_F(ExpansionTest, TwoThousandTasksArePlannedInTwoSeconds) {
  std::string seeds = "seeds = [0";
  for (int i = 1; i < 125; ++i) seeds += fmt::format(", {}", i);
  const auto start = std::chrono::steady_clock::now();
  const Graph graph = small("", seeds + "]\n");
  write_graph(folder.path(), graph);
  EXPECT_GT(read_graph(folder.path()).tasks().size(), 2000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace mammograft
