// The search over many images, with a finder that a test can look into. No network, no files.
#include "detect/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/testing.h"

namespace mammograft {
namespace {

using Seen = std::function<void(const SearchItem&, const cv::Mat&, const std::vector<FoundMass>&)>;

// Finds in every image one mass, whose score is the image's grey level.
class FakeFinder : public MassFinder {
 public:
  std::vector<NetworkInput> prepare(const cv::Mat& pixels,
                                    const std::optional<std::array<double, 2>>& spacing_mm,
                                    const std::string& view) const override {
    if (on_prepare) on_prepare(spacing_mm, view);
    NetworkInput input;
    input.pixels = pixels;
    input.original_size = pixels.size();
    return {input};
  }
  std::vector<FoundMass> detect(const std::vector<NetworkInput>& inputs) const override {
    const cv::Mat& pixels = inputs.at(0).pixels;
    if (on_detect) on_detect(pixels.at<uint16_t>(0, 0));
    FoundMass mass;
    mass.box = {1, 2, 3, 4};
    mass.score = pixels.at<uint16_t>(0, 0) / 100.0;
    mass.label = 7;
    return {mass};
  }

  bool many_at_a_time() const override { return true; }

  std::function<void(const std::optional<std::array<double, 2>>&, const std::string&)> on_prepare;
  std::function<void(int grey)> on_detect;
};

cv::Mat grey(int level) { return {4, 5, CV_16UC1, cv::Scalar(level)}; }

// Image i is of grey level i and is called "i.png".
std::vector<SearchItem> items_of(int count) {
  std::vector<SearchItem> items;
  for (int i = 0; i < count; ++i)
    items.push_back(
        {100 + i, std::to_string(i) + ".png", [i] { return grey(i); }, {}, {}, {}, 7 + i});
  return items;
}

struct RecordedProgress : Progress {
  void start(const std::string&, int64_t of) override { total = of; }
  void advance(int64_t done, const std::string&) override { steps.push_back(done); }
  void finish() override { finished = true; }
  int64_t total = -1;
  std::vector<int64_t> steps;
  bool finished = false;
};

SearchResult run(const FakeFinder& finder, const std::vector<SearchItem>& items,
                 bool keep_going = false, const Seen& seen = {}, int lanes = 1) {
  Progress silent;
  return search(finder, items, {keep_going, lanes}, seen, silent);
}

TEST(Search, AnswersInTheOrderOfTheItems) {
  std::vector<SearchItem> items = items_of(5);
  items[1].read = [] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));  // slower than its neighbours
    return grey(1);
  };
  RecordedProgress progress;
  const SearchResult result = search(FakeFinder(), items, {}, {}, progress);
  EXPECT_EQ(result.image_ids, (std::vector<int64_t>{100, 101, 102, 103, 104}));
  EXPECT_TRUE(result.failures.empty());
  ASSERT_EQ(result.detections.size(), 5u);
  for (int i = 0; i < 5; ++i) {
    const Detection& detection = result.detections[i];
    EXPECT_EQ(detection.image_id, 100 + i);
    EXPECT_EQ(detection.file_name, items[i].name);
    EXPECT_EQ(detection.category_id, 7);
    EXPECT_EQ(detection.bbox, (Box{1, 2, 3, 4}));
    EXPECT_EQ(detection.score, i / 100.0);
  }
  EXPECT_EQ(progress.total, 5);
  EXPECT_EQ(progress.steps, (std::vector<int64_t>{1, 2, 3, 4, 5}));
  EXPECT_TRUE(progress.finished);
}

TEST(Search, OfNothingFindsNothing) {
  RecordedProgress progress;
  const SearchResult result = search(FakeFinder(), {}, {}, {}, progress);
  EXPECT_TRUE(result.detections.empty() && result.image_ids.empty() && result.failures.empty());
  EXPECT_TRUE(progress.finished);
}

TEST(Search, TheFinderHearsOfSpacingAndView) {
  std::vector<SearchItem> items = items_of(1);
  items[0].spacing_mm = {0.1, 0.2};
  items[0].view = "MLO";
  FakeFinder finder;
  int heard = 0;
  finder.on_prepare = [&](const std::optional<std::array<double, 2>>& spacing_mm,
                          const std::string& view) {
    heard += spacing_mm == std::array<double, 2>{0.1, 0.2} && view == "MLO";
  };
  run(finder, items);
  EXPECT_EQ(heard, 1);
}

// Each image is looked at only once the next one is being read: the two overlap.
TEST(Search, ReadsTheNextImageMeanwhile) {
  std::mutex mutex;
  std::condition_variable changed;
  int reads = 0, overlapped = 0;
  std::vector<SearchItem> items = items_of(4);
  for (SearchItem& item : items) {
    item.read = [&, read = item.read] {
      const std::lock_guard lock(mutex);
      ++reads;
      changed.notify_all();
      return read();
    };
  }
  FakeFinder finder;
  finder.on_detect = [&](int i) {
    std::unique_lock lock(mutex);
    const int wanted = std::min(i + 2, 4);
    overlapped += changed.wait_for(lock, std::chrono::seconds(10), [&] { return reads >= wanted; });
  };
  run(finder, items);
  EXPECT_EQ(overlapped, 4);
}

// The image looked at, the next one and the one being drawn; of no other are the pixels held.
TEST(Search, HoldsFewImagesAtATime) {
  std::mutex mutex;
  std::vector<cv::Mat> read;  // a second reference to each
  std::vector<SearchItem> items = items_of(20);
  for (SearchItem& item : items) {
    item.read = [&, original = item.read] {
      const std::lock_guard lock(mutex);
      read.push_back(original());
      return read.back();
    };
  }
  int most = 0;
  FakeFinder finder;
  finder.on_detect = [&](int) {
    const std::lock_guard lock(mutex);
    int held = 0;
    for (const cv::Mat& pixels : read) held += pixels.u->refcount > 1;
    most = std::max(most, held);
  };
  run(finder, items, false, [](const SearchItem&, const cv::Mat&, const std::vector<FoundMass>&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // slower than the rest
  });
  EXPECT_EQ(read.size(), 20u);
  EXPECT_GE(most, 1);
  EXPECT_LE(most, 3);
}

TEST(Search, ShowsEveryImageOnceOneAtATimeOnAnotherThread) {
  std::vector<std::string> names;
  std::atomic<int> inside = 0, overlapping = 0, here = 0, wrong = 0;
  const auto caller = std::this_thread::get_id();
  const Seen seen = [&](const SearchItem& item, const cv::Mat& pixels,
                        const std::vector<FoundMass>& found) {
    overlapping += ++inside > 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    here += std::this_thread::get_id() == caller;
    names.push_back(item.name);
    const int level = std::stoi(item.name);
    wrong += pixels.at<uint16_t>(0, 0) != level || found.at(0).score != level / 100.0;
    --inside;
  };
  std::vector<SearchItem> items = items_of(6);
  items[2].read = []() -> cv::Mat { fail(ErrorKind::bad_input, "2.png: broken"); };
  run(FakeFinder(), items, /*keep_going=*/true, seen);
  EXPECT_EQ(names, (std::vector<std::string>{"0.png", "1.png", "3.png", "4.png", "5.png"}));
  EXPECT_EQ(overlapping, 0);
  EXPECT_EQ(here, 0);
  EXPECT_EQ(wrong, 0);
}

TEST(Search, AFileThatCannotBeReadIsNamedAndSkippedOrEndsIt) {
  std::vector<SearchItem> items = items_of(4);
  items[1].read = []() -> cv::Mat { fail(ErrorKind::bad_input, "1.png: broken"); };
  items[3].read = []() -> cv::Mat { fail(ErrorKind::io, "3.png: gone"); };
  const SearchResult result = run(FakeFinder(), items, /*keep_going=*/true);
  check_any_searched(result);
  EXPECT_EQ(result.image_ids, (std::vector<int64_t>{100, 102}));
  EXPECT_EQ(result.places, (std::vector<int64_t>{7, 9}));
  ASSERT_EQ(result.failures.size(), 2u);
  EXPECT_EQ(result.failures[1].place, 10);
  EXPECT_EQ(result.failures[0].name, "1.png");
  EXPECT_EQ(result.failures[0].message, "1.png: broken");
  EXPECT_EQ(result.failures[1].name, "3.png");
  ASSERT_EQ(result.detections.size(), 2u);
  EXPECT_EQ(result.detections[1].image_id, 102);

  EXPECT_ERROR(run(FakeFinder(), items, /*keep_going=*/false), bad_input, "1.png: broken");
  items[1].read = items[0].read;
  EXPECT_ERROR(run(FakeFinder(), items, /*keep_going=*/false), io, "3.png: gone");
}

TEST(Search, KeepingGoingIsForFilesOnly) {
  std::vector<SearchItem> items = items_of(2);
  items[0].read = []() -> cv::Mat { fail(ErrorKind::bad_input, "0.png: broken"); };
  items[1].read = []() -> cv::Mat { fail(ErrorKind::io, "1.png: gone"); };
  const SearchResult none = run(FakeFinder(), items, /*keep_going=*/true);
  EXPECT_ERROR(check_any_searched(none), bad_input,
               "not one image could be searched; first: 0.png: broken");
  items = items_of(2);
  items[1].read = []() -> cv::Mat { fail(ErrorKind::cancelled, "cancelled"); };
  EXPECT_ERROR(run(FakeFinder(), items, /*keep_going=*/true), cancelled, "cancelled");
  items[1].read = []() -> cv::Mat { fail(ErrorKind::defect, "ours"); };
  EXPECT_ERROR(run(FakeFinder(), items, /*keep_going=*/true), defect, "ours");
}

TEST(Search, WhatCannotBePreparedIsSkippedToo) {
  FakeFinder finder;
  finder.on_prepare = [](const auto& spacing_mm, const auto&) {
    if (!spacing_mm) fail(ErrorKind::bad_input, "no pixel spacing");
  };
  std::vector<SearchItem> items = items_of(3);
  items[1].spacing_mm = {0.1, 0.1};
  const SearchResult result = run(finder, items, /*keep_going=*/true);
  EXPECT_EQ(result.image_ids, std::vector<int64_t>{101});
  ASSERT_EQ(result.failures.size(), 2u);
  EXPECT_EQ(result.failures[1].name, "2.png");
  EXPECT_EQ(result.failures[1].message, "2.png: no pixel spacing");
}

// Whatever else goes wrong reaches the caller, whichever thread it happened on, and leaves no
// thread behind that still reads.
TEST(Search, OtherExceptionsReachTheCaller) {
  std::atomic<int> reading = 0;
  std::vector<SearchItem> items = items_of(4);
  for (SearchItem& item : items) {
    item.read = [&, read = item.read] {
      ++reading;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      --reading;
      return read();
    };
  }
  const auto is_thrown = [&](const FakeFinder& finder, const std::vector<SearchItem>& of,
                             const Seen& seen = {}) {
    try {
      run(finder, of, /*keep_going=*/true, seen);
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(reading, 0);
      return std::string(error.what()) == "unforeseen";
    }
    return false;
  };
  const auto unforeseen = [] { throw std::runtime_error("unforeseen"); };

  std::vector<SearchItem> broken = items;
  broken[2].read = [&]() -> cv::Mat { throw std::runtime_error("unforeseen"); };
  EXPECT_TRUE(is_thrown({}, broken)) << "of the reader's thread";
  FakeFinder finder;
  finder.on_detect = [&](int) { unforeseen(); };
  EXPECT_TRUE(is_thrown(finder, items)) << "of the network";
  for (const char* last : {"1.png", "3.png"}) {
    EXPECT_TRUE(is_thrown({}, items,
                          [&](const SearchItem& item, const cv::Mat&, const auto&) {
                            if (item.name == last) unforeseen();
                          }))
        << "of what draws " << last;
  }
  EXPECT_FALSE(is_thrown({}, items));
}

TEST(Search, IsCancelledBetweenImages) {
  int looked_at = 0;
  FakeFinder finder;
  finder.on_detect = [&](int i) {
    ++looked_at;
    if (i == 1) request_cancel();
  };
  EXPECT_ERROR(run(finder, items_of(5), /*keep_going=*/true), cancelled, "");
  clear_cancel();
  EXPECT_EQ(looked_at, 2);
}

// All of them are inside at once, or the wait would end without them; and no more than that.
TEST(Search, LooksAtSeveralSideBySide) {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0, most = 0, together = 0;
  FakeFinder finder;
  finder.on_detect = [&](int) {
    std::unique_lock lock(mutex);
    most = std::max(most, ++inside);
    changed.notify_all();
    together += changed.wait_for(lock, std::chrono::seconds(10), [&] { return most == 3; });
    --inside;
  };
  const SearchResult result = run(finder, items_of(9), false, {}, /*lanes=*/3);
  EXPECT_EQ(together, 9);
  EXPECT_EQ(most, 3);
}

TEST(Search, SaysTheSameWithSeveralLanes) {
  std::vector<SearchItem> items = items_of(12);
  for (size_t i = 0; i < items.size(); i += 3) {
    items[i].read = [read = items[i].read] {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      return read();
    };
  }
  items[5].read = []() -> cv::Mat { fail(ErrorKind::bad_input, "5.png: broken"); };
  const auto names = [&](int lanes, SearchResult& result) {
    std::vector<std::string> seen;
    result = run(
        FakeFinder(), items, true,
        [&](const SearchItem& item, const cv::Mat&, const auto&) { seen.push_back(item.name); },
        lanes);
    return seen;
  };
  SearchResult one, four;
  EXPECT_EQ(names(1, one), names(4, four));
  EXPECT_EQ(one.image_ids, four.image_ids);
  EXPECT_EQ(one.failures.size(), four.failures.size());
  ASSERT_EQ(one.detections.size(), four.detections.size());
  for (size_t i = 0; i < one.detections.size(); ++i)
    EXPECT_EQ(one.detections[i].score, four.detections[i].score);
}

TEST(Search, AnErrorInALaneReachesTheCaller) {
  FakeFinder finder;
  finder.on_detect = [](int i) {
    if (i == 4) throw std::runtime_error("unforeseen");
  };
  EXPECT_THROW(run(finder, items_of(9), true, {}, 3), std::runtime_error);
}

}  // namespace
}  // namespace mammograft
