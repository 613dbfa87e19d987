#include "detect/score_calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/safetensors.h"
#include "core/testing.h"
#include "detect/score_guide.h"

namespace mammograft {
namespace {

ScoreCalibration some_calibration() {
  ScoreCalibration calibration;
  calibration.points = {{0.25, 0.75, 0.2, 0.5, {0.4, 0.6}}, {0.5, 0.5, 0.45, 0.7, {0.6, 0.8}}};
  calibration.isotonic = {{0.25, 0.75}, {0.125, 0.5}};
  calibration.platt = {2, -1};
  calibration.rule = "boxes overlap";
  calibration.patients = 3;
  calibration.images = 12;
  calibration.masses = 4;
  calibration.patients_hashed = PatientSet::of({"a/1", "a/2"});
  calibration.made_with = {{"looks", 1}};
  return calibration;
}

// A detector's file as far as this noun looks into it.
std::filesystem::path some_detector(const TestFolder& folder) {
  SafeTensors file;
  file.tensors["weight"] = {"F32", {1}, std::string(4, '\1')};
  file.metadata = {{"kind", "mammograft-detector"}, {"format", "1"}, {"detector", R"({"a": 1})"}};
  write_safetensors(folder.path() / "model.safetensors", file);
  return folder.path() / "model.safetensors";
}

TEST(ScoreCalibration, ComesBackFromADetectorsFile) {
  const TestFolder folder;
  const auto model = some_detector(folder);
  EXPECT_FALSE(read_score_calibration(model).has_value());
  const auto out = folder.path() / "with.safetensors";
  store_score_calibration(model, some_calibration(), out);
  const std::optional<ScoreCalibration> back = read_score_calibration(out);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(to_json(*back), to_json(some_calibration()));
  const SafeTensors file = read_safetensors(out);
  EXPECT_EQ(file.tensors.at("weight").bytes, std::string(4, '\1'));
  EXPECT_EQ(parse_json(file.metadata.at("detector"), "")["a"], 1);
  store_score_calibration(out, *back, out);
  EXPECT_EQ(to_json(*read_score_calibration(out)), to_json(*back)) << "in place";
}

TEST(ScoreCalibration, NamesThePointsThatItHas) {
  EXPECT_EQ(some_calibration().at(0.5).threshold, 0.5);
  EXPECT_EQ(some_calibration().find(0.3), nullptr);
  EXPECT_ERROR(some_calibration().at(0.3), usage,
               "found 0.3, expected one of the detector's: 0.25, 0.5");
}

TEST(ScoreCalibration, RefusesWhatIsBroken) {
  Json json = to_json(some_calibration());
  json["isotonic"]["values"] = Json::array({1});
  EXPECT_ERROR(score_calibration_from({json, "m"}), bad_input, "isotonic: expected as many scores");
  json = to_json(some_calibration());
  json.erase("platt");
  EXPECT_ERROR(score_calibration_from({json, "m"}), bad_input, "platt");
}

class ThreeMasses : public MassFinder {
 public:
  std::vector<NetworkInput> prepare(const cv::Mat&, const std::optional<std::array<double, 2>>&,
                                    const std::string&) const override {
    return {};
  }
  std::vector<FoundMass> detect(const std::vector<NetworkInput>&) const override {
    std::vector<FoundMass> masses(3);
    for (size_t i = 0; i < 3; ++i) masses[i].score = 0.9 - 0.2 * static_cast<double>(i);
    return masses;
  }
};

TEST(ScoreGuide, ReportsWhatLiesAboveTheOperatingPoint) {
  const ThreeMasses finder;
  const ScoreGuide guide(finder, some_calibration(), {0.25, "none"});
  const std::vector<FoundMass> masses = guide.detect({});
  ASSERT_EQ(masses.size(), 1u);
  EXPECT_EQ(masses[0].score, 0.9);
  EXPECT_EQ(guide.description()["operating_point"]["threshold"], 0.75);
  EXPECT_EQ(guide.limit()->score, 0.75);
  EXPECT_EQ(guide.limit()->words, "0.25 false positives an image");
  EXPECT_EQ(ScoreGuide(finder, some_calibration(), {0.5, "none"}).detect({}).size(), 3u);
}

TEST(ScoreGuide, ReportsEverythingWhereThePointOnlySaysWhatIsShown) {
  const ThreeMasses finder;
  const ScoreGuide guide(finder, some_calibration(), {0.25, "none", /*only_shown=*/true});
  EXPECT_EQ(guide.detect({}).size(), 3u);
  EXPECT_EQ(guide.limit()->score, 0.75);
  EXPECT_EQ(guide.description()["operating_point"]["limits"], "shown");
}

TEST(ScoreGuide, WhatLiesBelowThePointStaysBelowWhereChancesAreFlat) {
  const ThreeMasses finder;
  ScoreCalibration flat = some_calibration();
  flat.isotonic = {{0, 1}, {0.3, 0.3}};
  const ScoreGuide guide(finder, flat, {0.25, "isotonic", /*only_shown=*/true});
  const std::vector<FoundMass> masses = guide.detect({});
  ASSERT_EQ(masses.size(), 3u);
  EXPECT_EQ(guide.limit()->score, 0.3);
  EXPECT_EQ(masses[0].score, 0.3);
  EXPECT_LT(masses[1].score, 0.3);
  EXPECT_NEAR(masses[2].score, 0.3, 1e-12);
}

// The higher score lies in the axilla, which a fit has learnt to doubt.
class TwoPlaces : public ThreeMasses {
 public:
  std::vector<FoundMass> detect(const std::vector<NetworkInput>&) const override {
    FoundMass node, mass;
    node.box = {10, 0, 20, 10}, node.score = 0.8;
    mass.box = {10, 60, 20, 70}, mass.score = 0.6;
    return {node, mass};
  }
};

TEST(ScoreGuide, ScoresByPlaceBeforeItLooksAtTheThreshold) {
  ScoreCalibration calibration = some_calibration();
  calibration.place.emplace();
  calibration.place->fit = {{1, 0, 0, 0, 0, -4, 0, 6},
                            0};  // oblique: 4 less at the top, 2 more below
  EXPECT_EQ(to_json(score_calibration_from({to_json(calibration), "m"})), to_json(calibration));
  NetworkInput input;
  input.breast = {0, 0, 50, 100};
  input.view = "MLO";
  const TwoPlaces finder;
  const auto found = ScoreGuide(finder, calibration, {0, "platt"}).detect({input});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].box.y0, 60);
  const auto by_place = [](double score, double v) {
    return 1 / (1 + std::exp(-(std::log(score / (1 - score)) - 4 + 6 * v)));
  };
  EXPECT_NEAR(found[0].score, calibration.platt.at(by_place(0.6, 0.65)), 1e-12);
  EXPECT_NEAR(found[1].score, calibration.platt.at(by_place(0.8, 0.05)), 1e-12);
  const ScoreGuide above(finder, calibration, {0.5, "none"});  // 0.5
  ASSERT_EQ(above.detect({input}).size(), 1u);
  EXPECT_EQ(above.detect({input})[0].box.y0, 60);
  EXPECT_EQ(above.description()["by_place"], true);
  input.view = "CC";
  EXPECT_EQ(above.detect({input})[0].box.y0, 0);
}

TEST(ScoreGuide, TurnsScoresIntoChances) {
  const ThreeMasses finder;
  const auto isotonic = ScoreGuide(finder, some_calibration(), {0, "isotonic"}).detect({});
  ASSERT_EQ(isotonic.size(), 3u);
  EXPECT_DOUBLE_EQ(isotonic[0].score, 0.5);
  EXPECT_FALSE(ScoreGuide(finder, some_calibration(), {0, "isotonic"}).limit().has_value());
  EXPECT_EQ(ScoreGuide(finder, some_calibration(), {0.25, "isotonic"}).limit()->score, 0.5);
  EXPECT_DOUBLE_EQ(isotonic[2].score, 0.3125);
  const auto platt = ScoreGuide(finder, some_calibration(), {0, "platt"}).detect({});
  EXPECT_DOUBLE_EQ(platt[0].score, some_calibration().platt.at(0.9));
  EXPECT_ERROR(ScoreGuide(finder, some_calibration(), {0, "beta"}), usage, "found beta");
  EXPECT_ERROR(ScoreGuide(finder, some_calibration(), {1, "none"}), usage, "found 1");
}

}  // namespace
}  // namespace mammograft
