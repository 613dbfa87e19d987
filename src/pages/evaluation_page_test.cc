#include "pages/evaluation_page.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

std::vector<std::string> titles(const Page& page) {
  std::vector<std::string> titles;
  for (const Section& section : page.sections) titles.push_back(section.title);
  return titles;
}

Page page_of(const EvaluateResult& result, const EvaluationBackground& background = {}) {
  return evaluation_page(result, {}, background, no_drawing);
}

using Titles = std::vector<std::string>;

TEST(EvaluationPage, HasItsSections) {
  EvaluateResult result = hand_made_evaluation();
  EXPECT_EQ(titles(page_of(result)), (Titles{"Result", "FROC", "Figures of merit", "Cases",
                                             "Scores as chances", "Data", "Configuration"}));
  EvaluationBackground background;
  background.training = training_curves({{"loss", {1}, {2}}, {"learning_rate", {1}, {0.5}}});
  const Page page = page_of(result, background);
  EXPECT_EQ(titles(page), (Titles{"Result", "FROC", "Figures of merit", "Cases",
                                  "Scores as chances", "Data", "Training", "Configuration"}));
  const auto figures = all_of<Figure>(page.sections[6].blocks);
  ASSERT_EQ(figures.size(), 2u);
  EXPECT_EQ(figures[0].name, "training");
  EXPECT_EQ(figures[1].name, "learning_rate");
  background.grafts = Section{"Grafts", {Paragraph{"how they look"}}};
  EXPECT_EQ(page_of(result, background).sections[2].title, "Grafts");
}

TEST(EvaluationPage, HasCasesForEachResultOrNone) {
  EvaluateResult result = hand_made_evaluation();
  result.sets.push_back(hand_made_set());
  result.sets[1].name = "theirs";
  EXPECT_EQ(titles(page_of(result)),
            (Titles{"Result", "FROC", "Figures of merit", "Cases: ours", "Cases: theirs",
                    "Scores as chances", "Data", "Configuration"}));
  EvaluationReportOptions options;
  options.cases = 0;
  options.title = "A title";
  const Page page = evaluation_page(result, options, {}, no_drawing);
  EXPECT_EQ(titles(page), (Titles{"Result", "FROC", "Figures of merit", "Scores as chances", "Data",
                                  "Configuration"}));
  EXPECT_EQ(page.title, "A title");
}

TEST(EvaluationPage, ShowsTheOptionsAndTheConfigurationOfTheRun) {
  EvaluateResult result = hand_made_evaluation();
  result.options.matching.threshold = 0.25;
  EvaluationBackground background;
  background.configuration = {{"detector", "light"}};
  const auto shown = all_of<Collapsed>(page_of(result, background).sections.back().blocks);
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(shown[0].json["threshold"], 0.25);
  EXPECT_EQ(shown[1].json["detector"], "light");
  EXPECT_EQ(page_of(result).sections.back().blocks.size(), 1u);
}

}  // namespace
}  // namespace mammograft
