#include "pages/told_apart_section.h"

#include <gtest/gtest.h>

#include "pages/assessment_tables.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

TEST(ToldApartSection, HoldsTheAreaOfEverySet) {
  HandMadeAssessment made;
  made.assessment.sets[1].auc.value = kUnknown;
  made.assessment.sets[1].auc.interval = {kUnknown, kUnknown};
  const Section section = told_apart_section(made.assessment, made.options);
  const auto headlines = only<std::vector<Headline>>(section);
  ASSERT_EQ(headlines.size(), 3u);
  EXPECT_EQ(headlines[0].value, "0.625");
  EXPECT_EQ(headlines[0].label, "AUC, blend");
  EXPECT_EQ(headlines[0].note, "interval 0.500 to 0.750");
  EXPECT_EQ(headlines[1].value, "–");
  EXPECT_EQ(headlines[1].note, "no interval");
  EXPECT_EQ(headlines[2].value, "3");  // real masses
  EXPECT_EQ(headlines[2].note, "2 folds by patient");
  const auto tables = all_of<TableBlock>(section.blocks);
  ASSERT_EQ(tables.size(), 3u);
  EXPECT_EQ(to_csv(tables[0].table),
            "set,auc,seeds,tested,real,two\n"
            "blend,0.625 (0.500–0.750),0.50 · 0.75,6 of 8,2 of 3,2\n"
            "pie,–,0.50 · 0.75,6 of 1,2 of 3,2\n");
  const std::string line =
      ",0.750 (0.625–0.875),0.500 (0.375–0.750),0.562 (0.375–0.750),"
      "0.688 (0.375–0.750),0.500 (0.375–0.750),0.625 (0.375–0.750)\n";
  EXPECT_EQ(to_csv(tables[1].table),
            "set,all,inside,rim,body,edges,place\nblend" + line + "pie" + line);
  EXPECT_EQ(to_csv(tables[2].table), to_csv(difference_table(made.assessment)));
}

TEST(ToldApartSection, SaysHowItWasMeasured) {
  HandMadeAssessment made;
  made.assessment.differences.clear();
  made.options.classifier.seeds = 5;
  made.options.resamples = 123;
  const Section with = told_apart_section(made.assessment, made.options);
  const auto texts = all_of<Paragraph>(with.blocks);
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_NE(texts[0].text.find("over 5 seeds"), std::string::npos);
  EXPECT_NE(texts[1].text.find("95 %, 123 bootstrap"), std::string::npos);
  EXPECT_EQ(all_of<TableBlock>(with.blocks).size(), 2u);
  made.options.resamples = 0;
  EXPECT_EQ(all_of<Paragraph>(told_apart_section(made.assessment, made.options).blocks).size(), 1u);
}

}  // namespace
}  // namespace mammograft
