#include "experiment/archive_plan.h"

#include "experiment/command_options.h"

namespace mammograft {
namespace {

// merge names them all in one command line, of which a shell takes 128 KB.
constexpr int kMostArchiveShards = 2000;

void check_archive(const ArchivePlan& plan) {
  const std::string where = plan.file.string() + ": archive";
  const ArchiveOptions& archive = plan.options.archive;
  if (archive.cohort.empty() == archive.command.empty())
    fail(ErrorKind::bad_input, "{}: expected a command with its input, or a cohort, one of them",
         where);
  if (archive.command.empty() != archive.input.empty() || archive.command == "phantom")
    fail(ErrorKind::bad_input, "{}.input: found \"{}\", expected what {} reads", where,
         archive.input, archive.command.empty() ? "a command" : archive.command);
  if (archive.command.empty() && archive.models.empty())
    fail(ErrorKind::bad_input, "{}.models: found none, expected those that look at the cohort",
         where);
  if (archive.command.empty() && !plan.command.empty())
    fail(ErrorKind::bad_input, "{}.options: found without a command", where);
  if (archive.models.empty() && !plan.detect.empty())
    fail(ErrorKind::bad_input, "{}: detect: found without archive.models", plan.file.string());
  if (!archive.images.empty() && archive.command != "prepare coco")
    fail(ErrorKind::bad_input, "{}.images: found {}, expected it with prepare coco alone", where,
         archive.images);
  check_resources(plan.file.string(), plan.options.threads, plan.options.memory_mb);
  if (archive.shards < 1 || archive.shards > kMostArchiveShards)
    fail(ErrorKind::bad_input, "{}.shards: found {}, expected 1 to {}", where, archive.shards,
         kMostArchiveShards);
}

}  // namespace

bool is_archive_plan(const std::filesystem::path& file) {
  return read_toml(file.string()).contains("archive");
}

ArchivePlan read_archive_plan(const std::filesystem::path& file) {
  const std::string where = file.string();
  Json table = read_toml(where);
  ArchivePlan plan;
  plan.file = std::filesystem::absolute(file);
  plan.detect = take_table(table, "detect", where);
  if (table.contains("archive") && table["archive"].is_object())
    plan.command = take_table(table["archive"], "options", where + ": archive");
  options_from_json(table, where, ErrorKind::bad_input, describe(plan.options));
  check_archive(plan);
  const ArchiveOptions& archive = plan.options.archive;
  if (!archive.command.empty())
    (void)cohort_flags(archive.command, plan.command, where + ": archive");
  (void)detect_flags(plan.detect, where + ": detect");
  return plan;
}

}  // namespace mammograft
