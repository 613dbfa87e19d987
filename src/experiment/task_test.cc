#include "experiment/task.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

Task folds_task() {
  Task task;
  task.kind = "split";
  task.arguments = {"split", "/data/mine", "--out", "{out}/folds.json"};
  task.marker = "folds.json";
  task.outside = {{"/data/mine", "0123"}};
  return task;
}

TEST(Task, IdIsOfAllThatDecidesTheResult) {
  const Task task = folds_task();
  const std::string id = task_id(task, "1");
  EXPECT_EQ(id.substr(0, 6), "split-");
  EXPECT_EQ(id.size(), 6u + 16);
  EXPECT_NE(task_id(task, "2"), id);
  Task other = task;
  other.arguments.push_back("--folds=2");
  EXPECT_NE(task_id(other, "1"), id);
  other = task;
  other.outside[0].digest = "4567";
  EXPECT_NE(task_id(other, "1"), id) << "what it reads has changed";
  other = task;
  other.inputs = {"check-1"};
  EXPECT_NE(task_id(other, "1"), id);
}

TEST(Task, IdIsNotOfWhereThingsLie) {
  Task moved = folds_task();
  moved.arguments[1] = moved.outside[0].path = "/elsewhere/mine";
  moved.what = "in other words";
  EXPECT_EQ(task_id(moved, "1"), task_id(folds_task(), "1"));
}

TEST(Task, TheFolderTakesItsPlace) {
  Task task = folds_task();
  task.id = "split-1";
  EXPECT_EQ(command_line(task).back(), "tasks/split-1/folds.json");
}

TEST(Task, AShellRunsTheCommandAsItIs) {
  const TestFolder folder;
  create_folder(folder / "logs");
  Task task;
  task.id = "echo-1";
  const std::vector<std::string> words = {"it's",      "$HOME", "a  b", "",
                                          "plain=1,2", "\"q\"", "`id`"};
  task.arguments = words;
  const std::string command =
      "cd " + shell_word(folder.path().string()) + " && " + shell_command(task, "printf '%s\\n'");
  ASSERT_EQ(::system(command.c_str()), 0) << command;
  std::string expected;
  for (const std::string& word : words) expected += word + "\n";
  EXPECT_EQ(read_file(folder / task.log()), expected);
}

}  // namespace
}  // namespace mammograft
