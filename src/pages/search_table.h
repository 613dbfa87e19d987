// What was found in which file, for a terminal.
#pragma once

#include <string>
#include <vector>

#include "detect/found_mass.h"

namespace mammograft {

class SearchTable {
 public:
  // Masses count from this score on; `limit`: it in words, "0.5 false positives an image"; empty:
  // the score is named. `model`: what found them, by name.
  SearchTable(double min_score, std::string limit, std::string model)
      : min_score_(min_score), limit_(std::move(limit)), model_(std::move(model)) {}

  void add(const std::string& file, const std::vector<FoundMass>& found);  // by falling score

  // A line a file, in the order of add(); of more than `most` those with the highest scores.
  std::string text(size_t most = 20) const;

 private:
  struct Row {
    std::string file;
    int masses = 0;
    double best = 0;  // highest score, also below the limit; 0: nothing at all
  };
  std::string shown_words(size_t shown) const;

  double min_score_;
  std::string limit_, model_;
  std::vector<Row> rows_;
};

}  // namespace mammograft
