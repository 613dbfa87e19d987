// Described options (core/options.h) as command-line flags. A subcommand does
//
//   TrainOptions options;
//   const auto fields = describe(options);
//   std::string config;
//   app.add_option("--config", config, "TOML file with options");
//   add_options(app, fields);                                   // before the parse
//   ...
//   if (!config.empty()) apply_config_file(app, fields, config);  // after the parse
//
// and `options` holds: the command line where it gave a value, else the TOML file, else the
// default. `options` must outlive the parse.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/options.h"

namespace mammograft {

// "augment.flip_chance" is "--augment-flip-chance".
std::string flag_name(const std::string& field_name);

// Adds one flag per field, with its default (the present value) in --help; the fields of a group
// stand under its name there.
//   bool              --flag, --no-flag
//   vectors           --sizes 32,64 or --sizes 32 --sizes 64; --sizes "" or none is empty
//   optional<double>  a number or `none`
// Of a flag given twice the last counts. A value that cannot be read throws CLI::ValidationError in
// the parse. Names that collide are a defect.
void add_options(CLI::App& app, const std::vector<OptionField>& fields);

// How --help looks; subcommands that are added later inherit it.
void use_help_formatter(CLI::App& app);

// The fields that the command line gave a value.
std::vector<OptionField> given_fields(const CLI::App& app, const std::vector<OptionField>& fields);

// --help shows the present values as defaults from here on.
void refresh_defaults(CLI::App& app, const std::vector<OptionField>& fields);

// Sets the fields from the section, except those that the command line gave. Throws usage naming
// `where` and the key.
void apply_config(const CLI::App& app, const std::vector<OptionField>& fields, const Json& section,
                  const std::string& where);

// The same for a TOML file. The section of the subcommand `train detector` is [train.detector];
// keys outside the sections of any subcommand hold for whichever runs, and a section wins over
// them. So a file may be flat, for one subcommand, or hold sections for several.
void apply_config_file(const CLI::App& app, const std::vector<OptionField>& fields,
                       const std::string& path);

}  // namespace mammograft
