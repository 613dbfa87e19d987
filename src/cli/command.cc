#include "cli/command.h"

#include <algorithm>

#include "cli/options_cli.h"
#include "core/log.h"

namespace mammograft {

Command::Command(CLI::App& parent, const std::string& name, const std::string& description)
    : app_(parent.add_subcommand(name, description)) {
  app_->add_option("--config", config_, "TOML file with options; the command line wins")
      ->type_name("FILE");
}

void Command::add_fields(std::vector<OptionField> fields) {
  for (OptionField& field : describe(common_)) {
    const bool taken = std::any_of(fields.begin(), fields.end(), [&](const OptionField& other) {
      return other.name == field.name;
    });
    if (!taken) fields.push_back(std::move(field));
  }
  fields_ = std::move(fields);
  add_options(*app_, fields_);
}

Progress& Command::progress() {
  if (!progress_) progress_ = make_terminal_progress();
  return *progress_;
}

void Command::action(std::function<void()> run) {
  app_->callback([this, run = std::move(run)] {
    if (!config_.empty()) apply_config_file(*app_, fields_, config_);
    if (common_.quiet) set_log_level(LogLevel::quiet);
    run();
  });
}

}  // namespace mammograft
