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
  write(failed.log(), "start\nerror: cohort.json: no masses\n\n");
  write(stopped.log(), "training 10/20\n");
  write(asked.log(),
        "error: stopped after 10 of 20 steps; run the same command again to continue\n");
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

TEST_F(StatusTest, TwoThousandTasksTakeLessThanTwoSeconds) {
  for (int i = 0; i < 2000; ++i) {
    const Task task = add("train-detector", i);
    if (i % 2 == 0) {
      done_in(task, 5);
    } else {
      write(task.lock(), "");
      write(task.log(), "error: no\n");
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
