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
      notes_[view.integer("image")] = json;
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

Json SynthesisJournal::note(int64_t image) const {
  const auto found = notes_.find(image);
  return found == notes_.end() ? Json() : found->second;
}

void SynthesisJournal::add(int64_t image, const Json& note) {
  Json line = {{"image", image}};
  line.update(note);
  append_line(path_, line.dump());
  notes_[image] = std::move(line);
}

void SynthesisJournal::remove() { fs::remove(path_); }

}  // namespace mammograft
