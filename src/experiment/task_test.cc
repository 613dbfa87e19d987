#include "experiment/task.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <csignal>

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

TEST(Task, IdIsNotOfHowOftenSomethingIsWritten) {
  const Task task = folds_task();
  const auto id_with = [&](const char* flag) {
    Task other = task;
    other.arguments.emplace_back(flag);
    return task_id(other, "1");
  };
  EXPECT_EQ(id_with("--log-every=4"), task_id(task, "1"));
  EXPECT_EQ(id_with("--checkpoint-every=4"), task_id(task, "1"));
  EXPECT_NE(id_with("--validate-every=4"), task_id(task, "1"));
  EXPECT_NE(id_with("--lanes=4"), task_id(task, "1")) << "the last digits of scores";
}

TEST(Task, SaysWhatStandsBehindAFlag) {
  const Task task = folds_task();
  EXPECT_EQ(word_after(task, "split"), "/data/mine");
  EXPECT_EQ(word_after(task, "--seed"), "");
  EXPECT_EQ(word_after(task, "{out}/folds.json"), "") << "the last";
}

TEST(Task, TheFolderTakesItsPlace) {
  Task task = folds_task();
  task.id = "split-1";
  EXPECT_EQ(command_line(task).back(), "tasks/split-1/folds.json");
}

// What a shell makes of a task whose program is this script; its log.
struct TaskRun {
  int status = 0;
  std::string log;
};
TaskRun run_script(const std::string& script, const std::string& shell = "sh") {
  const TestFolder folder;
  create_folder(folder / "logs");
  write_file(folder / "script", "#!/bin/sh\n" + script);
  fs::permissions(folder / "script", fs::perms::owner_all);
  Task task;
  task.id = "script-1";
  const std::string program = shell_word((folder / "script").string());
  const int status = ::system(("cd " + shell_word(folder.path().string()) + " && " + shell +
                               " -c " + shell_word(shell_command(task, program)))
                                  .c_str());
  return {WEXITSTATUS(status), read_file(folder / task.log())};
}

TEST(Task, TheLogOfOneThatFailsSaysHow) {
  const TaskRun failed = run_script("echo no >&2; exit 3");
  EXPECT_EQ(failed.status, 3);
  EXPECT_EQ(failed.log, "no\n\nexit status 3\n");
  const TaskRun crashed = run_script("printf half; kill -SEGV $$");
  EXPECT_EQ(crashed.status, 139);
  EXPECT_EQ(crashed.log.find("half"), 0u);
  EXPECT_TRUE(crashed.log.ends_with("\nexit status 139\n")) << crashed.log;
  EXPECT_EQ(run_script("exit 0").log, "");
}

// As Ninja and Slurm tell it: all processes of the task at once, the shell too.
TEST(Task, TheLogOfOneThatIsToldToStopSaysSo) {
  const auto before = std::signal(SIGINT, SIG_DFL);  // ignored where tests run in the background
  for (const char* shell : {"timeout -s INT 0.3 sh", "timeout -s TERM 0.3 sh"}) {
    const TaskRun run = run_script(
        "trap 'sleep 0.1; echo stopped; exit 5' INT TERM\nsleep 5\necho 'not reached'\n", shell);
    EXPECT_TRUE(run.log.ends_with("stopped\n\nexit status 5\n")) << shell << ": " << run.log;
  }
  std::signal(SIGINT, before);
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
