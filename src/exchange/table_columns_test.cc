#include "exchange/table_columns.h"

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

class TableColumnsTest : public testing::Test {
 protected:
  TableColumns columns(const std::string& header, const std::vector<std::string>& given = {}) {
    write_file(folder_ / "t.csv", header + "\n");
    return TableColumns(CsvReader(folder_ / "t.csv"), given, "t.csv");
  }

 private:
  TestFolder folder_;
};

TEST_F(TableColumnsTest, KnowsNamesInAnyCase) {
  const TableColumns table = columns(" Image-ID ,CONFIDENCE,Class.Name,extra");
  EXPECT_EQ(table.find("image"), 0u);
  EXPECT_EQ(table.find("score"), 1u);
  EXPECT_EQ(table.find("category"), 2u);
  EXPECT_FALSE(table.find("patient"));
  EXPECT_EQ(table.name_of(0), "image_id");
  EXPECT_EQ(table.need("score"), 1u);
  EXPECT_ERROR(table.need("view"), bad_input,
               "t.csv: found the columns image_id, confidence, class_name, extra, expected one for "
               "view (view, view_position, image_view)");
}

// Names of files are never somebody else's numbering.
TEST_F(TableColumnsTest, PrefersFileNamesToIds) {
  EXPECT_EQ(columns("image_id,file_name,score").find("image"), 1u);
}

TEST_F(TableColumnsTest, WhatIsGivenComesFirst) {
  const TableColumns table = columns("score,p(mass)", {"score = P(mass)"});
  EXPECT_EQ(table.find("score"), 1u);
  EXPECT_TRUE(table.is_given("score"));
  EXPECT_FALSE(table.is_given("image"));
  EXPECT_ERROR(columns("a", {"score=b"}), bad_input, "t.csv: found the columns a, expected b");
  EXPECT_ERROR(columns("a", {"a"}), usage, "found \"a\", expected WHAT=COLUMN with one of box, ");
  EXPECT_ERROR(columns("a", {"points=a"}), usage, "found \"points=a\"");
}

}  // namespace
}  // namespace mammograft
