#include "exchange/category_lookup.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "exchange/cell.h"

namespace mammograft {

CategoryLookup::CategoryLookup(const Cohort& truth, const std::string& fallback)
    : categories_(truth.categories), fallback_(fallback) {
  std::sort(categories_.begin(), categories_.end(),
            [](const Category& a, const Category& b) { return a.id < b.id; });
  if (!fallback.empty()) {
    const bool is_known =
        std::any_of(categories_.begin(), categories_.end(), [&](const Category& category) {
          return lower_case(category.name) == lower_case(fallback);
        });
    if (!is_known)
      fail(ErrorKind::usage, "default_category: found {}, expected one of {}", fallback, known());
  }
}

std::string CategoryLookup::known() const {
  std::vector<std::string> names;
  for (const Category& category : categories_)
    names.push_back(fmt::format("{} ({})", category.name, category.id));
  return fmt::format("{}", fmt::join(names, ", "));
}

int64_t CategoryLookup::find(const std::string& text, const std::string& where) const {
  const std::string name = lower_case(trimmed(text));
  for (const Category& category : categories_) {
    if (lower_case(category.name) == name) return category.id;
  }
  const std::optional<int64_t> id = integer_of(text);
  for (const Category& category : categories_) {
    if (id == category.id) return category.id;
  }
  fail(ErrorKind::bad_input, "{}: found {}, expected one of the truth's: {}", where, text, known());
}

int64_t CategoryLookup::unsaid(const std::string& where) const {
  if (!fallback_.empty()) return find(fallback_, where);
  if (categories_.size() == 1) return categories_.front().id;
  fail(ErrorKind::bad_input,
       "{}: no category, and the truth has several: {} (default_category says which)", where,
       known());
}

int64_t CategoryLookup::of_class(int64_t index, const std::string& where) const {
  if (index >= 0 && index < static_cast<int64_t>(categories_.size()))
    return categories_[static_cast<size_t>(index)].id;
  fail(ErrorKind::bad_input, "{}: found class {}, expected 0 to {}: {}", where, index,
       static_cast<int64_t>(categories_.size()) - 1, known());
}

}  // namespace mammograft
