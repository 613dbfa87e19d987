#include "experiment/experiment.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "core/files.h"
#include "core/testing.h"
#include "experiment/ninja_file.h"
#include "experiment/snakefile.h"
#include "experiment/testing.h"

namespace mammograft {
namespace {

struct ExperimentFolderTest : testing::Test {
  TestFolder folder;

  void write(const fs::path& name, const std::string& text) {
    create_folder((folder / name).parent_path());
    write_file(folder / name, text);
  }
  // plans/arms.toml, and the cohort that it names beside; the plan's text.
  std::string write_plan() {
    write("data/mine/cohort.json", "{}");
    std::string text = kSmallPlan;
    text.replace(text.find("\"mine\""), 6, "\"../data/mine\"");
    write("plans/arms.toml", text);
    return text;
  }
  Graph planned(const fs::path& plan) {
    return plan_experiment(folder / plan, folder / "study", "mammograft").graph;
  }
};

TEST_F(ExperimentFolderTest, TheCopyOfAPlanIsThePlan) {
  const std::string text = write_plan();
  const Graph first = planned("plans/arms.toml"), again = planned("study/plan.toml");
  ASSERT_EQ(again.tasks().size(), first.tasks().size());
  for (size_t i = 0; i < first.tasks().size(); ++i) {
    EXPECT_EQ(again.tasks()[i].id, first.tasks()[i].id);
    EXPECT_EQ(again.tasks()[i].arguments, first.tasks()[i].arguments);
  }
  EXPECT_EQ(again.plan(), (folder / "plans/arms.toml").string()) << "of the copy's copy as well";
  fs::rename(folder / "study", folder / "moved");
  EXPECT_NO_THROW(graph_of_plan(folder / "moved" / "plan.toml"));
  write("elsewhere/plan.toml", text);
  EXPECT_NO_THROW(graph_of_plan(folder / "elsewhere" / "plan.toml")) << "a plan of its own";
}

// Whoever exported once goes on with Snakemake, after a change of the plan too.
TEST_F(ExperimentFolderTest, ASnakefileIsRenewedWithThePlan) {
  write_plan();
  planned("plans/arms.toml");
  const fs::path snakefile = folder / "study" / "Snakefile";
  EXPECT_FALSE(fs::exists(snakefile)) << "which nobody asked for";
  write("study/Snakefile", "of another plan");
  const Graph graph = planned("plans/arms.toml");
  EXPECT_EQ(read_file(snakefile), snakefile_text(graph, "mammograft"));
}

TEST_F(ExperimentFolderTest, ACrashIsNoCancellation) {
  Graph graph("1");
  Task task;
  task.kind = "say";
  task.what = "somebody";
  task.arguments = {"{out}/said.txt"};
  task.marker = "said.txt";
  graph.add(task);
  Progress progress;
  write_ninja_file(folder.path(), graph, (folder / "no such program").string());
  EXPECT_ERROR(run_experiment(graph, folder.path(), 1, progress), bad_input,
               "1 tasks failed, 1 are left; the first one: somebody");
}

// Before a task runs, and not hours later.
TEST_F(ExperimentFolderTest, AsksForGnuplotBeforeNinja) {
  Graph graph("1");
  Task task;
  task.kind = "evaluate";
  task.what = "scores";
  task.marker = "report.html";
  const Task scores = graph.add(task);
  Progress progress;
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);
  const auto message = [&] {
    return error_message([&] { run_experiment(graph, folder.path(), 1, progress); });
  };
  const std::string unfinished = message();
  write(scores.marked(), "");
  const std::string finished = message();
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(unfinished.find("gnuplot: not found on PATH"), 0u) << unfinished;
  EXPECT_EQ(finished.find("ninja: not found on PATH"), 0u) << finished;
}

}  // namespace
}  // namespace mammograft
