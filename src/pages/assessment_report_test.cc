#include "pages/assessment_report.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"
#include "pages/assessment_tables.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

TEST(AssessmentReport, ChecksItsOptions) {
  AssessmentReportOptions options;
  check(options, {"blend", "pie"});
  options.reader = "pie";
  check(options, {"blend", "pie"});
  EXPECT_ERROR(check(options, {"blend"}), usage, "pie");
  options = {};
  options.reader_px = 8;
  EXPECT_ERROR(check(options, {"blend"}), usage, "reader_px: found 8");
  options = {};
  options.gallery = -1;
  EXPECT_ERROR(check(options, {"blend"}), usage, "gallery");
}

TEST(AssessmentReport, PageHasItsSections) {
  HandMadeAssessment made;
  AssessmentReportOptions options;
  options.title = "A title";
  const auto titles = [&] {
    std::vector<std::string> titles;
    for (const Section& section : assessment_page(made.run(), options).sections) {
      titles.push_back(section.title);
    }
    return titles;
  };
  EXPECT_EQ(titles(), (std::vector<std::string>{"Told apart", "Measures", "Windows",
                                                "By the networks' scores", "Configuration"}));
  options.gallery = 0;
  EXPECT_EQ(titles(), (std::vector<std::string>{"Told apart", "Measures", "Configuration"}));
  EXPECT_EQ(assessment_page(made.run(), options).title, "A title");
  made.options.told_apart = false;
  EXPECT_EQ(titles(), (std::vector<std::string>{"Measures", "Configuration"}));
  options.gallery = 1;
  EXPECT_EQ(titles(), (std::vector<std::string>{"Measures", "Windows", "Configuration"}));
}

TEST(AssessmentReport, WritesThePagesAndTheFilesBesideThem) {
  HandMadeAssessment made;
  const TestFolder folder;
  AssessmentReportOptions options;
  options.reader_px = 16;
  options.reader = "pie";
  write_assessment_report(made.run(), options, folder.path());
  EXPECT_EQ(read_file(folder / "assessment.csv"), to_csv(assessment_table(made.assessment)));
  EXPECT_EQ(read_file(folder / "differences.csv"), to_csv(difference_table(made.assessment)));
  EXPECT_EQ(read_file(folder / "masses.csv"), to_csv(assessed_mass_table(made.assessment)));
  EXPECT_EQ(read_json(folder / "assessment.json")["sets"].size(), 2u);
  EXPECT_NE(read_file(folder / "report.html").find("AUC, blend"), std::string::npos);
  EXPECT_NE(read_file(folder / "reader.html").find("set: pie"), std::string::npos);
}

TEST(AssessmentReport, WritesNoReadersPageWithoutMasses) {
  HandMadeAssessment made;
  const TestFolder folder;
  AssessmentReportOptions options;
  options.reader_count = 0;
  options.gallery = 0;
  write_assessment_report(made.run(), options, folder.path());
  EXPECT_FALSE(fs::exists(folder / "reader.html"));
  EXPECT_TRUE(made.painted.empty());
}

}  // namespace
}  // namespace mammograft
