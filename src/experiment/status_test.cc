#include "experiment/status.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

struct StatusTest : testing::Test {
  TestFolder folder;
  Graph graph{"1"};
  StatusTest() { create_folder(folder / "logs"); }

  Task add(const std::string& kind, int i) {
    Task task;
    task.kind = kind;
    task.what = fmt::format("{} {}", kind, i);
    task.arguments = {fmt::format("{}", i)};
    task.marker = "model.safetensors";
    return graph.add(task);
  }
  Task add_of_length(int i, const std::string& lengths) {
    Task task;
    task.kind = "train-detector";
    task.what = fmt::format("detector {}", i);
    task.arguments = {fmt::format("{}", i), "--lengths", lengths};
    task.marker = "model.safetensors";
    return graph.add(task);
  }
  // That failed or was stopped, by its log.
  TaskStatus ended(int i, const std::string& log) {
    const Task task = add("detect", i);
    write(task.lock(), "");
    write(task.log(), log);
    return status().tasks.back();
  }
  void write(const std::string& name, const std::string& text) {
    create_folder((folder / name).parent_path());
    write_file(folder / name, text);
  }
  // As if the stage had begun so many seconds before it was done.
  void done_in(const Task& task, int seconds) {
    write(task.folder() + "/stage.json", "{}");
    write(task.marked(), "");
    fs::last_write_time(
        folder / (task.folder() + "/stage.json"),
        fs::last_write_time(folder / task.marked()) - std::chrono::seconds(seconds));
  }
  ExperimentStatus status() const { return read_status(folder.path(), graph); }
};

TEST_F(StatusTest, IsWhatTheFolderShows) {
  const Task done = add("train-detector", 1), failed = add("train-detector", 2),
             stopped = add("train-detector", 3), waiting = add("train-detector", 4),
             running = add("train-detector", 5), asked = add("train-detector", 6);
  done_in(done, 100);
  for (const Task& task : {failed, stopped, running, asked}) write(task.lock(), "");
  write(failed.log(), "start\nerror: cohort.json: no masses\n\nexit status 3\n");
  write(stopped.log(), "training 10/20\n");
  write(asked.log(),
        "error: stopped after 10 of 20 steps; run the same command again to continue\n"
        "\nexit status 5\n");
  write(running.log(), "training 10/20\n");
  write(running.folder() + "/log.jsonl",
        "{\"step\": 10, \"loss\": 2}\n{\"step\": 20, \"learning_rate\": 0.1, \"loss\": 1.5}\n");
  write(running.folder() + "/stage.json", "{}");
  const int lock = ::open((folder / running.lock()).c_str(), O_RDONLY);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
  const ExperimentStatus now = status();
  ::close(lock);
  ASSERT_EQ(now.tasks.size(), 6u);
  EXPECT_EQ(now.tasks[5].state, TaskState::stopped) << "by a signal";
  EXPECT_EQ(now.tasks[0].state, TaskState::done);
  EXPECT_NEAR(now.tasks[0].seconds, 100, 1e-3);
  EXPECT_EQ(now.tasks[1].state, TaskState::failed);
  EXPECT_EQ(now.tasks[1].note, "error: cohort.json: no masses");
  EXPECT_EQ(now.tasks[2].state, TaskState::stopped);
  EXPECT_EQ(now.tasks[3].state, TaskState::waiting);
  EXPECT_EQ(now.tasks[4].state, TaskState::running);
  EXPECT_EQ(now.tasks[4].note, "step 20, loss 1.5");
  EXPECT_EQ(status().tasks[4].state, TaskState::stopped) << "nobody holds its lock any more";
  const std::string text = status_text(now, 2);
  EXPECT_NE(text.find("1 of 6 tasks done, 1 running, 1 failed, 3 left"), text.npos) << text;
  EXPECT_NE(text.find("step 20, loss 1.5"), text.npos) << text;
  EXPECT_NE(text.find("no masses"), text.npos) << text;
  EXPECT_NE(text.find("goes on with the next run; it said last: training 10/20\n"), text.npos)
      << text;
}

TEST_F(StatusTest, ACrashIsAFailure) {
  const TaskStatus crashed = ended(1, "step 3\n\nexit status 139\n"),
                   missing = ended(2, "sh: 1: exec: mammograft: not found\n\nexit status 127\n"),
                   silent = ended(3, "\nexit status 137\n");
  for (const TaskStatus& one : {crashed, missing, silent})
    EXPECT_EQ(one.state, TaskState::failed) << one.note;
  EXPECT_EQ(crashed.note, "step 3 (exit status 139)");
  EXPECT_EQ(missing.note, "sh: 1: exec: mammograft: not found (exit status 127)");
  EXPECT_EQ(silent.note, "without a word (exit status 137)");
}

TEST_F(StatusTest, OneThatWasToldToStopIsNone) {
  for (const int code : {5, 129, 130, 143}) {
    const TaskStatus one = ended(code, fmt::format("step 3\n\nexit status {}\n", code));
    EXPECT_EQ(one.state, TaskState::stopped) << code;
    EXPECT_EQ(one.note, "step 3");
  }
  EXPECT_EQ(ended(0, "").state, TaskState::stopped) << "killed with all around it";
}

TEST_F(StatusTest, WhoLooksIsNoTaskThatRuns) {
  const Task task = add("detect", 1);
  write(task.lock(), "");
  const int another = ::open((folder / task.lock()).c_str(), O_RDONLY);
  ASSERT_EQ(::flock(another, LOCK_SH | LOCK_NB), 0);
  EXPECT_EQ(status().tasks[0].state, TaskState::stopped);
  ::close(another);
}

TEST_F(StatusTest, TimeLeftIsThatOfFinishedTasksOfTheKind) {
  done_in(add("train-detector", 1), 100);
  done_in(add("train-detector", 2), 200);
  done_in(add("detect", 1), 10);
  for (int i = 3; i < 7; ++i) add("train-detector", i);
  add("detect", 2);
  const ExperimentStatus::Left left = status().time_left(2);
  EXPECT_NEAR(left.seconds, (4 * 150 + 10) / 2.0, 0.01);
  EXPECT_FALSE(left.bound);
  add("evaluate", 1);
  EXPECT_TRUE(status().time_left(2).bound);
}

TEST_F(StatusTest, TimeLeftOfATrainingIsByItsLength) {
  done_in(add_of_length(1, "400"), 40);
  done_in(add_of_length(2, "400,400"), 80);
  add_of_length(3, "8000");
  add_of_length(4, "0.5,199.5");
  EXPECT_NEAR(status().time_left(1).seconds, 800 + 20, 0.01);
}

TEST_F(StatusTest, TwoThousandTasksTakeLessThanTwoSeconds) {
  for (int i = 0; i < 2000; ++i) {
    const Task task = add("train-detector", i);
    if (i % 2 == 0) {
      done_in(task, 5);
    } else {
      write(task.lock(), "");
      write(task.log(), "error: no\n\nexit status 3\n");
    }
  }
  const auto start = std::chrono::steady_clock::now();
  const ExperimentStatus now = status();
  const std::string text = status_text(now, 2);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  EXPECT_EQ(now.count(TaskState::done), 1000);
  EXPECT_EQ(now.count(TaskState::failed), 1000);
}

}  // namespace
}  // namespace mammograft
