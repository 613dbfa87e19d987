#include "core/work_journal.h"

#include <sstream>

#include "core/files.h"

namespace mammograft {

WorkJournal::WorkJournal(Names names, const Json& description) : names_(std::move(names)) {
  const fs::path& file = names_.file;
  std::string text = fs::exists(file) ? read_file(file) : std::string();
  text.resize(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
  if (text.empty()) text = description.dump() + "\n";
  write_file(file, text);  // without the line that was cut short
  read(text, description);
}

void WorkJournal::read(const std::string& text, const Json& description) {
  std::istringstream lines(text);
  std::string line;
  int number = 0;
  while (std::getline(lines, line)) {
    ++number;
    const Json json = parse_json(line, fmt::format("{}: line {}", names_.file.string(), number));
    if (number > 1) {
      const JsonView view(json, fmt::format("{}: line {}", names_.file.string(), number));
      notes_[view.integer(names_.piece.c_str())] = json;
      continue;
    }
    if (json == description) continue;
    if (names_.begins_anew) {
      write_file(names_.file, description.dump() + "\n");
      return;
    }
    for (const auto& [key, value] : description.items()) {
      if (json.contains(key) && json[key] == value) continue;
      fail(ErrorKind::usage,
           "{}: an unfinished {} with another {} lies here; use another --out, or --force to begin "
           "anew",
           names_.file.parent_path().string(), names_.work, key);
    }
  }
}

Json WorkJournal::note(int64_t piece) const {
  const auto found = notes_.find(piece);
  return found == notes_.end() ? Json() : found->second;
}

void WorkJournal::add(int64_t piece, const Json& note) {
  Json line = {{names_.piece, piece}};
  line.update(note);
  const std::string text = line.dump();
  const std::lock_guard<std::mutex> alone(adding_);
  append_line(names_.file, text);
  notes_[piece] = std::move(line);
}

void WorkJournal::remove() { fs::remove(names_.file); }

}  // namespace mammograft
