#include "pages/search_table.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

std::vector<FoundMass> masses(const std::vector<double>& scores) {
  std::vector<FoundMass> found;
  for (double score : scores) {
    found.emplace_back();
    found.back().score = score;
  }
  return found;
}

TEST(SearchTable, HasALineAFile) {
  SearchTable table(0.2, "", "masses.safetensors");
  table.add("scans/a.dcm", masses({0.91, 0.2, 0.1}));
  table.add("b\u00e9.png", masses({0.05}));
  table.add("c.png", {});
  EXPECT_EQ(table.text(),
            "file         masses  best\n"
            "scans/a.dcm       2  0.91\n"
            "b\u00e9.png            0  0.05\n"
            "c.png             0  0.00\n"
            "masses: score 0.20 and more, by masses.safetensors");
}

TEST(SearchTable, NamesItsOperatingPoint) {
  SearchTable table(0.37, "0.5 false positives an image", "cbis-ddsm-light 0.2.0");
  table.add("a", {});
  EXPECT_TRUE(table.text().ends_with(
      "masses: 0.5 false positives an image (score 0.37 and more), by cbis-ddsm-light 0.2.0"));
}

TEST(SearchTable, ShowsTheHighestOfMany) {
  SearchTable table(0.2, "", "masses.safetensors");
  for (int i = 0; i < 30; ++i) table.add(std::to_string(i), masses({0.01 * i}));
  const std::string text = table.text(2);
  EXPECT_TRUE(text.starts_with("file  masses  best\n29         1  0.29\n28         1  0.28\n"));
  EXPECT_TRUE(text.ends_with("; the 2 of 30 files with the highest scores"));
}

}  // namespace
}  // namespace mammograft
