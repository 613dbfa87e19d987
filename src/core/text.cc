#include "core/text.h"

#include <algorithm>
#include <cctype>

namespace mammograft {
namespace {

// How many characters differ between two names (Levenshtein).
size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string upper_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string trimmed(const std::string& text, std::string_view blanks) {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return "";
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& names) {
  std::string nearest;
  size_t fewest = name.size() / 3 + 2;
  for (const std::string& other : names) {
    const size_t distance = edit_distance(name, other);
    if (distance >= fewest) continue;
    nearest = other;
    fewest = distance;
  }
  return nearest.empty() ? "" : "; did you mean " + nearest + "?";
}

}  // namespace mammograft
