#include "cli/options_cli.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>

namespace mammograft {

namespace {

// ---- values: text of the command line to fields, and back for --help ----

[[noreturn]] void reject(const std::string& flag, const std::string& expected,
                         const std::string& found) {
  throw CLI::ValidationError(flag, fmt::format("expected {}, found \"{}\"", expected, found));
}

// from_chars takes no notice of the locale, unlike strtod.
template <typename T>
bool parse_number(const std::string& text, T* value) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') ++begin;
  const auto [stop, error] = std::from_chars(begin, end, *value);
  return error == std::errc() && stop == end;
}

template <typename T>
void parse_value(const std::string& flag, const std::string& text, T& value) {
  if (!parse_number(text, &value)) {
    reject(flag, fmt::format("an integer of at most {} bits", 8 * sizeof(T)), text);
  }
}
void parse_value(const std::string& flag, const std::string& text, double& value) {
  if (!parse_number(text, &value) || !std::isfinite(value)) reject(flag, "a number", text);
}
void parse_value(const std::string&, const std::string& text, std::string& value) { value = text; }
void parse_value(const std::string& flag, const std::string& text, std::optional<double>& value) {
  if (text == "none") {
    value.reset();
    return;
  }
  double number = 0;
  if (!parse_number(text, &number) || !std::isfinite(number))
    reject(flag, "a number or none", text);
  value = number;
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  if (text.empty() || text == "none") return parts;
  size_t begin = 0;
  for (size_t comma = text.find(','); comma != text.npos; comma = text.find(',', begin)) {
    parts.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

template <typename T>
std::string shown(const T& value) {
  return fmt::format("{}", value);
}
std::string shown(const std::optional<double>& value) { return value ? shown(*value) : "none"; }
template <typename T>
std::string shown(const std::vector<T>& values) {
  return values.empty() ? "none" : fmt::format("{}", fmt::join(values, ","));
}

template <typename T>
const char* type_name() {
  if constexpr (std::is_same_v<T, int> || std::is_same_v<T, int64_t>) return "INT";
  if constexpr (std::is_same_v<T, double>) return "NUMBER";
  if constexpr (std::is_same_v<T, std::string>) return "TEXT";
  if constexpr (std::is_same_v<T, std::optional<double>>) return "NUMBER|none";
  if constexpr (std::is_same_v<T, std::vector<int>>) return "INT,...";
  if constexpr (std::is_same_v<T, std::vector<double>>) return "NUMBER,...";
  return "TEXT,...";
}

// ---- one flag ----

void show_default(CLI::Option& option, const OptionField& field, bool value) {
  option.description(field.help + (value ? " [on]" : " [off]"));
}
template <typename T>
void show_default(CLI::Option& option, const OptionField&, const T& value) {
  option.default_str(shown(value));
}

CLI::Option* add_one(CLI::App& app, const OptionField& field, bool* target) {
  const std::string name = flag_name(field.name);
  const std::string names = fmt::format("{},!--no-{}", name, name.substr(2));
  CLI::Option* option = app.add_flag(names, *target);
  show_default(*option, field, *target);
  return option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

template <typename T>
CLI::Option* add_one(CLI::App& app, const OptionField& field, T* target) {
  const std::string name = flag_name(field.name);
  const auto set = [name, target, choices = field.choices](const CLI::results_t& given) {
    const std::string& text = given.back();
    if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
      reject(name, fmt::format("one of {}", fmt::join(choices, ", ")), text);
    }
    parse_value(name, text, *target);
    return true;
  };
  CLI::Option* option = app.add_option(name, set, field.help)->expected(1);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  option->type_name(field.choices.empty() ? type_name<T>()
                                          : fmt::format("{}", fmt::join(field.choices, "|")));
  show_default(*option, field, *target);
  return option;
}

template <typename T>
CLI::Option* add_one(CLI::App& app, const OptionField& field, std::vector<T>* target) {
  const std::string name = flag_name(field.name);
  const auto set = [name, target](const CLI::results_t& given) {
    std::vector<T> values;
    for (const std::string& text : given) {
      for (const std::string& part : split_at_commas(text)) {
        parse_value(name, part, values.emplace_back());
      }
    }
    *target = std::move(values);
    return true;
  };
  // One value after each flag, so that a list never swallows the file names that follow it.
  CLI::Option* option = app.add_option(name, set, field.help)->expected(1);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  option->allow_extra_args(false)->type_name(type_name<std::vector<T>>());
  show_default(*option, field, *target);
  return option;
}

// --help with [default] after the type instead of CLI11's TYPE=default, and `--no-flag` without the
// {false} that CLI11 puts behind it; of a subcommand the first line of its description.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    std::string name = CLI::Formatter::make_option_name(option, is_positional);
    const size_t at = name.find("{false}");
    return at == name.npos ? name : name.erase(at, 7);
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text;
    if (!option->get_type_name().empty() && option->get_type_size() != 0) {
      text += " " + option->get_type_name();
    }
    if (!option->get_default_str().empty()) text += " [" + option->get_default_str() + "]";
    if (option->get_required()) text += " (required)";
    return text;
  }
  std::string make_subcommand(const CLI::App* sub) const override {
    const std::string description = sub->get_description();
    std::ostringstream line;
    CLI::detail::format_help(line, sub->get_name(), description.substr(0, description.find('\n')),
                             column_width_);
    return line.str();
  }
};

// ---- configuration files ----

// The names of the subcommands from the program's down to `app`'s: {"train", "detector"}.
std::vector<std::string> command_path(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* a = &app; a->get_parent() != nullptr; a = a->get_parent()) {
    names.insert(names.begin(), a->get_name());
  }
  return names;
}

bool is_subcommand(const CLI::App& parent, const std::string& name) {
  const auto children =
      parent.get_subcommands([&name](const CLI::App* child) { return child->get_name() == name; });
  return !children.empty();
}

const CLI::App& root_of(const CLI::App& app) {
  const CLI::App* root = &app;
  while (root->get_parent() != nullptr) root = root->get_parent();
  return *root;
}

// What a table says to any subcommand: all but the tables named like subcommands of `parent`.
Json without_subcommands(const Json& table, const CLI::App& parent) {
  Json rest = Json::object();
  for (const auto& item : table.items()) {
    if (!(item.value().is_object() && is_subcommand(parent, item.key()))) {
      rest[item.key()] = item.value();
    }
  }
  return rest;
}

const CLI::App& child_of(const CLI::App& parent, const std::string& name) {
  return *parent.get_subcommands(
      [&name](const CLI::App* child) { return child->get_name() == name; })[0];
}

}  // namespace

std::string flag_name(const std::string& field_name) { return "--" + dashed(field_name); }

void use_help_formatter(CLI::App& app) {
  const auto formatter = std::make_shared<HelpFormatter>();
  formatter->column_width(app.get_formatter()->get_column_width());
  app.formatter(formatter);
}

void add_options(CLI::App& app, const std::vector<OptionField>& fields) {
  use_help_formatter(app);
  for (const OptionField& field : fields) {
    try {
      CLI::Option* option =
          std::visit([&](auto* target) { return add_one(app, field, target); }, field.target);
      const size_t dot = field.name.rfind('.');
      if (dot != field.name.npos) option->group("Options of " + field.name.substr(0, dot));
    } catch (const CLI::ConstructionError& error) {
      fail(ErrorKind::defect, "option {}: {}", field.name, error.what());
    }
  }
}

std::vector<OptionField> given_fields(const CLI::App& app, const std::vector<OptionField>& fields) {
  std::vector<OptionField> given;
  for (const OptionField& field : fields) {
    if (app.get_option(flag_name(field.name))->count() > 0) given.push_back(field);
  }
  return given;
}

void refresh_defaults(CLI::App& app, const std::vector<OptionField>& fields) {
  for (const OptionField& field : fields) {
    CLI::Option* option = app.get_option(flag_name(field.name));
    std::visit([&](auto* target) { show_default(*option, field, *target); }, field.target);
  }
}

void apply_config(const CLI::App& app, const std::vector<OptionField>& fields, const Json& section,
                  const std::string& where) {
  const std::vector<OptionField> given = given_fields(app, fields);
  const Json from_command_line = options_to_json(given);
  options_from_json(section, where, ErrorKind::usage, fields);
  options_from_json(from_command_line, "command line", ErrorKind::usage, given);
}

void apply_config_file(const CLI::App& app, const std::vector<OptionField>& fields,
                       const std::string& path) {
  const Json file = read_toml(path);
  const Json* table = &file;
  const CLI::App* command = &root_of(app);
  std::string where = path;
  apply_config(app, fields, without_subcommands(*table, *command), where);
  for (const std::string& name : command_path(app)) {
    const auto found = table->find(name);
    if (found == table->end() || !found->is_object()) return;
    table = &*found;
    where += (command->get_parent() == nullptr ? ": " : ".") + name;
    command = &child_of(*command, name);
    apply_config(app, fields, without_subcommands(*table, *command), where);
  }
}

}  // namespace mammograft
