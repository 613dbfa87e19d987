#include "stages/detector_scores.h"

#include <gtest/gtest.h>

#include "assess/assess.h"
#include "cohort/detections.h"
#include "core/testing.h"

namespace mammograft {
namespace {

Detection mark(int64_t image_id, const Box& box, double score) {
  Detection one;
  one.image_id = image_id;
  one.bbox = box;
  one.score = score;
  return one;
}

class DetectorScores : public ::testing::Test {
 protected:
  DetectorScores() {
    cohort_.folder = "cohort";
    for (int64_t id : {1, 2, 3}) {
      ImageRecord& image = cohort_.images.emplace_back();
      image.id = id;
      image.patient_id = "p/" + std::to_string(id);
      Annotation& mass = cohort_.annotations.emplace_back();
      mass.id = mass.image_id = id;
      mass.bbox = {10, 10, 30, 30};
    }
  }

  fs::path search(const std::string& name, std::vector<int64_t> images,
                  const std::vector<Detection>& detections, const PatientSet& learnt = {}) {
    write_search(folder_ / name, detections,
                 {.image_ids = std::move(images), .patients_hashed = learnt});
    return folder_ / name;
  }
  double score(size_t mass) const {
    return cohort_.annotations[mass].attributes.value(kDetectorScore, -1.0);
  }

  TestFolder folder_;
  Cohort cohort_;
};

TEST_F(DetectorScores, AreThoseOfTheBestCentreInTheBox) {
  const Box inside{12, 12, 20, 42}, beside{25, 10, 55, 30};  // centres (16, 27) and (40, 20)
  attach_detector_scores(search("a.json", {1, 2},
                                {mark(1, inside, 0.25), mark(1, inside, 0.5), mark(1, beside, 0.75),
                                 mark(2, beside, 0.75)}),
                         cohort_);
  EXPECT_EQ(score(0), 0.5);
  EXPECT_EQ(score(1), 0);
  EXPECT_EQ(score(2), -1);  // not searched
  const fs::path rest = search("b.json", {3}, {mark(3, inside, 0.125)});
  attach_detector_scores(rest, cohort_);
  EXPECT_EQ(score(2), 0.125);
  EXPECT_ERROR(attach_detector_scores(rest, cohort_), bad_input,
               "image 3 of cohort was searched before");
}

TEST_F(DetectorScores, OfImagesThatAreKnownByADetectorThatKnowsNobody) {
  EXPECT_ERROR(attach_detector_scores(search("a.json", {1, 7}, {}), cohort_), bad_input,
               "found image 7, which is not in cohort");
  EXPECT_ERROR(
      attach_detector_scores(search("b.json", {1, 2}, {}, PatientSet::of({"p/2"})), cohort_),
      bad_input, "learnt from 1 of the 2 patients that it searched (for example p/2)");
  attach_detector_scores(search("c.json", {1}, {}, PatientSet::of({"p/2"})), cohort_);
  const fs::path bare = search("d.json", {2}, {});
  fs::remove(detections_meta_path(bare));
  EXPECT_ERROR(attach_detector_scores(bare, cohort_), bad_input, "d.meta.json is missing");
}

}  // namespace
}  // namespace mammograft
