// What every subcommand has: the common options, a configuration file, and an action.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/options.h"
#include "core/progress.h"
#include "nn/communicator.h"
#include "stages/stage.h"

namespace mammograft {

struct CommonOptions {
  int64_t seed = 1;
  int threads = 0;
  std::string device = "auto";
  bool quiet = false;
  bool force = false;
  template <typename V>
  void fields(V&& v) {
    v("seed", seed, "seed of all randomness");
    v("threads", threads, "threads; 0: all cores");
    v.choice("device", device, {"auto", "cpu", "cuda"},
             "where networks run; auto: on a GPU where LibTorch finds one");
    v("quiet", quiet, "no progress, only warnings and errors");
    v("force", force, "replace a finished output");
  }
};

// Of a subcommand that has the common ones only.
struct NoOptions {
  template <typename V>
  void fields(V&&) {}
};

// One subcommand. Describe the options, add what stands outside of them to app(), give the stage.
class Command {
 public:
  // The first line of the description is what the parent's --help shows.
  Command(CLI::App& parent, const std::string& name, const std::string& description);
  CLI::App& app() { return *app_; }

  // Before describe_options(): common options, by name, that the command has no use for.
  void without(std::vector<std::string> names) { unused_ = std::move(names); }

  // Adds the fields of `options` (which must outlive the parse) and the common ones that they do
  // not name themselves.
  template <typename Options>
  void describe_options(Options& options) {
    add_fields(describe(options));
  }
  // The same where some options decide the defaults of others: preset(chosen) gives all defaults
  // that go with the deciding options of `chosen`. They are overridden by what the command line and
  // the configuration file say, as always; --help shows those of the preset it is called with.
  template <typename Options, typename Preset>
  void describe_options(Options& options, const Preset& preset) {
    take_preset_ = [&options, preset] { options = preset(options); };
    add_fields(describe(options));
  }

  // What happens after the parse and after the configuration file: the stage is carried out.
  void runs(std::shared_ptr<Stage> stage);
  void action(std::function<void()> run);  // the same for what needs more than that
  void carry_out(Stage& stage, Communicator& processes = single_process());

  // For an action, which runs after the parse.
  bool force() const { return common_.force; }
  // The options that the command line gave a value, or those of a group, by their names in it.
  std::set<std::string> given(const std::string& group = "") const;
  Progress& progress();

  // Before --help is printed: brings the defaults that it shows to what the presets say.
  void show_defaults();

 private:
  void add_fields(std::vector<OptionField> fields);
  void read_configuration();

  CLI::App* app_;
  CommonOptions common_;
  std::vector<std::string> unused_;
  std::vector<OptionField> fields_;
  std::string config_;
  std::function<void()> take_preset_;
  std::unique_ptr<Progress> progress_;
};

// One function per file; each returns the command, which must live until the parse is over.
std::unique_ptr<Command> phantom_command(CLI::App& parent);
std::vector<std::unique_ptr<Command>> prepare_commands(CLI::App& parent);
std::unique_ptr<Command> refine_command(CLI::App& parent);
std::unique_ptr<Command> inspect_command(CLI::App& parent);
std::unique_ptr<Command> split_command(CLI::App& parent);
std::unique_ptr<Command> subset_command(CLI::App& parent);
std::vector<std::unique_ptr<Command>> train_commands(CLI::App& parent);
std::unique_ptr<Command> synthesize_command(CLI::App& parent);
std::unique_ptr<Command> calibrate_command(CLI::App& parent);
std::unique_ptr<Command> operating_points_command(CLI::App& parent);
std::unique_ptr<Command> detect_command(CLI::App& parent);
std::unique_ptr<Command> export_command(CLI::App& parent);
std::unique_ptr<Command> merge_command(CLI::App& parent);
std::unique_ptr<Command> evaluate_command(CLI::App& parent);
std::unique_ptr<Command> assess_command(CLI::App& parent);
std::vector<std::unique_ptr<Command>> experiment_commands(CLI::App& parent);

}  // namespace mammograft
