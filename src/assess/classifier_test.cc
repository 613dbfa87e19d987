#include "assess/classifier.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assess/testing.h"
#include "core/testing.h"
#include "stats/auc.h"

namespace mammograft {
namespace {

cv::Mat test_window(uint64_t seed, bool with_disc) {
  Point center;
  cv::Mat window;
  noise_image(seed, &center)(cv::Rect(32, 32, 32, 32)).convertTo(window, CV_32FC1, 1.0 / 65535);
  if (with_disc) cv::circle(window, {16, 16}, 6, cv::Scalar(0.9), cv::FILLED);
  return normalised_window(window, cv::Mat(32, 32, CV_8UC1, cv::Scalar(255)));
}

ClassifierOptions short_training() {
  ClassifierOptions options;
  options.seeds = 1;
  options.steps = 40;
  options.batch = 16;
  return options;
}

// Real windows in `folds` folds; the synthetic ones are copies, with or without a white disc.
std::vector<MassSample> samples_of(int count, int folds, bool with_disc) {
  std::vector<MassSample> samples;
  for (int i = 0; i < count; ++i) {
    samples.push_back({test_window(static_cast<uint64_t>(i), false), false, {i % folds}, {}});
    samples.push_back({test_window(static_cast<uint64_t>(i), with_disc), true, {i % folds}, {}});
  }
  return samples;
}

double auc_of(const std::vector<MassSample>& samples, const ClassifierScores& scores) {
  std::vector<ScoredCase> scored;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (scores.fold[i] < 0) continue;
    scored.push_back({scores.score[0][i], samples[i].synthetic, scores.fold[i], {}});
  }
  return stratified_auc(scored);
}

TEST(NormalisedWindow, ForgetsTheExposure) {
  Rng rng(1);
  cv::Mat window(24, 24, CV_32FC1), inside(24, 24, CV_8UC1, cv::Scalar(255));
  for (auto& value : cv::Mat_<float>(window)) value = static_cast<float>(rng.uniform());
  const cv::Mat once = normalised_window(window, inside);
  const cv::Mat again = normalised_window(window * 0.3 + 0.2, inside);
  EXPECT_LT(cv::norm(once, again, cv::NORM_INF), 1e-4);
  std::vector<float> values(once.begin<float>(), once.end<float>());
  std::nth_element(values.begin(), values.begin() + 288, values.end());
  EXPECT_EQ(values[288], 0);  // the median
}

TEST(NormalisedWindow, ForgetsWhatLiesOutside) {
  Rng rng(2);
  cv::Mat window(24, 24, CV_32FC1), inside(24, 24, CV_8UC1, cv::Scalar(255));
  for (auto& value : cv::Mat_<float>(window)) value = static_cast<float>(rng.uniform());
  inside.rowRange(0, 8) = 0;
  const cv::Mat before = normalised_window(window, inside);
  window.rowRange(0, 8) = 7;
  EXPECT_EQ(cv::norm(before, normalised_window(window, inside), cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(before.rowRange(0, 8), cv::NORM_INF), 0);
  inside = 0;
  EXPECT_EQ(cv::norm(normalised_window(window, inside), cv::NORM_INF), 0);
}

TEST(Classifier, TellsDiscsFromNoise) {
  const auto samples = samples_of(24, 2, true);
  Progress silent;
  const ClassifierScores scores = cross_validate(samples, 2, short_training(), 1, 2, silent);
  EXPECT_GT(auc_of(samples, scores), 0.97);
  EXPECT_GT(scores.seconds, 0);
}

TEST(Classifier, CannotTellCopies) {
  const auto samples = samples_of(24, 2, false);
  Progress silent;
  const ClassifierScores scores = cross_validate(samples, 2, short_training(), 1, 2, silent);
  EXPECT_NEAR(auc_of(samples, scores), 0.5, 0.02);  // a window and its copy have the same score
}

TEST(Classifier, RepeatsItself) {
  const auto samples = samples_of(8, 2, true);
  Progress silent;
  ClassifierOptions options = short_training();
  options.steps = 5;
  const auto first = cross_validate(samples, 2, options, 7, 2, silent);
  EXPECT_EQ(first.score, cross_validate(samples, 2, options, 7, 2, silent).score);
  EXPECT_EQ(first.score, cross_validate(samples, 2, options, 7, 1, silent).score);
  EXPECT_NE(first.score, cross_validate(samples, 2, options, 8, 2, silent).score);
}

TEST(Classifier, TestsOnlyWhatLiesInOneFold) {
  auto samples = samples_of(8, 2, true);
  samples[1].folds = {0, 1};
  samples[3].folds = {1, 1};
  Progress silent;
  ClassifierOptions options = short_training();
  options.steps = 2;
  const ClassifierScores scores = cross_validate(samples, 2, options, 1, 2, silent);
  EXPECT_EQ(scores.fold[1], -1);
  EXPECT_TRUE(std::isnan(scores.score[0][1]));
  EXPECT_EQ(scores.fold[3], 1);
  for (size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(std::isfinite(scores.score[0][i]), i != 1) << i;
  }
}

// What only a sample that must not be learnt from could teach is not learnt: all others of its kind
// are in the tested fold too.
TEST(Classifier, DoesNotLearnFromThePatientsItIsTestedOn) {
  auto samples = samples_of(6, 2, true);
  for (MassSample& sample : samples) {
    if (sample.synthetic) sample.folds = {0, 0};
  }
  Progress silent;
  EXPECT_ERROR(cross_validate(samples, 2, short_training(), 1, 2, silent), bad_input, "fold 0");
}

TEST(Classifier, RefusesNonsense) {
  Progress silent;
  ClassifierOptions options = short_training();
  options.steps = 0;
  EXPECT_ERROR(cross_validate({}, 2, options, 1, 2, silent), usage, "classifier.steps");
  options = short_training();
  options.batch = 1;
  EXPECT_ERROR(cross_validate({}, 2, options, 1, 2, silent), usage, "classifier.batch");
}

}  // namespace
}  // namespace mammograft
