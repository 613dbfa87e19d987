#include "prepare/csv.h"

#include "prepare/test_folder.h"

namespace mammograft {
namespace {

class CsvTest : public FolderTest {
 protected:
  CsvTable read(const std::string& text) {
    write_file(folder_ / "t.csv", text);
    return read_csv(folder_ / "t.csv");
  }
  std::string message_of(const std::string& text) {
    return error_of(ErrorKind::bad_input, [&] { read(text); });
  }
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

TEST_F(CsvTest, NamesTheLineOfWhatIsWrong) {
  EXPECT_CONTAINS(message_of(""), "t.csv: empty");
  EXPECT_CONTAINS(message_of("a,b\n1,2\n3\n"), "line 3: found 1 fields, expected 2");
  EXPECT_CONTAINS(message_of("a,b\n\"1,2\n"), "line 2: a quote is not closed");
  EXPECT_CONTAINS(message_of("a,b\n\"1\"x,2\n"), "line 2: found text after a closing quote");
  EXPECT_CONTAINS(message_of("a,a\n1,2\n"), "two columns have one name");
  EXPECT_CONTAINS(message_of("a,b\n1,2\nM\xFCller,3\n"), "line 3: found \"M\xFCller\"");
}

}  // namespace
}  // namespace mammograft
