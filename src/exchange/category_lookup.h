// The categories of a truth, found by what the files of others call them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

class CategoryLookup {
 public:
  // `fallback`: the name for where a file says nothing; empty: the truth's only category.
  // Throws usage where the truth has none of that name.
  CategoryLookup(const Cohort& truth, const std::string& fallback);

  // A name (in any case), or an id. Throws bad_input beginning with `where`.
  int64_t find(const std::string& text, const std::string& where) const;

  // Of a file that says nothing. Throws bad_input where there is no fallback.
  int64_t unsaid(const std::string& where) const;

  // A class as networks count them: the truth's categories by ascending id, from 0.
  int64_t of_class(int64_t index, const std::string& where) const;

 private:
  std::string known() const;

  std::vector<Category> categories_;  // by ascending id
  std::string fallback_;
};

}  // namespace mammograft
