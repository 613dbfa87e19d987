// A source of synthetic images for the tests of detect. Only for *_test.cc files.
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "detect/cohort_testing.h"
#include "detect/graft_source.h"

namespace mammograft {

// Image n is a breast with a mass whose place says n, of patient "<patients>/<n % 3>".
class TestSource : public GraftSource {
 public:
  std::string patients_named = "source";
  std::set<int64_t> failing, unseen;  // numbers
  std::atomic<bool> broken = false;
  bool drawn = true;

  static Point center_of(int64_t n) {
    return {20.0 + static_cast<double>(n % 8), 40.0 + static_cast<double>(n / 8 % 8)};
  }

  FreshImage image(int64_t n) const {
    FreshImage image;
    if (failing.contains(n)) {
      image.failure = "no room";
      return image;
    }
    const Point center = center_of(n);
    image.pixels = test_breast(&center);
    image.record.width = kTestWidth;
    image.record.height = kTestHeight;
    image.record.patient_id = patients_named + "/" + std::to_string(n % 3);
    image.record.status = Status::mass;
    image.record.source = {.method = "test"};
    Annotation mass;
    const double radius = unseen.contains(n) ? 0.1 : kTestMassRadius;
    mass.bbox = {center.x - radius, center.y - radius, center.x + radius, center.y + radius};
    mass.mask_origin = MaskOrigin::synthetic;
    mass.segmentation = std::vector<Polygon>{test_circle(center, radius)};
    image.annotations = {mass};
    return image;
  }

  std::array<FreshImage, 2> make_two(int64_t first) override {
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(first);
    }
    if (broken) fail(ErrorKind::io, "source: broken");
    return {image(first), image(first + 1)};
  }
  std::string method() const override { return "test"; }
  PatientSet patients() const override {
    return PatientSet::of({patients_named + "/0", patients_named + "/1", patients_named + "/2"});
  }
  bool drawn_outlines() const override { return drawn; }

  std::vector<int64_t> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<int64_t> asked_;
};

}  // namespace mammograft
