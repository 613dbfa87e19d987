#include "cohort/double_findings.h"

#include <gtest/gtest.h>

#include "cohort/oddities.h"

namespace mammograft {
namespace {

Cohort cohort_of(const std::vector<Annotation>& annotations) {
  Cohort cohort;
  for (const int64_t id : {1, 2}) {
    ImageRecord& image = cohort.images.emplace_back();
    image.id = id;
    image.file_name = id == 1 ? "a.png" : "b.png";
    image.width = image.height = 500;
  }
  cohort.annotations = annotations;
  return cohort;
}

Annotation finding(int64_t id, int64_t image_id, const Box& box, int64_t category = 1) {
  Annotation annotation;
  annotation.id = id;
  annotation.image_id = image_id;
  annotation.category_id = category;
  annotation.bbox = box;
  return annotation;
}

TEST(DoubleFindings, AreBoxesAlikeOfOneImageAndCategory) {
  const Box box{0, 0, 100, 100};
  Annotation ignored = finding(9, 1, box);
  ignored.ignore = true;
  const Cohort cohort =
      cohort_of({finding(1, 1, box), finding(2, 2, box), finding(3, 1, box, /*category=*/2),
                 finding(4, 1, {0, 0, 100, 95}),  // IoU 0.95 with 1
                 finding(5, 1, {0, 0, 100, 99}),  // 0.99, with 4 0.9596
                 finding(6, 2, box), ignored});
  const std::vector<DoubleFinding> doubles = find_double_findings(cohort);
  ASSERT_EQ(doubles.size(), 3u);
  EXPECT_EQ(doubles[0].first->id, 1);
  EXPECT_EQ(doubles[0].second->id, 5);
  EXPECT_DOUBLE_EQ(doubles[0].iou, 0.99);
  EXPECT_EQ(doubles[1].first->id, 4);
  EXPECT_EQ(doubles[2].second->id, 6);
  EXPECT_EQ(doubles[2].iou, 1);
}

TEST(DoubleFindings, AreAmongWhatDeservesALook) {
  const Box box{100, 100, 200, 200};
  const auto doubles_in = [](const Cohort& cohort) {
    for (const Oddity& oddity : find_oddities(cohort))
      if (oddity.what == "findings that are held twice") return oddity.count;
    return 0;
  };
  EXPECT_EQ(doubles_in(cohort_of({finding(1, 1, box), finding(2, 2, box)})), 0);
  EXPECT_EQ(doubles_in(cohort_of({finding(1, 1, box), finding(2, 1, box)})), 1);
}

TEST(DoubleFindings, AreNamedInOneLine) {
  EXPECT_EQ(double_findings_text(cohort_of({finding(1, 1, {0, 0, 9, 9})})), "");
  const std::string one =
      double_findings_text(cohort_of({finding(4, 2, {0, 0, 9, 9}), finding(7, 2, {0, 0, 9, 9})}));
  EXPECT_EQ(one.rfind("1 lesion is held twice", 0), 0u) << one;
  EXPECT_NE(one.find("image b.png: annotations 4 and 7"), std::string::npos) << one;
}

}  // namespace
}  // namespace mammograft
