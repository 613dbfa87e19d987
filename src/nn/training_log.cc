#include "nn/training_log.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/files.h"
#include "core/json.h"

namespace mammograft {
namespace {

struct LogLine {
  std::string_view text;  // with its newline
  Json json;
};

std::vector<LogLine> parse_lines(const std::string& text, const std::string& file) {
  std::vector<LogLine> lines;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t newline = text.find('\n', begin);
    if (newline == std::string::npos) break;  // cut short
    const std::string_view line(text.data() + begin, newline + 1 - begin);
    Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    const std::string where = fmt::format("{}: line {}", file, lines.size() + 1);
    if (json.is_discarded()) fail(ErrorKind::bad_input, "{}: expected a JSON object", where);
    JsonView(json, where).number("step");
    lines.push_back({line, std::move(json)});
    begin = newline + 1;
  }
  return lines;
}

}  // namespace

std::vector<std::pair<std::string, std::vector<std::pair<double, double>>>> read_log(
    const std::filesystem::path& log_file) {
  const std::string text = read_file(log_file);
  std::vector<std::pair<std::string, std::vector<std::pair<double, double>>>> series;
  for (const LogLine& line : parse_lines(text, log_file.string())) {
    const double step = line.json["step"].get<double>();
    for (const auto& [name, value] : line.json.items()) {
      if (name == "step" || !value.is_number()) continue;
      auto found = std::find_if(series.begin(), series.end(),
                                [&name = name](const auto& entry) { return entry.first == name; });
      if (found == series.end()) found = series.insert(series.end(), {name, {}});
      found->second.emplace_back(step, value.get<double>());
    }
  }
  return series;
}

void cut_log(const std::filesystem::path& log_file, int64_t step) {
  if (!fs::exists(log_file)) return;
  const std::string text = read_file(log_file);
  std::string kept;
  for (const LogLine& line : parse_lines(text, log_file.string())) {
    if (line.json["step"].get<double>() <= static_cast<double>(step)) kept += line.text;
  }
  if (kept.size() != text.size()) write_file(log_file, kept);
}

}  // namespace mammograft
