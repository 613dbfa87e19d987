// Options structs describe their fields once; the command line, TOML files, --help and run.json all
// derive from that description.
//
//   struct TrainOptions {
//     int steps = 1600;
//     std::string precision = "auto";
//     template <typename V> void fields(V&& v) {
//       v("steps", steps, "optimiser steps");
//       v.choice("precision", precision, {"auto", "fp32", "bf16"}, "arithmetic of the
//       convolutions");
//     }
//   };
//
// A name is written snake_case; it is `--batch-size` on the command line, `batch_size` in TOML and
// JSON. Field types: bool, int, int64_t, double, std::string, std::vector<double>,
// std::vector<int>, std::vector<std::string>, std::optional<double>. Nested structs are given with
// v.group("name", options): `--name-batch-size`, [name] in TOML, an object in JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/json.h"

namespace mammograft {

using OptionTarget =
    std::variant<bool*, int*, int64_t*, double*, std::string*, std::vector<double>*,
                 std::vector<int>*, std::vector<std::string>*, std::optional<double>*>;

// One described field: where it lives and what may stand in it.
struct OptionField {
  std::string name;  // dotted for groups: "augment.flip"
  OptionTarget target;
  std::string help;
  std::vector<std::string> choices;  // empty: anything
};

// The visitor that collects the description of a struct.
class OptionFields {
 public:
  template <typename T>
  void operator()(const std::string& name, T& target, const std::string& help) {
    fields_.push_back({prefix_ + name, &target, help, {}});
  }
  void choice(const std::string& name, std::string& target,
              std::initializer_list<std::string> choices, const std::string& help) {
    fields_.push_back({prefix_ + name, &target, help, choices});
  }
  template <typename Options>
  void group(const std::string& name, Options& options) {
    const std::string outer = prefix_;
    prefix_ += name + ".";
    options.fields(*this);
    prefix_ = outer;
  }
  const std::vector<OptionField>& fields() const { return fields_; }

 private:
  std::string prefix_;
  std::vector<OptionField> fields_;
};

template <typename Options>
std::vector<OptionField> describe(Options& options) {
  OptionFields visitor;
  options.fields(visitor);
  return visitor.fields();
}

// As on the command line, without the dashes before it: "augment.flip_chance" is
// augment-flip-chance.
std::string dashed(std::string field_name);

// The fields' present values, nested by group.
Json options_to_json(const std::vector<OptionField>& fields);

// Sets fields from JSON; an unknown key, a wrong type or a value outside the choices is an error of
// `kind` naming `where` and the key. Keys that are absent leave their fields as they are.
void options_from_json(const Json& json, const std::string& where, ErrorKind kind,
                       const std::vector<OptionField>& fields);

// A TOML file as JSON (dates become strings). Throws io or usage (line and column).
Json read_toml(const std::string& path);

template <typename Options>
Json to_json(const Options& options) {
  Options copy = options;
  return options_to_json(describe(copy));
}

template <typename Options>
Options options_from_json(const Json& json, const std::string& where,
                          ErrorKind kind = ErrorKind::bad_input) {
  Options options;
  options_from_json(json, where, kind, describe(options));
  return options;
}

}  // namespace mammograft
