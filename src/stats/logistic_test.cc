#include "stats/logistic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace mammograft {
namespace {

// 60 cases of three features, the last without spread; both programs draw the same.
std::vector<LogisticCase> drawn_cases() {
  uint64_t state = 1;
  const auto draw = [&] {
    state = (state * 1103515245 + 12345) % (uint64_t{1} << 31);
    return static_cast<double>(state) / static_cast<double>(uint64_t{1} << 31);
  };
  std::vector<LogisticCase> cases;
  for (int i = 0; i < 60; ++i) {
    const double a = draw() * 4 - 2, b = draw() * 10, c = draw();
    cases.push_back({{a, b, 3}, c < 1 / (1 + std::exp(-(1.5 * a - 0.4 * b + 1))) ? 1.0 : 0.0});
  }
  return cases;
}

// scikit-learn 1.7, LogisticRegression(C=1 / ridge, solver="newton-cholesky") on standardised
// features, its weights brought back to the features as they are.
TEST(Logistic, FitsAsScikitLearn) {
  struct Expected {
    double ridge, a, b, offset;
  };
  for (const Expected& expected :
       {Expected{1.0, 0.9740368036638836, -0.4033491977962668, 1.341598851196212},
        Expected{0.1, 1.1406825088869232, -0.4732622418138281, 1.6528153744183713}}) {
    const LogisticFit fit = fit_logistic(drawn_cases(), expected.ridge);
    ASSERT_EQ(fit.weights.size(), 3u);
    EXPECT_NEAR(fit.weights[0], expected.a, 1e-7);
    EXPECT_NEAR(fit.weights[1], expected.b, 1e-7);
    EXPECT_EQ(fit.weights[2], 0);
    EXPECT_NEAR(fit.offset, expected.offset, 1e-7);
    EXPECT_NEAR(fit.logit({1, 2, 3}), expected.a + 2 * expected.b + expected.offset, 1e-6);
  }
}

TEST(Logistic, StaysFiniteWhereLabelsAreToldApart) {
  const LogisticFit fit =
      fit_logistic({{{0}, false}, {{1}, false}, {{2}, true}, {{3}, true}}, 0.01);
  EXPECT_TRUE(std::isfinite(fit.weights[0]));
  EXPECT_NEAR(fit.logit({1.5}), 0, 1e-9) << "halfway";
  EXPECT_GT(fit.logit({2}), 0);
}

}  // namespace
}  // namespace mammograft
