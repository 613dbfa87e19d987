#include "cli/command.h"

#include <algorithm>

#include "cli/options_cli.h"
#include "core/log.h"
#include "stages/carry_out.h"

namespace mammograft {

Command::Command(CLI::App& parent, const std::string& name, const std::string& description)
    : app_(parent.add_subcommand(name, description)) {
  app_->add_option("--config", config_,
                   "TOML file with options by name, as configs/demo.toml; the command line wins")
      ->type_name("FILE");
}

void Command::add_fields(std::vector<OptionField> fields) {
  for (OptionField& field : describe(common_)) {
    const bool taken = std::any_of(fields.begin(), fields.end(), [&](const OptionField& other) {
      return other.name == field.name;
    });
    const bool unused = std::find(unused_.begin(), unused_.end(), field.name) != unused_.end();
    if (!taken && !unused) fields.push_back(std::move(field));
  }
  fields_ = std::move(fields);
  add_options(*app_, fields_);
}

void Command::read_configuration() {
  const std::vector<OptionField> given = given_fields(*app_, fields_);
  const Json values = options_to_json(given);
  const auto read = [&] {
    if (!config_.empty()) apply_config_file(*app_, fields_, config_);
  };
  read();
  if (!take_preset_) return;
  take_preset_();
  options_from_json(values, "command line", ErrorKind::usage, given);
  read();
}

void Command::show_defaults() {
  if (!take_preset_) return;
  if (!config_.empty()) apply_config_file(*app_, fields_, config_);
  take_preset_();
  refresh_defaults(*app_, fields_);
}

void Command::runs(std::shared_ptr<Stage> stage) {
  action([this, stage] { carry_out(*stage); });
}

void Command::action(std::function<void()> run) {
  app_->callback([this, run = std::move(run)] {
    read_configuration();
    if (common_.quiet) set_log_level(LogLevel::quiet);
    run();
  });
}

std::set<std::string> Command::given(const std::string& group) const {
  const std::string prefix = group.empty() ? "" : group + ".";
  std::set<std::string> names;
  for (const OptionField& field : given_fields(*app_, fields_)) {
    if (field.name.starts_with(prefix)) names.insert(field.name.substr(prefix.size()));
  }
  return names;
}

Progress& Command::progress() {
  if (!progress_) progress_ = make_terminal_progress();
  return *progress_;
}

void Command::carry_out(Stage& stage, Communicator& processes) {
  mammograft::carry_out(
      stage, {static_cast<uint64_t>(common_.seed), common_.threads, common_.device, progress()},
      common_.force, processes);
}

}  // namespace mammograft
