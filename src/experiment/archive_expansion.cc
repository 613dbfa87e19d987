#include "experiment/archive_expansion.h"

#include <fmt/format.h>

#include <optional>

#include "core/shard.h"
#include "experiment/command_options.h"
#include "experiment/task_builder.h"

namespace mammograft {
namespace {

class ArchiveExpansion {
 public:
  ArchiveExpansion(const ArchivePlan& plan, const std::string& version, OutsideFiles outside)
      : plan_(plan),
        options_(plan.options),
        archive_(plan.options.archive),
        outside_(std::move(outside)),
        graph_(version) {}

  Graph run() {
    std::vector<Source> cohorts, found;
    for (int number = 1; number <= archive_.shards; ++number) {
      const Shard shard{number, archive_.shards, true};
      std::optional<Source> cohort;
      if (!archive_.command.empty()) cohort = cohorts.emplace_back(prepare(shard));
      if (!archive_.models.empty()) found.push_back(detect(shard, cohort));
    }
    if (!cohorts.empty()) merge("the cohort of all shards", "cohort.json", cohorts);
    if (!found.empty()) merge("what is found in all shards", "detections.json", found);
    return std::move(graph_);
  }

 private:
  Source outside(const std::string& path) const { return outside_of(plan_.file, path); }

  Task finish(TaskBuilder& task) {
    task.option("--threads", fmt::format("{}", options_.threads))
        .option("--out", "{out}")
        .resources(options_.threads, options_.memory_mb);
    return graph_.add(task.build());
  }

  Source prepare(const Shard& shard) {
    TaskBuilder task(outside_, kind_of_command(archive_.command), "cohort of shard " + shard.text(),
                     "cohort.json");
    task.words(words_of_command(archive_.command)).reads("", outside(archive_.input));
    if (!archive_.images.empty()) task.reads("--images", outside(archive_.images));
    Json options = plan_.command;
    for (const auto& [flag, path] : take_files(options)) task.reads(flag, outside(path));
    task.words(cohort_flags(archive_.command, options, "archive")).option("--shard", shard.text());
    return finish(task).made();
  }

  // In the shard's own cohort, or in its part of one that is there.
  Source detect(const Shard& shard, const std::optional<Source>& cohort) {
    TaskBuilder task(outside_, "detect", "what is found in shard " + shard.text(),
                     "detections.json");
    task.word("detect");
    for (const std::string& model : archive_.models) task.reads("--model", outside(model));
    task.reads("--cohort", cohort ? *cohort : outside(archive_.cohort));
    if (!cohort) task.option("--shard", shard.text());
    task.words(detect_flags(plan_.detect, "detect"));
    if (options_.device != "auto") task.option("--device", options_.device);
    return finish(task).made();
  }

  void merge(const std::string& what, const std::string& marker,
             const std::vector<Source>& shards) {
    TaskBuilder task(outside_, "merge", what, marker);
    task.word("merge");
    for (const Source& shard : shards) task.reads("", shard);
    finish(task);
  }

  const ArchivePlan& plan_;
  const ArchivePlanOptions& options_;
  const ArchiveOptions& archive_;
  OutsideFiles outside_;
  Graph graph_;
};

}  // namespace

Graph expand_archive(const ArchivePlan& plan, const std::string& version,
                     const std::function<std::string(const std::string& path)>& digest) {
  return ArchiveExpansion(plan, version, OutsideFiles(digest)).run();
}

}  // namespace mammograft
