#include "experiment/ninja_file.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"
#include "experiment/ninja_run.h"
#include "experiment/status.h"

namespace mammograft {
namespace {

// Tasks that say what they are told, by a program of the shell: the last word is the file to write.
constexpr const char* kProgram =
    "#!/bin/sh\nfor file; do :; done\nmkdir -p \"$(dirname \"$file\")\"\n"
    "echo \"$1\" >> said\n[ \"$1\" != fail ] || { echo 'error: told to' >&2; exit 3; }\n"
    "[ \"$1\" != crash ] || kill -SEGV $$\n"
    "printf %s \"$2\" > \"$file\"\n";

struct NinjaTest : testing::Test {
  TestFolder folder;
  Graph graph{"1"};
  Progress progress;

  std::string add(const std::string& what, const std::string& says,
                  std::vector<std::string> inputs = {}) {
    Task task;
    task.kind = "say";
    task.what = what;
    task.marker = "said.txt";
    task.arguments = {what, says, "{out}/said.txt"};
    task.inputs = std::move(inputs);
    return graph.add(task).id;
  }
  bool run(int jobs = 2) {
    write_file(folder / "say it.sh", kProgram);
    fs::permissions(folder / "say it.sh", fs::perms::owner_all);
    write_ninja_file(folder.path(), graph, (folder / "say it.sh").string());
    return run_ninja(folder.path(), jobs, progress);
  }
  std::string said() const { return read_file(folder / "said"); }
};

TEST_F(NinjaTest, RunsEachTaskOnceAndWordsStayAsTheyAre) {
  const std::string words = "it's $HOME: 50 %, $$ \"quoted\" & more";
  const std::string first = add("first", words);
  const std::string second = add("second", "b", {first});
  EXPECT_TRUE(run());
  EXPECT_EQ(read_file(folder / graph.at(first).marked()), words);
  EXPECT_EQ(read_file(folder / graph.at(second).marked()), "b");
  EXPECT_EQ(said(), "first\nsecond\n");
  EXPECT_TRUE(run());
  EXPECT_EQ(said(), "first\nsecond\n") << "nothing was left to do";
}

TEST_F(NinjaTest, AFailedTaskStopsOnlyThoseThatNeedIt) {
  const std::string bad = add("fail", "");
  add("never", "", {bad});
  for (int i = 0; i < 4; ++i) add(fmt::format("other{}", i), "");
  EXPECT_FALSE(run(1));
  EXPECT_EQ(said().find("never"), std::string::npos);
  for (int i = 0; i < 4; ++i)
    EXPECT_NE(said().find(fmt::format("other{}", i)), std::string::npos) << said();
  EXPECT_EQ(read_file(folder / graph.at(bad).log()), "error: told to\n\nexit status 3\n");
}

TEST_F(NinjaTest, ACrashStopsOnlyThoseThatNeedIt) {
  const std::string bad = add("crash", "");
  add("other", "");
  EXPECT_FALSE(run(1));
  const ExperimentStatus status = read_status(folder.path(), graph);
  EXPECT_EQ(status.tasks[0].state, TaskState::failed);
  EXPECT_NE(status.tasks[0].note.find("exit status 139"), std::string::npos)
      << status.tasks[0].note;
  EXPECT_EQ(status.tasks[1].state, TaskState::done);
}

TEST_F(NinjaTest, ReportsWhatIsDone) {
  struct Noted : Progress {
    int64_t total = 0, done = 0;
    std::vector<std::string> notes;
    void start(const std::string&, int64_t all) override { total = all; }
    void advance(int64_t so_far, const std::string& note) override {
      done = so_far;
      notes.push_back(note);
    }
  } noted;
  add("one", "");
  add("two", "");
  write_file(folder / "say it.sh", kProgram);
  fs::permissions(folder / "say it.sh", fs::perms::owner_all);
  write_ninja_file(folder.path(), graph, (folder / "say it.sh").string());
  EXPECT_TRUE(run_ninja(folder.path(), 1, noted));
  EXPECT_EQ(noted.total, 2);
  EXPECT_EQ(noted.done, 2);
  EXPECT_NE(std::find(noted.notes.begin(), noted.notes.end(), "two"), noted.notes.end());
}

TEST_F(NinjaTest, SaysHowToGetNinja) {
  add("one", "");
  const std::string path = ::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);
  EXPECT_ERROR(run(), io, "ninja: not found on PATH; apt-get install ninja-build");
  ::setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace mammograft
