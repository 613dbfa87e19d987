#include "evaluate/free_response_area.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "evaluate/free_response_testing.h"

namespace mammograft {
namespace {

double psi(double x, double y) { return x < y ? 1 : x == y ? 0.5 : 0; }

double slow_highest_false(const MarkedCase& one) {
  double highest = -INFINITY;
  for (const double mark : one.false_marks) highest = std::max(highest, mark);
  return highest;
}

double slow_highest(const MarkedCase& one) {
  double highest = slow_highest_false(one);
  for (const MarkedLesion& lesion : one.lesions) highest = std::max(highest, lesion.rating);
  return highest;
}

double slow_afroc(const FreeResponse& cases, bool weighted, bool all_cases) {
  double sum = 0, false_cases = 0, lesions = 0, diseased = 0;
  for (const MarkedCase& one : cases) {
    false_cases += one.lesions.empty() || all_cases;
    diseased += !one.lesions.empty();
    lesions += static_cast<double>(one.lesions.size());
  }
  for (const MarkedCase& k : cases) {
    if (!k.lesions.empty() && !all_cases) continue;
    for (const MarkedCase& j : cases) {
      for (const MarkedLesion& lesion : j.lesions) {
        sum += (weighted ? lesion.weight : 1) * psi(slow_highest_false(k), lesion.rating);
      }
    }
  }
  return sum / false_cases / (weighted ? diseased : lesions);
}

double slow_lroc(const FreeResponse& cases) {
  double sum = 0, normal = 0, diseased = 0;
  for (const MarkedCase& one : cases) (one.lesions.empty() ? normal : diseased) += 1;
  for (const MarkedCase& k : cases) {
    for (const MarkedCase& j : cases) {
      if (!k.lesions.empty() || j.lesions.empty()) continue;
      if (slow_highest(j) > slow_highest_false(j))
        sum += psi(slow_highest_false(k), slow_highest(j));
    }
  }
  return sum / normal / diseased;
}

TEST(FreeResponseArea, EqualsTheDefinitionsOnRandomData) {
  Rng rng(5);
  for (int round = 0; round < 100; ++round) {
    const FreeResponse cases = random_free_response(rng, 30 + round);
    ASSERT_NEAR(afroc_area(cases).value(), slow_afroc(cases, false, false), 1e-12);
    ASSERT_NEAR(afroc1_area(cases).value(), slow_afroc(cases, false, true), 1e-12);
    ASSERT_NEAR(wafroc_area(cases).value(), slow_afroc(cases, true, false), 1e-12);
    ASSERT_NEAR(wafroc1_area(cases).value(), slow_afroc(cases, true, true), 1e-12);
    ASSERT_NEAR(lroc_area(cases).value(), slow_lroc(cases), 1e-12);
  }
}

// Each case as often as its patient is drawn.
FreeResponse redrawn_cases(const FreeResponse& cases, const Times& times) {
  FreeResponse drawn;
  for (const MarkedCase& one : cases) {
    drawn.insert(drawn.end(), static_cast<size_t>(times[static_cast<size_t>(one.patient)]), one);
  }
  return drawn;
}

TEST(FreeResponseArea, CountsEverythingOfAPatientAsOftenAsItWasDrawn) {
  Rng rng(6);
  const FreeResponse cases = random_free_response(rng, 60);
  TimesBlock block(30);
  Times times;
  for (int p = 0; p < 30; ++p) times.push_back(static_cast<int>(rng.integer(3)));
  block.set(9, times);
  const FreeResponse drawn = redrawn_cases(cases, times);
  EXPECT_NEAR(afroc_area(cases).at(block)[9], slow_afroc(drawn, false, false), 1e-12);
  EXPECT_NEAR(wafroc_area(cases).at(block)[9], slow_afroc(drawn, true, false), 1e-12);
  EXPECT_NEAR(wafroc1_area(cases).at(block)[9], slow_afroc(drawn, true, true), 1e-12);
  EXPECT_NEAR(lroc_area(cases).at(block)[9], slow_lroc(drawn), 1e-12);
}

MarkedCase marked(std::vector<MarkedLesion> lesions, std::vector<double> false_marks) {
  return {"a", 0, std::move(lesions), std::move(false_marks)};
}

TEST(FreeResponseArea, LetsUnmarkedLesionsTieWithUnmarkedCases) {
  const FreeResponse cases = {marked({}, {}), marked({{kUnmarked, 1}}, {})};
  EXPECT_EQ(afroc_area(cases).value(), 0.5);
  EXPECT_EQ(wafroc_area(cases).value(), 0.5);
}

TEST(FreeResponseArea, OfLocalisationGivesNothingForAMarkInTheWrongPlace) {
  const MarkedCase unmarked = marked({}, {});
  EXPECT_EQ(lroc_area({unmarked, marked({{kUnmarked, 1}}, {})}).value(), 0);
  EXPECT_EQ(lroc_area({unmarked, marked({{kUnmarked, 1}}, {0.9})}).value(), 0);
  EXPECT_EQ(lroc_area({unmarked, marked({{0.9, 1}}, {0.9})}).value(), 0) << "a tie is not correct";
  EXPECT_EQ(lroc_area({unmarked, marked({{0.9, 0.5}, {0.1, 0.5}}, {0.8})}).value(), 1);
  EXPECT_EQ(lroc_area({marked({}, {0.9}), marked({{0.9, 1}}, {})}).value(), 0.5);
}

TEST(FreeResponseArea, WithoutNormalCasesKnowsOnlyTheFiguresOfAllCases) {
  const FreeResponse cases = {marked({{2, 1}}, {1}), marked({{0, 1}}, {})};
  EXPECT_TRUE(std::isnan(afroc_area(cases).value()));
  EXPECT_TRUE(std::isnan(wafroc_area(cases).value()));
  EXPECT_TRUE(std::isnan(lroc_area(cases).value()));
  EXPECT_EQ(afroc1_area(cases).value(), 0.75);
  EXPECT_EQ(wafroc1_area(cases).value(), 0.75);
}

using Figure = std::function<double(const FreeResponse&)>;

const std::map<std::string, Figure>& figures_by_rjafrocs_names() {
  using Cases = FreeResponse;
  static const std::map<std::string, Figure> figures = {
      {"AFROC", [](const Cases& c) { return afroc_area(c).value(); }},
      {"AFROC1", [](const Cases& c) { return afroc1_area(c).value(); }},
      {"wAFROC", [](const Cases& c) { return wafroc_area(c).value(); }},
      {"wAFROC1", [](const Cases& c) { return wafroc1_area(c).value(); }},
      {"ALROC", [](const Cases& c) { return lroc_area(c).value(); }},
  };
  return figures;
}

TEST(FreeResponseArea, EqualsRjafrocOnItsExampleDatasets) {
  size_t compared = 0;
  for (const RjafrocReader& reader : golden_rjafroc()) {
    for (const auto& [name, value] : reader.values.items()) {
      const auto figure = figures_by_rjafrocs_names().find(name);
      if (figure == figures_by_rjafrocs_names().end()) continue;  // RJafroc has more
      EXPECT_NEAR(figure->second(reader.cases), value.get<double>(), 1e-9)
          << name << " of " << reader.dataset << ", " << reader.modality << ", " << reader.reader;
      ++compared;
    }
  }
  EXPECT_GE(compared, 50u);
}

}  // namespace
}  // namespace mammograft
