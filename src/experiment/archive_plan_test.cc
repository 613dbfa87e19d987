#include "experiment/archive_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/files.h"
#include "core/testing.h"
#include "experiment/archive_expansion.h"
#include "experiment/presets.h"
#include "experiment/status.h"

namespace mammograft {
namespace {

struct ArchivePlanTest : testing::Test {
  TestFolder folder;

  ArchivePlan plan_of(const std::string& text) {
    write_file(folder / "archive.toml", text);
    EXPECT_TRUE(is_archive_plan(folder / "archive.toml"));
    return read_archive_plan(folder / "archive.toml");
  }
  Graph graph_of(const std::string& text) {
    return expand_archive(plan_of(text), "1", [](const std::string& path) { return "of " + path; });
  }
  static std::map<std::string, int> kinds(const Graph& graph) {
    std::map<std::string, int> counts;
    for (const Task& task : graph.tasks()) ++counts[task.kind];
    return counts;
  }
  static std::string line_of(const Task& task) {
    std::string line;
    for (const std::string& word : task.arguments)
      line.append(line.empty() ? "" : " ").append(word);
    return line;
  }
};

const char* const kArchive = R"(
threads = 2
memory_mb = 3000
[archive]
command = "prepare dicom"
input = "dicom"
models = ["a.safetensors", "/b.safetensors"]
shards = 3
[archive.options]
keep_going = true
[detect]
mirrors = "x"
)";

TEST_F(ArchivePlanTest, EveryShardIsPreparedAndSearchedAndAllAreMerged) {
  const Graph graph = graph_of(kArchive);
  EXPECT_EQ(kinds(graph),
            (std::map<std::string, int>{{"prepare-dicom", 3}, {"detect", 3}, {"merge", 2}}));
  const std::vector<Task>& tasks = graph.tasks();
  const std::string here = folder.path().string();
  EXPECT_EQ(line_of(tasks[2]),
            "prepare dicom " + here + "/dicom --keep-going --shard 2/3 --threads 2 --out {out}");
  EXPECT_EQ(tasks[2].threads, 2);
  EXPECT_EQ(tasks[2].memory_mb, 3000);
  EXPECT_EQ(line_of(tasks[3]), "detect --model " + here +
                                   "/a.safetensors --model /b.safetensors --cohort " +
                                   tasks[2].folder() + " --mirrors=x --threads 2 --out {out}");
  EXPECT_EQ(tasks[3].inputs, std::vector<std::string>{tasks[2].id});
  EXPECT_EQ(tasks[6].inputs, (std::vector<std::string>{tasks[0].id, tasks[2].id, tasks[4].id}));
  EXPECT_EQ(line_of(tasks[7]), "merge " + tasks[1].folder() + " " + tasks[3].folder() + " " +
                                   tasks[5].folder() + " --threads 2 --out {out}");
  EXPECT_EQ(tasks[6].marker, "cohort.json");
  EXPECT_EQ(tasks[7].marker, "detections.json");
}

TEST_F(ArchivePlanTest, ACohortThatIsThereIsSearchedByPart) {
  const Graph graph = graph_of("[archive]\ncohort = \"c\"\nmodels = [\"m\"]\nshards = 2\n");
  EXPECT_EQ(kinds(graph), (std::map<std::string, int>{{"detect", 2}, {"merge", 1}}));
  const std::string here = folder.path().string();
  EXPECT_EQ(line_of(graph.tasks()[1]), "detect --model " + here + "/m --cohort " + here +
                                           "/c --shard 2/2 --threads 1 --out {out}");
}

TEST_F(ArchivePlanTest, ItMayOnlyBePrepared) {
  const Graph graph =
      graph_of("[archive]\ncommand = \"prepare mias\"\ninput = \"m\"\nshards = 2\n");
  EXPECT_EQ(kinds(graph), (std::map<std::string, int>{{"prepare-mias", 2}, {"merge", 1}}));
}

// One task a shard, and its folder is its own: another number of shards shares nothing.
TEST_F(ArchivePlanTest, ShardsAreCountedByStatus) {
  const Graph graph = graph_of(kArchive);
  const Task& done = graph.tasks()[2];
  create_folder(folder / done.folder());
  write_file(folder / done.marked(), "{}");
  const std::string text = status_text(read_status(folder.path(), graph), 1);
  EXPECT_NE(text.find("1 of 8 tasks done"), std::string::npos) << text;
  EXPECT_NE(text.find("\nshards: detect 0 of 3, prepare-dicom 1 of 3\n"), std::string::npos)
      << text;
}

TEST_F(ArchivePlanTest, ThePresetIsAPlan) {
  const ArchivePlan plan = plan_of(plan_preset("archive"));
  EXPECT_EQ(plan.options.archive.shards, 100);
  write_file(folder / "other.toml", plan_preset("smoke"));
  EXPECT_FALSE(is_archive_plan(folder / "other.toml"));
}

TEST_F(ArchivePlanTest, NamesWhatCannotBe) {
  const auto refuses = [&](const std::string& text, const std::string& why) {
    EXPECT_ERROR(plan_of(text), bad_input, why);
  };
  const std::string whole = "[archive]\ncommand = \"prepare dicom\"\ninput = \"d\"\n";
  refuses("[archive]\nshards = 2\n", "archive: expected a command with its input, or a cohort");
  refuses(whole + "cohort = \"c\"\n", "archive: expected a command with its input, or a cohort");
  refuses("[archive]\ncommand = \"prepare dicom\"\n", "archive.input: found \"\"");
  refuses("[archive]\ncohort = \"c\"\n", "archive.models: found none");
  refuses(whole + "[detect]\nmirrors = \"x\"\n", "detect: found without archive.models");
  refuses(whole + "shards = 0\n", "archive.shards: found 0, expected 1 to 2000");
  refuses(whole + "shard = 2\n", "archive: shard: unknown option");
  refuses(whole + "[archive.options]\nshard = \"1/2\"\n", "shard: found here, expected [archive]");
  refuses(whole + "[archive.options]\nfolly = 1\n", "folly: unknown option");
  refuses("[archive]\ncommand = \"prepare none\"\ninput = \"d\"\n", "found \"prepare none\"");
}

// 2,000 shards: planned within the time of a study of as many tasks.
TEST_F(ArchivePlanTest, ManyShardsArePlannedAtOnce) {
  std::string text = kArchive;
  text.replace(text.find("shards = 3"), 10, "shards = 2000");
  const Graph graph = graph_of(text);
  EXPECT_EQ(graph.tasks().size(), 4002u);
  size_t longest = 0;
  for (const Task& task : graph.tasks())
    longest = std::max(longest, shell_command(task, "/opt/mammograft/bin/mammograft").size());
  EXPECT_LT(longest, 128u * 1024) << "what a shell takes as one argument";
}

}  // namespace
}  // namespace mammograft
