#include "graft/synthesis_journal.h"

#include <sstream>

#include "core/files.h"

namespace mammograft {

SynthesisJournal::SynthesisJournal(const std::filesystem::path& folder, const Json& description)
    : path_(folder / "synthesis.jsonl") {
  std::string text = fs::exists(path_) ? read_file(path_) : std::string();
  text.resize(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
  if (text.empty()) text = description.dump() + "\n";
  write_file(path_, text);  // without the line that was cut short
  read(text, description);
}

void SynthesisJournal::read(const std::string& text, const Json& description) {
  std::istringstream lines(text);
  std::string line;
  int number = 0;
  while (std::getline(lines, line)) {
    ++number;
    const Json json = parse_json(line, fmt::format("{}: line {}", path_.string(), number));
    if (number > 1) {
      const JsonView view(json, fmt::format("{}: line {}", path_.string(), number));
      changes_[view.integer("image")] = view.number("background_change");
      continue;
    }
    if (json == description) continue;
    for (const auto& [key, value] : description.items()) {
      if (json.contains(key) && json[key] == value) continue;
      fail(ErrorKind::usage,
           "{}: an unfinished synthesis with another {} lies here; use another --out, or --force "
           "to begin anew",
           path_.parent_path().string(), key);
    }
  }
}

double SynthesisJournal::background_change(int64_t image) const { return changes_.at(image); }

void SynthesisJournal::add(int64_t image, double background_change) {
  append_line(path_, Json{{"image", image}, {"background_change", background_change}}.dump());
  changes_[image] = background_change;
}

void SynthesisJournal::remove() { fs::remove(path_); }

}  // namespace mammograft
