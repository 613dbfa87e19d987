#include "pages/measure_section.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

TEST(MeasureSection, TablesHoldRealAndSyntheticSets) {
  HandMadeAssessment made;
  made.assessment.sets.pop_back();
  const auto tables = all_of<TableBlock>(measure_section(made.assessment, made.options).blocks);
  ASSERT_EQ(tables.size(), 5u);
  EXPECT_EQ(to_csv(tables[0].table),
            "set,contrast,ratio,median,slope,correlation,invisible\n"
            "real,6.25,,,,,\n"
            "blend,3.12,0.500 (0.375–0.625),0.25,0.750 (0.688–0.812),0.88,12 %\n");
  EXPECT_EQ(to_csv(tables[1].table),
            "set,masses,seam,hf,before,after,share\n"
            "real,3,1.25 (0.50–2.00),1.00 (0.75–1.75),,,\n"
            "blend,8,2.25 (1.50–3.00),0.50 (0.25–1.50),0.195 %,0.098 %,0.391 %\n");
  EXPECT_EQ(to_csv(tables[2].table),
            "set,spread,shift,distance\n"
            "real,1.00 (0.50–2.00),,\n"
            "blend,1.00 (0.50–3.00),0.125 (-0.250–0.500),0.1875\n");
  EXPECT_EQ(to_csv(tables[3].table),
            "set,spread,shift,distance\n"
            "real,0.38 (0.25–1.00),,\n"
            "blend,0.75 (0.50–1.00),0.250 (0.125–0.375),0.5\n");
  EXPECT_EQ(to_csv(tables[4].table),
            "set,fine,coarse,background,all,all_background,points,survival\n"
            "blend,0.750 (0.500–1.000),0.875 (0.750–1.000),\"0.25, 0.12\",\"0.50, 0.62\","
            "\"0.38, –\",8,"
            "0.625 (0.500–0.750)\n");
}

TEST(MeasureSection, SaysHowFarFromTheMaskItLooked) {
  HandMadeAssessment made;
  made.options.dilation_mm = 0.75;
  const auto tables = all_of<TableBlock>(measure_section(made.assessment, made.options).blocks);
  EXPECT_NE(tables[1].caption.find("0.75 mm"), std::string::npos);
}

TEST(MeasureSection, WarnsOfMassesAndBackgroundsThatAreMissing) {
  HandMadeAssessment made;
  made.assessment.sets[1].unknown_backgrounds = 4;
  const auto warnings = all_of<Paragraph>(measure_section(made.assessment, made.options).blocks);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_EQ(warnings[0].text.substr(0, 14), "real: 1 masses");
  EXPECT_EQ(warnings[1].text.substr(0, 18), "pie: 4 backgrounds");
  EXPECT_TRUE(warnings[0].warning && warnings[1].warning);
}

TEST(MeasureSection, WritesADashForWhatIsNotKnown) {
  HandMadeAssessment made;
  made.assessment.sets[0].seam.median = kUnknown;
  made.assessment.sets[0].transfer.median_ratio = kUnknown;
  const auto tables = all_of<TableBlock>(measure_section(made.assessment, made.options).blocks);
  EXPECT_EQ(tables[0].table.rows[1][3], Cell("–"));
  EXPECT_EQ(tables[1].table.rows[1][2], Cell("–"));
}

}  // namespace
}  // namespace mammograft
