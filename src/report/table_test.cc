#include "report/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"

namespace mammograft {
namespace {

TEST(Csv, QuotesWhatMustBeQuoted) {
  EXPECT_EQ(csv_field("plain text"), "plain text");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
}

TEST(Table, GivesTheSameNumbersToCsvAndJson) {
  Table table{{{"name", "Name"}, {"x", "X", 2}, {"n", "N"}}, {}};
  table.rows.push_back({std::string("a,b"), 0.1, int64_t{3}});
  table.rows.push_back({std::string(), std::nan(""), Cell()});
  EXPECT_EQ(to_csv(table), "name,x,n\n\"a,b\",0.1,3\n,,\n");
  EXPECT_EQ(table_json(table).dump(),
            R"([{"name":"a,b","x":0.1,"n":3},{"name":"","x":null,"n":null}])");
  EXPECT_EQ(cell_text(table.rows[0][1], table.columns[1]), "0.10");
  EXPECT_EQ(cell_text(table.rows[1][1], table.columns[1]), "–");
  table.rows.push_back({int64_t{1}});
  EXPECT_THROW(to_csv(table), Error);
}

TEST(Table, CellsAreFiniteOrNotKnown) {
  EXPECT_EQ(finite_cell(0.5), Cell(0.5));
  EXPECT_EQ(finite_cell(std::nan("")), Cell());
  EXPECT_EQ(finite_cell(std::numeric_limits<double>::infinity()), Cell());
}

}  // namespace
}  // namespace mammograft
