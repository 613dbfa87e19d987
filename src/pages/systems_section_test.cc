#include "pages/systems_section.h"

#include <gtest/gtest.h>

#include "pages/system_tables.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

// Two systems, one figure each, and their difference.
EvaluateResult two_systems() {
  EvaluateResult result = hand_made_evaluation();
  Reading& reading = result.sets[0].reading;
  reading.patients = 1;
  reading.images = {{0, 0, -1, true, true}};
  reading.cases = {{"p/1", 0}};
  reading.targets = {{0, {0}}};
  reading.marks = {{0.9, 0, 0}};
  const FigureName cpm{"cpm", "CPM"};
  result.comparison.systems = {
      {"ours", {0}, {{cpm, 0.75, {0.625, 0.875}, {0.5, 1}}}},
      {"theirs", {1, 2}, {{cpm, 0.5, {kUnknown, kUnknown}, {kUnknown, kUnknown}}}}};
  SystemDifference difference{0, 1, cpm, 0.25, {0.125, 0.375}, 0.25, 0.0004, 0.0625, 0.125, true};
  result.comparison.differences = {difference};
  result.comparison.notes = {"a note"};
  return result;
}

const Table& table_at(const Section& section, size_t block) {
  return std::get<TableBlock>(section.blocks.at(block)).table;
}

TEST(SystemsSection, LeavesOutWhatNoSystemHas) {
  EvaluateResult result = two_systems();
  for (SystemResult& system : result.comparison.systems)
    system.figures.push_back({{"afroc", "AFROC area"}, kUnknown, {kUnknown, kUnknown}});
  EXPECT_EQ(table_at(figures_section(result, no_drawing), 0).rows.size(), 1u);
  result.comparison.systems[1].figures[1].value = 0.5;
  EXPECT_EQ(table_at(figures_section(result, no_drawing), 0).rows.size(), 2u);
}

TEST(SystemsSection, HasAColumnForEachSystem) {
  EXPECT_EQ(to_csv(table_at(figures_section(two_systems(), no_drawing), 0)),
            "figure,value,value\nCPM,0.750 (0.625–0.875),0.500\n");
}

TEST(SystemsSection, TestsDifferences) {
  EvaluateResult result = two_systems();
  const Section section = figures_section(result, no_drawing);
  EXPECT_EQ(to_csv(table_at(section, 3)),
            "pair,figure,difference,p,holm\n"
            "ours minus theirs,CPM,0.250 (0.125–0.375),< 0.001,0.062\n");
  EXPECT_TRUE(std::get<Paragraph>(section.blocks.at(4)).warning);
  result.options.margin = 0.05;
  EXPECT_EQ(table_at(figures_section(result, no_drawing), 3).rows[0].back(),
            Cell(std::string("yes")));
}

TEST(SystemsSection, PrintsFoldsAsPapersDo) {
  EvaluateResult result = hand_made_evaluation();
  EXPECT_TRUE(folds_section(result).blocks.empty());
  SetResult& set = result.sets[0];
  set.folds = {{"a.json", "b.json"}, {{0.25, 0.75}, {0.5, kUnknown}}, {0.5, 0.5}, {0.25, kUnknown}};
  const Section section = folds_section(result);
  EXPECT_EQ(to_csv(table_at(section, 0)),
            "fppi,folds,pooled,quoted\n"
            "0.25,0.500 ± 0.250,0.500 (0.125–0.875),–\n"
            "0.5,0.500,0.500,0.91 ± 0.07\n");
  EXPECT_EQ(to_csv(fold_table(result)),
            with_rule("result,fppi_limit,fold,tpr,deviation\n"
                      "ours,0.25,a.json,0.25,\nours,0.25,b.json,0.75,\nours,0.25,mean,0.5,0.25\n"
                      "ours,0.5,a.json,0.5,\nours,0.5,b.json,,\nours,0.5,mean,0.5,\n"));
}

TEST(SystemsSection, WarnsWhereTheQuotedRuleWasAnother) {
  EvaluateResult result = hand_made_evaluation();
  result.sets[0].folds = {{"a", "b"}, {{0, 1}, {0, 1}}, {0.5, 0.5}, {0.7, 0.7}};
  const auto caution = [&] {
    return std::get<Paragraph>(folds_section(result).blocks.back()).text;
  };
  EXPECT_EQ(caution().find("rule is another"), std::string::npos);
  result.options.matching.rule = "centre";
  EXPECT_NE(caution().find("rule is another"), std::string::npos);
}

TEST(SystemTables, HaveARowForEachFigureAndPair) {
  EXPECT_EQ(to_csv(figure_table(two_systems())),
            with_rule("system,figure,title,value,low,high,delong_low,delong_high,runs\n"
                      "ours,cpm,CPM,0.75,0.625,0.875,0.5,1,1\ntheirs,cpm,CPM,0.5,,,,,2\n"));
  EXPECT_EQ(
      to_csv(difference_table(two_systems())),
      with_rule(
          "first,second,figure,difference,low,high,p_bootstrap,p_permutation,p_holm,p_delong\n"
          "ours,theirs,cpm,0.25,0.125,0.375,0.25,0.0004,0.0625,0.125\n"));
}

}  // namespace
}  // namespace mammograft
