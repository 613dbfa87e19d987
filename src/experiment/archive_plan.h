// The plan of work on a whole archive, in shards: one TOML file with a table [archive]
// (docs/experiment.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/options.h"

namespace mammograft {

struct ArchiveOptions {
  std::string command;
  std::string input;
  std::string images;
  std::string cohort;
  std::vector<std::string> models;
  int shards = 100;
  template <typename V>
  void fields(V&& v) {
    v("command", command, "that makes cohorts of it: prepare dicom, prepare vindr, …");
    v("input", input, "what the command reads");
    v("images", images, "folder of the images, of prepare coco");
    v("cohort", cohort, "in place of the three a cohort that is there");
    v("models", models, "detectors that look for masses in it; none: it is prepared, no more");
    v("shards", shards, "parts, each a task of its own");
  }
};

struct ArchivePlanOptions {
  ArchiveOptions archive;
  int threads = 1;
  std::string device = "auto";
  int memory_mb = 4000;
  template <typename V>
  void fields(V&& v) {
    v("threads", threads, "of every task");
    v.choice("device", device, {"auto", "cpu", "cuda"}, "where networks run");
    v("memory_mb", memory_mb, "that a shard asks of a cluster");
    v.group("archive", archive);
  }
};

struct ArchivePlan {
  std::filesystem::path file;  // paths in it are relative to its folder
  ArchivePlanOptions options;
  Json command = Json::object(), detect = Json::object();  // options of these commands
};

// Whether a plan is one of an archive. Throws io, usage (not TOML).
bool is_archive_plan(const std::filesystem::path& file);

// Throws as read_plan() of plan.h.
ArchivePlan read_archive_plan(const std::filesystem::path& file);

}  // namespace mammograft
