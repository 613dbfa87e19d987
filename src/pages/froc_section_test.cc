#include "pages/froc_section.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

std::vector<Table> tables_of(const EvaluateResult& result) {
  std::vector<Table> tables;
  for (const TableBlock& block : all_of<TableBlock>(froc_section(result, no_drawing).blocks)) {
    tables.push_back(block.table);
  }
  return tables;
}

TEST(FrocSection, ShowsTheFigureThatWasDrawn) {
  std::vector<std::string> drawn;
  const Section section = froc_section(hand_made_evaluation(), [&](const Plot& plot) {
    drawn.push_back(plot.name);
    return std::string("<svg>it</svg>");
  });
  EXPECT_EQ(drawn, std::vector<std::string>{"froc"});
  EXPECT_EQ(only<Figure>(section).svg, "<svg>it</svg>");
  EXPECT_EQ(only<Figure>(section).name, "froc");
}

TEST(FrocSection, TablesHoldOperatingPointsAndGroups) {
  const std::vector<Table> tables = tables_of(hand_made_evaluation());
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(to_csv(tables[0]),
            "fppi,tpr,found,alarms,threshold\n"
            "0.25,0.500 (0.125–0.875),1 of 2,1,0.7\n"
            "0.5,0.500,1 of 2,2,0.4\n");
  EXPECT_EQ(to_csv(tables[1]),
            "by,group,masses,tpr,tpr\n"
            "size,0-5 mm,1,1.000 (0.250–1.000),1.000\n"
            "size,5-10 mm,1,0.000 (0.000–0.750),0.000\n");
}

TEST(FrocSection, GroupsAreShownAtTheUsualPointsOfMany) {
  EvaluateResult result = hand_made_evaluation();
  SetResult& set = result.sets[0];
  set.operating_points.clear();
  for (double limit : {0.1, 0.25, 0.5, 0.8, 1.0, 2.0, 4.0})
    set.operating_points.push_back({limit, {}, {}});
  set.groups = {{"view", "CC", {1, 1}, 2, std::vector<int>(7), {0, 1, 2, 3, 4, 5, 6}, {}}};
  set.groups[0].bounds.assign(7, {kUnknown, kUnknown});
  EXPECT_EQ(to_csv(tables_of(result)[1]),
            "by,group,masses,tpr,tpr,tpr,tpr\nview,CC,2,1.000,2.000,4.000,5.000\n");
  set.groups.clear();
  EXPECT_EQ(tables_of(result).size(), 1u);
}

TEST(FrocSection, SaysTheRulesThatWereUsed) {
  EvaluateOptions options;
  EXPECT_NE(rule_text(options).find("boxes overlap with IoU > 0.5"), std::string::npos);
  EXPECT_NE(rule_text(options).find("95 %, 2000 bootstrap"), std::string::npos);
  EXPECT_NE(rule_text(options).find("over all images"), std::string::npos);
  options.matching.rule = "mask-iou";
  options.matching.threshold = 0.25;
  options.matching.duplicates_count = true;
  options.fppi_over = "normal";
  options.bootstrap.resamples = 0;
  EXPECT_NE(rule_text(options).find("masks overlap with IoU > 0.25"), std::string::npos);
  EXPECT_NE(rule_text(options).find("mass are false positives"), std::string::npos);
  EXPECT_NE(rule_text(options).find("normal images only"), std::string::npos);
  EXPECT_EQ(rule_text(options).find("bootstrap"), std::string::npos);
  options.matching.rule = "centre";
  EXPECT_EQ(rule_text(options).find("IoU"), std::string::npos);
  options.matching.rule = "distance";
  EXPECT_NE(rule_text(options).find("at most 10 mm apart"), std::string::npos);
  options.unit = "breast";
  EXPECT_NE(rule_text(options).find("A breast with masses is found when"), std::string::npos);
  options.fppi_over = "unmatched";
  EXPECT_NE(rule_text(options).find("without a mass only"), std::string::npos);
}

TEST(FrocSection, WarnsOfGroupsThatAreSmall) {
  EvaluateResult result = hand_made_evaluation();
  const auto warnings = [&] {
    std::string text;
    for (const Paragraph& one : all_of<Paragraph>(froc_section(result, no_drawing).blocks))
      if (one.warning) text += one.text;
    return text;
  };
  EXPECT_NE(warnings().find("size 0-5 mm (1), size 5-10 mm (1)"), std::string::npos);
  for (GroupResult& group : result.sets[0].groups) group.masses = 20;
  EXPECT_EQ(warnings(), "");
}

}  // namespace
}  // namespace mammograft
