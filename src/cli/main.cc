// mammograft: the command line. Every subcommand is one file beside this one.
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/failure.h"
#include "cli/options_cli.h"
#include "cli/version.h"
#include "core/error.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/progress.h"
#include "core/text.h"

namespace mammograft {
namespace {

constexpr const char* kDescription =
    "Grafts breast masses onto healthy mammograms, trains a mass detector, and scores it.\n"
    "For research use only.\n\n"
    "A first run on built-in data:\n"
    "  mammograft phantom --out cohort --patients 40\n"
    "  mammograft split cohort --folds 2 --out folds.json\n"
    "  mammograft train detector --cohort cohort --folds folds.json --fold 0 --out run\n"
    "  mammograft detect --model run/model.safetensors --cohort cohort --folds folds.json --fold 0 "
    "--out found\n"
    "  mammograft evaluate --truth cohort --detections found/detections.json --out report\n";

std::vector<std::string> subcommands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* one : app.get_subcommands({})) names.push_back(one->get_name());
  return names;
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// CLI11 calls a subcommand that it does not know a missing one, and tells what is left over from
// the end.
std::string complaint(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  if (unknown.empty()) return error.what();
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  if (error.get_name() == "RequiredError" && command->get_require_subcommand_min() > 0) {
    return fmt::format("{}: found \"{}\", expected a subcommand{}", command->get_name(),
                       unknown.front(), did_you_mean(unknown.front(), subcommands_of(*command)));
  }
  if (error.get_name() != "ExtrasError") return error.what();
  const std::string first = unknown.front().substr(0, unknown.front().find('='));
  return fmt::format("{}: not expected: {}{}", command->get_name(), fmt::join(unknown, " "),
                     did_you_mean(first, flags_of(*command)));
}

int run(int argc, char** argv) {
  CLI::App app(kDescription, "mammograft");
  app.set_version_flag("--version", version_text,
                       "versions of the program and of LibTorch, threads, instruction set");
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 2 usage, 3 bad input, 4 input/output, 5 cancelled, 70 a defect of "
      "ours.\n"
      "Help on one subcommand: mammograft SUBCOMMAND --help");
  use_help_formatter(app);
  std::vector<std::unique_ptr<Command>> commands;
  const auto add = [&](std::vector<std::unique_ptr<Command>> more) {
    for (auto& command : more) commands.push_back(std::move(command));
  };
  commands.push_back(phantom_command(app));
  add(prepare_commands(app));
  commands.push_back(refine_command(app));
  commands.push_back(inspect_command(app));
  commands.push_back(split_command(app));
  commands.push_back(subset_command(app));
  add(train_commands(app));
  commands.push_back(synthesize_command(app));
  commands.push_back(calibrate_command(app));
  commands.push_back(operating_points_command(app));
  commands.push_back(detect_command(app));
  commands.push_back(export_command(app));
  commands.push_back(merge_command(app));
  commands.push_back(evaluate_command(app));
  commands.push_back(assess_command(app));
  add(experiment_commands(app));
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {  // --help, --version
    for (const auto& command : commands) {
      if (command->app().parsed()) command->show_defaults();
    }
    return app.exit(done);
  } catch (const CLI::ParseError& error) {
    log_error(complaint(app, error) + " (see --help)");
    return static_cast<int>(ErrorKind::usage);
  }
  return 0;
}

// Ends the process without the destructors of what is static. LibTorch's take its tables of
// operators apart, a tenth of a second after every command; everything of ours lives below run().
[[noreturn]] void leave(int code) {
  std::cout.flush();
  std::fflush(nullptr);
#ifdef MAMMOGRAFT_SANITIZED  // leaks are looked for on the usual way out
  std::exit(code);
#else
  std::_Exit(code);
#endif
}

}  // namespace
}  // namespace mammograft

int main(int argc, char** argv) {
  using namespace mammograft;
  int code = 0;
  try {
    install_signal_handlers();
    keep_freed_memory();
    code = run(argc, argv);
  } catch (...) {
    code = report_failure();
  }
  leave(code);
}
