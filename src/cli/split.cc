#include "cli/command.h"
#include "cohort/folds.h"
#include "core/files.h"
#include "core/log.h"

namespace mammograft {
namespace {

struct SplitOptions {
  int folds = 5;
  template <typename V>
  void fields(V&& v) {
    v("folds", folds, "number of folds");
  }
};

}  // namespace

std::unique_ptr<Command> split_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "split", "Divide a cohort's patients into folds, as many with a mass in each.");
  auto cohorts = std::make_shared<std::vector<std::string>>();
  auto out = std::make_shared<std::string>();
  auto options = std::make_shared<SplitOptions>();
  command->app()
      .add_option("cohort", *cohorts,
                  "cohort folder or COCO JSON; of several each is divided by itself")
      ->required()
      ->type_name("COHORT");
  command->app().add_option("--out", *out, "file to write")->required()->type_name("folds.json");
  command->describe_options(*options);
  command->action([=, &c = *command] {
    if (fs::exists(*out) && !c.common().force) {
      fail(ErrorKind::usage, "{}: exists; use --force to replace it", *out);
    }
    std::vector<Cohort> read;
    for (const std::string& path : *cohorts) read.push_back(read_cohort(path));
    const Folds folds = make_folds(read, options->folds, static_cast<uint64_t>(c.common().seed));
    write_folds(*out, folds);
    log_info(fmt::format("{}: {} patients in {} folds", *out, folds.fold_of.size(), folds.count));
  });
  return command;
}

}  // namespace mammograft
