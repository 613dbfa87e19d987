#include "graft/placement_prior.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "core/testing.h"
#include "graft/place_weight.h"
#include "graft/testing.h"

namespace mammograft {
namespace {

std::vector<RealMass> masses_at(const std::string& view, BreastPoint middle, int count,
                                uint64_t seed) {
  Rng rng(seed);
  std::vector<RealMass> places;
  for (int i = 0; i < count; ++i) {
    places.push_back({view,
                      "patient",
                      "images/" + std::to_string(i) + ".png",
                      i,
                      {middle.u + 0.08 * rng.normal(), middle.v + 0.08 * rng.normal()}});
  }
  return places;
}

std::vector<RealMass> joined(std::vector<RealMass> a, const std::vector<RealMass>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(PlacementPrior, EveryViewHasItsOwn) {
  const std::vector<RealMass> cc = masses_at("CC", {0.3, 0.3}, 30, 1);
  const std::vector<RealMass> mlo = masses_at("MLO", {0.6, 0.7}, 20, 2);
  const PlacementPrior prior(joined(cc, mlo), "cohort");
  const PlacementPrior only_cc(cc, "cohort"), only_mlo(mlo, "cohort");
  Rng rng(3);
  for (int i = 0; i < 50; ++i) {
    const BreastPoint at{rng.uniform(), rng.uniform()};
    EXPECT_EQ(prior.density("CC", at), only_cc.density("", at));
    EXPECT_EQ(prior.density("MLO", at), only_mlo.density("", at));
    EXPECT_EQ(prior.density("", at), prior.density("ML", at));
  }
  EXPECT_GT(prior.density("CC", {0.3, 0.3}), 10 * prior.density("CC", {0.6, 0.7}));
  EXPECT_GT(prior.density("", {0.3, 0.3}), 1);
  EXPECT_GT(prior.density("", {0.6, 0.7}), 1);
  EXPECT_EQ(prior.to_json(), Json({{"masses", 50}, {"views", {{"CC", 30}, {"MLO", 20}}}}));
}

TEST(PlacementPrior, AViewWithFewMassesIsPooledAndTooFewAreAnError) {
  const std::vector<RealMass> cc = masses_at("CC", {0.3, 0.3}, 10, 1);
  const PlacementPrior prior(joined(cc, masses_at("MLO", {0.6, 0.7}, 9, 2)), "cohort");
  EXPECT_EQ(prior.density("MLO", {0.5, 0.5}), prior.density("", {0.5, 0.5}));
  EXPECT_NE(prior.density("CC", {0.5, 0.5}), prior.density("", {0.5, 0.5}));
  EXPECT_ERROR(PlacementPrior(masses_at("CC", {0.3, 0.3}, 9, 1), "cohort"), bad_input,
               "cohort: placement.prior learnt: found 9 real masses to learn from, expected 10");
}

TEST(PlacementPrior, LearnsFromRealMassesOfTheCohortAlone) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 12, 1);
  Progress progress;
  const auto places = [&] { return collect_lesions(cohort, {}, {}, {}, 1, progress).masses; };
  ASSERT_EQ(places().size(), 12u);
  // A breast of 60 px at the left border, from height 4 to 124; the mass is a drawn disc.
  const RealMass first = places().front();
  EXPECT_NEAR(first.at.u, 25 / 60.0, 0.02);
  EXPECT_NEAR(first.at.v, (58 - 4) / 120.0, 0.02);
  EXPECT_EQ(first.view, "CC");
  cohort.images[0].source = Provenance{.method = "paste"};
  cohort.annotations[1].ignore = true;
  EXPECT_EQ(places().size(), 10u);
}

// A breast as large as the image, so that every place has its weight and nothing but it.
Background open_breast() {
  Background background;
  background.pixels = cv::Mat(100, 100, CV_16UC1, cv::Scalar(20000));
  background.breast = cv::Mat(100, 100, CV_8UC1, cv::Scalar(255));
  background.free = background.breast.clone();
  background.view = "CC";
  return background;
}

// Chi-squared of the drawn places over a grid of 6 x 6, against the weights of all places.
TEST(PlacementPrior, PlacesAreDrawnByItsDensity) {
  const PlacementPrior prior(masses_at("CC", {0.35, 0.6}, 60, 4), "cohort");
  for (const bool left : {true, false}) {
    Background background = open_breast();
    background.chest_wall_left = left;
    const cv::Mat omega(5, 5, CV_8UC1, cv::Scalar(255));
    constexpr int kCells = 6, kDraws = 20000;
    double expected[kCells][kCells] = {}, sum = 0;
    for (int y = 0; y + 5 <= 100; ++y) {
      for (int x = 0; x + 5 <= 100; ++x) {
        const double u = (x + 2.5) / 100, v = (y + 2.5) / 100;
        const double own = prior.density("CC", {left ? u : 1 - u, v});
        expected[y * kCells / 96][x * kCells / 96] += own;
        sum += own;
      }
    }
    int found[kCells][kCells] = {};
    const Places places(background.free, omega, place_weight(background, &prior));
    Rng rng(5);
    for (int i = 0; i < kDraws; ++i) {
      const cv::Point at = *places.draw(rng);
      ++found[at.y * kCells / 96][at.x * kCells / 96];
    }
    double chi = 0, rest = 0, rest_found = 0;
    int cells = 0;
    for (int y = 0; y < kCells; ++y) {
      for (int x = 0; x < kCells; ++x) {
        const double wanted = expected[y][x] / sum * kDraws;
        if (wanted < 5) {  // pooled
          rest += wanted;
          rest_found += found[y][x];
          continue;
        }
        chi += (found[y][x] - wanted) * (found[y][x] - wanted) / wanted;
        ++cells;
      }
    }
    if (rest > 5) chi += (rest_found - rest) * (rest_found - rest) / rest;
    EXPECT_GT(cells, 10);
    // The 99.9th percentile of chi-squared with that many degrees of freedom (Wilson, Hilferty).
    const double nu = cells;
    EXPECT_LT(chi, nu * std::pow(1 - 2 / (9 * nu) + 3.09 * std::sqrt(2 / (9 * nu)), 3));
  }
}

}  // namespace
}  // namespace mammograft
