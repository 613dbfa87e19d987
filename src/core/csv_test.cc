#include "core/csv.h"

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

class CsvTest : public testing::Test {
 protected:
  CsvTable read(const std::string& text) { return read_csv(file(text)); }
  fs::path file(const std::string& text) {
    write_file(folder_ / "t.csv", text);
    return folder_ / "t.csv";
  }

 private:
  TestFolder folder_;
};

TEST_F(CsvTest, ReadsQuotesBreaksAndSeparators) {
  const CsvTable table = read(
      "\xEF\xBB\xBF"
      "a,b\r\n\"x, \"\"y\"\"\",2\r\n\n3,\"4\n5\"");
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table.rows[0].at("a"), "x, \"y\"");
  EXPECT_EQ(table.rows[1].at("b"), "4\n5");
  EXPECT_EQ(read("a;b\n1,5;2\n").rows[0].at("a"), "1,5");
}

TEST_F(CsvTest, SeparatesByWhatTheHeaderHoldsMostOften) {
  EXPECT_EQ(read("a\tb, c\td\n1\t2\t3\n").rows[0].at("b, c"), "2");
  EXPECT_EQ(read("a;\"x,y,z\";b\n1;2;3\n").rows[0].at("x,y,z"), "2");
  EXPECT_EQ(read("alone\n1;2\n").rows[0].at("alone"), "1;2");
  CsvReader semicolons(file("a;b\n1;2\n"));
  EXPECT_EQ(semicolons.separator(), ';');
}

TEST_F(CsvTest, GivesTheLineOnWhichARowBegins) {
  CsvReader reader(file("a,b\n\n1,\"x\ny\"\n2,z\n"));
  std::vector<int> lines;
  while (reader.next()) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<int>{3, 5}));
  EXPECT_FALSE(reader.next());
}

TEST_F(CsvTest, NamesTheLineOfWhatIsWrong) {
  EXPECT_ERROR(read(""), bad_input, "t.csv: empty");
  EXPECT_ERROR(read("\xEF\xBB\xBF"), bad_input, "t.csv: empty");
  EXPECT_ERROR(read("a,b\n1,2\n3\n"), bad_input, "line 3: found 1 fields, expected 2");
  EXPECT_ERROR(read("a,b\n\"1,2\n"), bad_input, "line 2: a quote is not closed");
  EXPECT_ERROR(read("a,b\n\"1\"x,2\n"), bad_input, "line 2: found text after a closing quote");
  EXPECT_ERROR(read("a,a\n1,2\n"), bad_input, "two columns have one name");
  EXPECT_ERROR(read("a,b\n1,2\nM\xFCller,3\n"), bad_input, "line 3: found \"M\\xfcller\"");
}

}  // namespace
}  // namespace mammograft
