#include "detect/fresh_grafts.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "core/testing.h"
#include "detect/graft_testing.h"

namespace mammograft {
namespace {

InputOptions uncropped() {
  InputOptions input;
  input.crop = false;
  input.long_side_px = kTestHeight;
  return input;
}

struct FreshGraftsTest : testing::Test {
  std::unique_ptr<TestSource> source = std::make_unique<TestSource>();
  FreshGrafts grafts(std::set<std::string> withheld = {}) {
    return {std::move(source), std::move(withheld), uncropped(), false};
  }
  static Point center(const TrainingImage& image) { return image.masses.at(0).box.center(); }
  static void expect_number(const TrainingImage& image, int64_t n) {
    EXPECT_NEAR(center(image).x, TestSource::center_of(n).x, 1e-9) << n;
    EXPECT_NEAR(center(image).y, TestSource::center_of(n).y, 1e-9) << n;
  }
};

bool comes_true(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

TEST_F(FreshGraftsTest, EachNumberIsItsOwnWhateverCameBefore) {
  FreshGrafts fresh = grafts();
  for (const int64_t n : {0, 1, 2, 3, 17, 3, 40, 41, 0}) {
    const TrainingImage& image = fresh.at(n);
    expect_number(image, n);
    EXPECT_TRUE(image.masses[0].has_mask);
    EXPECT_EQ(&image, &fresh.at(n));
  }
}

TEST_F(FreshGraftsTest, ThoseThatComeNextAreMadeAndNoMore) {
  const TestSource* made_by = source.get();
  FreshGrafts fresh = grafts();
  EXPECT_TRUE(made_by->asked().empty()) << "nobody knows yet what is wanted";
  fresh.at(10);
  ASSERT_TRUE(comes_true([&] { return made_by->asked().size() == 4; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  EXPECT_EQ(made_by->asked(), (std::vector<int64_t>{10, 12, 14, 16}));
  fresh.at(11);
  fresh.at(12);
  ASSERT_TRUE(comes_true([&] { return made_by->asked().size() == 5; }));
  EXPECT_EQ(made_by->asked().back(), 18);
}

TEST_F(FreshGraftsTest, WhatCannotBeMadeOrSeenHasASubstitute) {
  constexpr int64_t kApart = int64_t{1} << 40;
  source->failing = {4, 4 + kApart};
  source->unseen = {7};
  FreshGrafts fresh = grafts();
  expect_number(fresh.at(4), 4 + 2 * kApart);
  expect_number(fresh.at(5), 5);
  expect_number(fresh.at(7), 7 + kApart);
}

TEST_F(FreshGraftsTest, WithoutASubstituteItIsAnErrorWithTheReason) {
  for (int64_t k = 0; k <= 8; ++k) source->failing.insert(2 + (k << 40));
  FreshGrafts fresh = grafts();
  expect_number(fresh.at(0), 0);
  EXPECT_ERROR(fresh.at(2), bad_input, "graft 3 by test: it could not be made, nor 8 in its place");
  EXPECT_ERROR(fresh.at(2), bad_input, "no room");
}

TEST_F(FreshGraftsTest, WhatTheSourceThrowsIsThrownWhereItIsAskedFor) {
  TestSource* made_by = source.get();
  made_by->broken = true;
  FreshGrafts fresh = grafts();
  EXPECT_ERROR(fresh.at(0), io, "source: broken");
  made_by->broken = false;
  EXPECT_TRUE(comes_true([&] {  // the try that was on its way may have failed too
    try {
      return fresh.at(0).masses.size() == 1;
    } catch (const Error&) {
      return false;
    }
  }));
}

TEST_F(FreshGraftsTest, APatientHeldOutIsADefectOfTheSource) {
  FreshGrafts fresh = grafts({"source/1"});
  expect_number(fresh.at(2), 2);
  EXPECT_ERROR(fresh.at(4), defect, "a graft by test of patient source/1, who is held out");
}

}  // namespace
}  // namespace mammograft
