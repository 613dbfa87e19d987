#include "core/training_log.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "core/error.h"
#include "core/files.h"
#include "core/json.h"

namespace mammograft {
namespace {

struct LogLine {
  std::string_view text;  // with its newline
  Json json;              // an object
  bool has_step() const { return json.contains("step") && json["step"].is_number(); }
  double step() const { return json["step"].get<double>(); }
};

std::vector<LogLine> parse_lines(const std::string& text, const std::string& file) {
  std::vector<LogLine> lines;
  size_t begin = 0;
  for (int number = 1; begin < text.size(); ++number) {
    const size_t newline = text.find('\n', begin);
    if (newline == std::string::npos) break;  // cut short
    const std::string_view line(text.data() + begin, newline + 1 - begin);
    begin = newline + 1;
    if (line == "\n") continue;
    Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object())
      fail(ErrorKind::bad_input, "{}: line {}: expected a JSON object", file, number);
    lines.push_back({line, std::move(json)});
  }
  return lines;
}

}  // namespace

std::vector<LogSeries> read_log(const std::filesystem::path& log_file) {
  const std::string text = read_file(log_file);
  std::vector<std::string> names;
  std::map<std::string, std::map<double, double>> values;  // name -> step -> value
  for (const LogLine& line : parse_lines(text, log_file.string())) {
    if (!line.has_step()) continue;
    for (const auto& [name, value] : line.json.items()) {
      if (name == "step" || !value.is_number()) continue;
      if (!values.contains(name)) names.push_back(name);
      values[name][line.step()] = value.get<double>();
    }
  }
  std::vector<LogSeries> series;
  for (const std::string& name : names) {
    series.push_back({name, {}, {}});
    for (const auto& [step, value] : values[name]) {
      series.back().step.push_back(step);
      series.back().value.push_back(value);
    }
  }
  return series;
}

void cut_log(const std::filesystem::path& log_file, int64_t step) {
  if (!fs::exists(log_file)) return;
  const std::string text = read_file(log_file);
  std::string kept;
  for (const LogLine& line : parse_lines(text, log_file.string())) {
    if (!line.has_step() || line.step() <= static_cast<double>(step)) kept += line.text;
  }
  if (kept.size() != text.size()) write_file(log_file, kept);
}

}  // namespace mammograft
