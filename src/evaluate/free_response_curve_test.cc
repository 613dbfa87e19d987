#include "evaluate/free_response_curve.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"
#include "evaluate/free_response_testing.h"

namespace mammograft {
namespace {

// By hand. Two normal cases, two diseased ones with three lesions, one of which has no mark:
//
//   rating  what             LLF  NLF (of 4)  NLF (of 2 normal)
//   9       lesion           1/3  0           0
//   8       false, normal    1/3  1/4         1/2
//   7       lesion, false    2/3  2/4         1/2      (the false mark is of a diseased case)
//   5       false, normal    2/3  3/4         1
FreeResponse curve_cases() {
  return {{"a", 0, {}, {8, 5}},
          {"b", 1, {}, {}},
          {"c", 2, {{9, 0.5}, {kUnmarked, 0.5}}, {}},
          {"d", 3, {{7, 1}}, {7}}};
}

void expect_points(const std::vector<LlfPoint>& curve, const std::vector<LlfPoint>& expected) {
  ASSERT_EQ(curve.size(), expected.size());
  for (size_t i = 0; i < curve.size(); ++i) {
    EXPECT_DOUBLE_EQ(curve[i].nlf, expected[i].nlf) << i;
    EXPECT_DOUBLE_EQ(curve[i].llf, expected[i].llf) << i;
  }
}

TEST(FreeResponseCurve, FollowsTheHandWorkedTable) {
  const double third = 1. / 3;
  expect_points(llf_curve(curve_cases()),
                {{0, 0}, {0, third}, {0.25, third}, {0.5, 2 * third}, {0.75, 2 * third}});
  expect_points(llf_curve(curve_cases(), NlfCases::normal),
                {{0, 0}, {0, third}, {0.5, third}, {0.5, 2 * third}, {1, 2 * third}});
  EXPECT_DOUBLE_EQ(max_llf(curve_cases()), 2 * third);
  EXPECT_DOUBLE_EQ(max_nlf(curve_cases(), NlfCases::all), 0.75);
  EXPECT_DOUBLE_EQ(max_nlf(curve_cases(), NlfCases::normal), 1);
}

TEST(FreeResponseCurve, AreaFollowsStraightLinesOrSteps) {
  const std::vector<LlfPoint> curve = llf_curve(curve_cases());
  const auto straight = FrocRule::straight_lines;
  EXPECT_DOUBLE_EQ(llf_curve_area(curve, 0), 0);
  EXPECT_DOUBLE_EQ(llf_curve_area(curve, 0.1), 0.1 / 3);
  EXPECT_DOUBLE_EQ(llf_curve_area(curve, 0.375, straight), 0.25 / 3 + 0.125 * 1.25 / 3);
  EXPECT_DOUBLE_EQ(llf_curve_area(curve, 0.375, FrocRule::steps), 0.375 / 3);
  EXPECT_DOUBLE_EQ(llf_curve_area(curve, 0.75, straight), 0.25 * (1 + 1.5 + 2) / 3);
  EXPECT_DOUBLE_EQ(llf_curve_area(curve, 0.75, FrocRule::steps), 0.25 * (1 + 1 + 2) / 3);
  EXPECT_DOUBLE_EQ(llf_curve_area(curve, 2) - llf_curve_area(curve, 1), 2. / 3) << "level";
}

// LLF at the threshold where NLF is still within the limit, straight from the definition.
double slow_llf_at(const FreeResponse& cases, double limit) {
  double best = 0;
  for (double threshold = -2; threshold < 8; threshold += 0.5) {
    double found = 0, lesions = 0, wrong = 0;
    for (const MarkedCase& one : cases) {
      for (const MarkedLesion& lesion : one.lesions) found += lesion.rating >= threshold;
      for (const double mark : one.false_marks) wrong += mark >= threshold;
      lesions += static_cast<double>(one.lesions.size());
    }
    if (wrong / static_cast<double>(cases.size()) <= limit) best = std::max(best, found / lesions);
  }
  return best;
}

// The steps are level between multiples of 1/K, so a sum over those is the integral.
TEST(FreeResponseCurve, AreaOfStepsIsTheSumOfWhatTheDefinitionGives) {
  Rng rng(8);
  for (int round = 0; round < 20; ++round) {
    const FreeResponse cases = random_free_response(rng, 20);
    const double limit = 1.5;
    double slow = 0;
    for (int i = 0; i < 30; ++i) slow += slow_llf_at(cases, (i + 0.5) / 20) / 20;
    EXPECT_NEAR(llf_curve_area(llf_curve(cases), limit, FrocRule::steps), slow, 1e-12);
  }
}

// Chakraborty (2017), chapter 14: every false mark against every lesion.
TEST(FreeResponseCurve, WholeAreaOfStraightLinesIsTheRankSum) {
  Rng rng(9);
  for (int round = 0; round < 20; ++round) {
    const FreeResponse cases = random_free_response(rng, 25);
    double wins = 0, lesions = 0;
    for (const MarkedCase& j : cases) {
      for (const MarkedLesion& lesion : j.lesions) {
        ++lesions;
        for (const MarkedCase& k : cases) {
          for (const double mark : k.false_marks) {
            wins += mark < lesion.rating ? 1 : mark == lesion.rating ? 0.5 : 0;
          }
        }
      }
    }
    const double all = max_nlf(cases, NlfCases::all);
    EXPECT_NEAR(llf_curve_area(llf_curve(cases), all), wins / lesions / 25, 1e-12);
  }
}

TEST(FreeResponseCurve, WithoutLesionsOrCasesToCountOver) {
  const FreeResponse healthy = {{"a", 0, {}, {1}}};
  EXPECT_TRUE(std::isnan(max_llf(healthy)));
  EXPECT_EQ(max_nlf(healthy, NlfCases::normal), 1);
  const FreeResponse ill = {{"a", 0, {{1, 1}}, {1}}};
  EXPECT_TRUE(std::isnan(max_nlf(ill, NlfCases::normal)));
  EXPECT_TRUE(std::isnan(llf_curve_area(llf_curve(ill, NlfCases::normal), 1)));
  EXPECT_ERROR(llf_curve_area(llf_curve(ill), -1), defect, "up to -1");
}

}  // namespace
}  // namespace mammograft
