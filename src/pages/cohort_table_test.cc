#include "pages/cohort_table.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

std::string value_of(const Table& table, const std::string& what) {
  for (const auto& row : table.rows) {
    if (row[0] == Cell(what)) return std::get<std::string>(row[1]);
  }
  return "no such row";
}

TEST(CohortTable, CountsWhatTheCohortHolds) {
  const Table table = cohort_table(summarize(two_patients()));
  EXPECT_EQ(value_of(table, "patients"), "2, 2 with a mass");
  EXPECT_EQ(value_of(table, "images"), "4 (mass 2, normal 2)");
  EXPECT_EQ(value_of(table, "views"), "CC 2, MLO 2");
  EXPECT_EQ(value_of(table, "masses"), "2 (contour 2)");
  EXPECT_EQ(value_of(table, "size of masses, mm"), "median 5.0, 4.0 to 6.0");
}

TEST(CohortTable, HasNoSizesWhereNoneIsKnown) {
  Cohort cohort = two_patients();
  for (Annotation& mass : cohort.annotations) mass.size_mm.reset();
  EXPECT_EQ(value_of(cohort_table(summarize(cohort)), "size of masses, mm"), "no such row");
}

}  // namespace
}  // namespace mammograft
