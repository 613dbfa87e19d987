// A detector and an ensemble of parts: looks, fusion, what they say of themselves. The engines are
// fakes; those that files describe are tested with their training.
#include "detect/detector.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "detect/engine_testing.h"
#include "detect/ensemble.h"
#include "detect/search.h"

namespace mammograft {
namespace {

const NetworkInput& one_block() {
  static const NetworkInput input = fake_input(40, 72, {{16, 8, 0.5}});
  return input;
}

TEST(Detector, LooksAsOftenAsItsMirrorsSay) {
  for (const auto& [mirrors, looks] :
       {std::pair{"none", size_t{1}}, std::pair{"x", size_t{2}}, std::pair{"xy", size_t{4}}}) {
    const auto log = std::make_shared<FakeLog>();
    const Detector detector = fake_detector(log, mirrors);
    const auto found = detector.detect(one_block());
    EXPECT_EQ(log->images.size(), looks);
    ASSERT_EQ(found.size(), 1u) << mirrors;
    EXPECT_NEAR(found[0].score, 0.5, 1e-6);
    EXPECT_NEAR(found[0].box.x0, 16, 1e-4);
    EXPECT_EQ(detector.description().at("looks"), looks);
    for (size_t a = 0; a < looks; ++a) {  // each another image
      for (size_t b = 0; b < a; ++b) EXPECT_FALSE(torch::equal(log->images[a], log->images[b]));
    }
  }
  EXPECT_ERROR(fake_detector(std::make_shared<FakeLog>(), "diagonal"), usage, "mirrors");
}

TEST(Detector, WhatOneLookOfFourSeesIsAQuarterAsSure) {
  const auto log = std::make_shared<FakeLog>();
  const Detector detector =
      fake_detector(log, "xy", [](size_t call) { return call == 2 ? 1.0 : 0.0; });
  const auto found = detector.detect(one_block());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].score, 0.5 / 4, 1e-6);
  EXPECT_NEAR(found[0].box.y0, 8, 1e-4);
}

TEST(Detector, DetectsWhatItPrepares) {
  const auto log = std::make_shared<FakeLog>();
  const Detector detector = fake_detector(log);
  cv::Mat pixels(48, 64, CV_16UC1, cv::Scalar(20000));
  pixels(cv::Rect(24, 16, 16, 16)).setTo(60000);
  const auto whole = detector.detect(pixels),
             halves = detector.detect(detector.prepare(pixels, {}, ""));
  ASSERT_FALSE(whole.empty());
  ASSERT_EQ(whole.size(), halves.size());
  EXPECT_EQ(whole[0].box, halves[0].box);
  EXPECT_EQ(whole[0].score, halves[0].score);
}

TEST(Detector, SaysWhatItIs) {
  DetectorInfo info{fake_options(), false, {}, {{"seed", 3}}};
  info.patients_hashed.insert("a");
  const Detector detector =
      fake_detector(std::make_shared<FakeLog>(), "x", [](size_t) { return 1.0; }, info);
  const Json said = detector.description();
  EXPECT_EQ(said.at("arch"), "retinanet");
  EXPECT_EQ(said.at("engine"), "fake");
  EXPECT_EQ(said.at("training").at("seed"), 3);
  EXPECT_EQ(said.at("options"), to_json(info.options));
  EXPECT_FALSE(detector.masks());
  EXPECT_EQ(detector.patients_hashed(), info.patients_hashed);
}

// A network whose prepared weights, scratch memory and heads several threads share.
TEST(Detector, SeesTheSameInSeveralLanes) {
  DetectorOptions options = detector_preset("light");
  options.input.crop = false;
  options.backbone.fpn_channels = 16;
  options.roi.box_features = options.roi.mask_channels = 32;
  const auto network = make_network(options);
  network->eval();
  std::vector<Detector> one;
  one.emplace_back(network, torch_engine(*network, torch::kFloat),
                   DetectorInfo{options, true, {}, {}}, RuntimeOptions{});
  const Ensemble ensemble(std::move(one));
  ASSERT_TRUE(ensemble.many_at_a_time());
  std::vector<SearchItem> items;
  for (int i = 0; i < 8; ++i) {
    cv::Mat pixels(96 + 32 * (i % 3), 128, CV_16UC1);
    cv::randu(pixels, 0, 65535);
    items.push_back({i, std::to_string(i), [pixels] { return pixels; }, {}, {}, {}, i});
  }
  const auto found_in = [&](int lanes) {
    Progress silent;
    return search(ensemble, items, {.lanes = lanes}, {}, silent).detections;
  };
  const std::vector<Detection> alone = found_in(1), beside = found_in(4);
  ASSERT_GT(alone.size(), items.size());
  ASSERT_EQ(alone.size(), beside.size());
  for (size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(alone[i].image_id, beside[i].image_id);
    EXPECT_EQ(alone[i].score, beside[i].score);
    EXPECT_EQ(alone[i].bbox, beside[i].bbox);
  }
}

std::vector<Detector> two(FakeEngine::Gain gain, const DetectorInfo& second) {
  std::vector<Detector> detectors;
  detectors.push_back(fake_detector(std::make_shared<FakeLog>()));
  detectors.push_back(fake_detector(std::make_shared<FakeLog>(), "none", std::move(gain), second));
  return detectors;
}

TEST(Ensemble, FusesWhatItsDetectorsFind) {
  const DetectorInfo info{fake_options(), false, {}, {}};
  const Ensemble ensemble(two([](size_t) { return 0.5; }, info));
  // The second one sees half of every grey, and finds as much where it is shown something else.
  const NetworkInput other = fake_input(40, 72, {{16, 8, 0.5}, {48, 24, 0.75}});
  const auto found = ensemble.detect({one_block(), other});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NEAR(found[0].score, (0.5 + 0.25) / 2, 1e-6);
  EXPECT_NEAR(found[0].box.x0, 16, 1e-4);
  EXPECT_NEAR(found[1].score, 0.375 / 2, 1e-6);
  EXPECT_NEAR(found[1].box.x0, 48, 1e-4);
  EXPECT_ERROR(ensemble.detect({one_block()}), defect, "found 1, expected one for each of 2");
}

TEST(Ensemble, PreparesOnceForDetectorsOfOneRecipe) {
  const cv::Mat pixels(48, 64, CV_16UC1, cv::Scalar(20000));
  DetectorInfo info{fake_options(), false, {}, {}};
  const auto same = Ensemble(two([](size_t) { return 1.0; }, info)).prepare(pixels, {}, "");
  ASSERT_EQ(same.size(), 2u);
  EXPECT_EQ(same[0].pixels.data, same[1].pixels.data);
  info.options.input.long_side_px = 96;
  const auto different = Ensemble(two([](size_t) { return 1.0; }, info)).prepare(pixels, {}, "");
  ASSERT_EQ(different.size(), 2u);
  EXPECT_EQ(different[0].pixels.cols, 512);
  EXPECT_EQ(different[1].pixels.cols, 96);
}

TEST(Ensemble, IsAllOfItsDetectors) {
  DetectorInfo info{fake_options(), false, {}, {}};
  info.patients_hashed.insert("a");
  std::vector<Detector> detectors = two([](size_t) { return 1.0; }, info);
  detectors.push_back(fake_detector(std::make_shared<FakeLog>()));
  const Ensemble ensemble(std::move(detectors));
  EXPECT_EQ(ensemble.patients_hashed(), info.patients_hashed);
  EXPECT_EQ(ensemble.description().at("ensemble").size(), 3u);

  std::vector<Detector> alone;
  alone.push_back(fake_detector(std::make_shared<FakeLog>()));
  const Json said = alone.front().description();
  EXPECT_EQ(Ensemble(std::move(alone)).description(), said);
}

TEST(Ensemble, OfNothingOrOfOneCalibrationForSeveralIsRefused) {
  EXPECT_ERROR(Ensemble(std::vector<Detector>{}), defect, "no detector");
  EXPECT_ERROR(Ensemble::load({}, {}), usage, "model");
  EXPECT_ERROR(Ensemble::load({"a", "b"}, {.calibration = "c.json"}), usage, "calibration");
}

}  // namespace
}  // namespace mammograft
