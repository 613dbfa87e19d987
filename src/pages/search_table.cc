#include "pages/search_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/utf8.h"

namespace mammograft {

void SearchTable::add(const std::string& file, const std::vector<FoundMass>& found) {
  const auto counts = [&](const FoundMass& mass) { return mass.score >= min_score_; };
  rows_.push_back({file, static_cast<int>(std::count_if(found.begin(), found.end(), counts)),
                   found.empty() ? 0 : found.front().score});
}

std::string SearchTable::shown_words(size_t shown) const {
  const std::string limit = limit_.empty()
                                ? fmt::format("score {:.2f} and more", min_score_)
                                : fmt::format("{} (score {:.2f} and more)", limit_, min_score_);
  const std::string found = fmt::format("masses: {}, by {}", limit, model_);
  if (shown == rows_.size()) return found;
  return fmt::format("{}; the {} of {} files with the highest scores", found, shown, rows_.size());
}

std::string SearchTable::text(size_t most) const {
  std::vector<const Row*> shown;
  for (const Row& row : rows_) shown.push_back(&row);
  if (shown.size() > most) {
    std::stable_sort(shown.begin(), shown.end(),
                     [](const Row* a, const Row* b) { return a->best > b->best; });
    shown.resize(most);
  }
  size_t width = 4;
  for (const Row* row : shown) width = std::max(width, characters(row->file));
  std::string text = fmt::format("{:<{}}  masses  best\n", "file", width);
  for (const Row* row : shown) {
    const std::string blanks(width - characters(row->file), ' ');
    text += fmt::format("{}{}  {:>6}  {:.2f}\n", row->file, blanks, row->masses, row->best);
  }
  return text + shown_words(shown.size());
}

}  // namespace mammograft
