#include "experiment/graph.h"

#include <gtest/gtest.h>

#include <chrono>

#include "core/files.h"
#include "core/json.h"
#include "core/testing.h"

namespace mammograft {
namespace {

Task numbered(int i, std::vector<std::string> inputs) {
  Task task;
  task.kind = "task";
  task.arguments = {"say", std::to_string(i)};
  task.what = "number " + std::to_string(i);
  task.marker = "said.json";
  task.inputs = std::move(inputs);
  task.memory_mb = 100 + i;
  return task;
}

TEST(Graph, TheSameTaskTwiceIsOne) {
  Graph graph("1");
  const std::string first = graph.add(numbered(1, {})).id;
  Task again = numbered(1, {});
  again.what = "asked for by another";
  EXPECT_EQ(graph.add(again).id, first);
  EXPECT_NE(graph.add(numbered(2, {first})).id, first);
  EXPECT_EQ(graph.tasks().size(), 2u);
  EXPECT_EQ(graph.at(first).what, "number 1");
}

TEST(Graph, WaitsForNothingThatIsNotThere) {
  Graph graph("1");
  EXPECT_ERROR(graph.add(numbered(1, {"task-0"})), defect, "waits for task-0");
  EXPECT_ERROR(graph.at("task-0"), usage, "task-0: no task of this experiment");
}

TEST(Graph, KeepsItsLayout) {
  const TestFolder folder;
  Graph graph("1");
  Layout& layout = graph.layout();
  layout.truth = "tasks/phantom-1";
  layout.unit = "epochs";
  layout.rules = {"iou", "centre"};
  layout.evaluate = {{"cases", 2}};
  layout.arms = {{"real", "real", 0}, {"more", "blend", 200}, {"fresh", "fuse", 0, true}};
  EXPECT_EQ(layout.point({25, 0.5}), 0u);
  EXPECT_EQ(layout.point({0, 0.5}), 1u);
  EXPECT_EQ(layout.point({25, 0.5}), 0u);
  layout.trainings = {{1, 1, 7, -1, "train-detector-1", "detect-1", "check-1"}};
  write_graph(folder.path(), graph);
  EXPECT_EQ(layout_json(read_graph(folder.path()).layout()), layout_json(layout));
  layout.trainings.front().arm = 3;
  write_graph(folder.path(), graph);
  EXPECT_ERROR(read_graph(folder.path()), bad_input, "from 0 to below 3");
}

TEST(Graph, IsWrittenAndRead) {
  const TestFolder folder;
  Graph graph("1");
  Task task = numbered(1, {});
  task.outside = {{"/data/a", "0123"}};
  const std::string first = graph.add(task).id;
  Task second = numbered(2, {first});
  second.threads = 3;
  graph.add(second);
  graph.plan() = "/plans/mine.toml";
  write_graph(folder.path(), graph);
  const Graph back = read_graph(folder.path());
  EXPECT_EQ(back.version(), "1");
  EXPECT_EQ(back.plan(), "/plans/mine.toml");
  ASSERT_EQ(back.tasks().size(), 2u);
  EXPECT_EQ(back.tasks()[0].outside[0].digest, "0123");
  EXPECT_EQ(back.tasks()[1].inputs, std::vector<std::string>{first});
  EXPECT_EQ(back.tasks()[1].arguments, (std::vector<std::string>{"say", "2"}));
  EXPECT_EQ(back.tasks()[0].threads, 1);
  EXPECT_EQ(back.tasks()[1].threads, 3);
  EXPECT_EQ(back.threads(), 3);
  EXPECT_EQ(back.tasks()[1].memory_mb, 102);
  EXPECT_EQ(task_id(back.tasks()[1], "1"), back.tasks()[1].id);
}

TEST(Graph, OfAnEarlierVersionIsRead) {
  const TestFolder folder;
  Graph graph("1");
  Task task = numbered(1, {});
  task.threads = 3;
  graph.add(task);
  write_graph(folder.path(), graph);
  Json earlier = read_json(folder / "graph.json");
  earlier.erase("layout");
  earlier["tasks"][0].erase("threads");
  write_json(folder / "graph.json", earlier);
  const Graph back = read_graph(folder.path());
  EXPECT_TRUE(back.layout().arms.empty());
  EXPECT_EQ(back.threads(), 1);
}

TEST(Graph, IsWrittenWhereItIsAnother) {
  const TestFolder folder;
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
  Graph graph("1");
  graph.layout().point({25, 0.5});
  graph.add(numbered(1, {}));
  write_graph(folder.path(), graph);
  fs::last_write_time(folder / "graph.json", long_ago);
  write_graph(folder.path(), graph);
  EXPECT_EQ(fs::last_write_time(folder / "graph.json"), long_ago);
  graph.add(numbered(2, {}));
  write_graph(folder.path(), graph);
  EXPECT_GT(fs::last_write_time(folder / "graph.json"), long_ago);
}

TEST(Graph, AFileThatIsNoGraphIsNamed) {
  const TestFolder folder;
  EXPECT_ERROR(read_graph(folder.path()), io, "graph.json");
  write_file(folder / "graph.json", R"({"version": "1", "tasks": [{"id": "a"}]})");
  EXPECT_ERROR(read_graph(folder.path()), bad_input, "graph.json: tasks[0]");
}

}  // namespace
}  // namespace mammograft
