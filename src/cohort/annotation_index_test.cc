#include "cohort/annotation_index.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

std::vector<int64_t> ids(Annotations annotations) {
  std::vector<int64_t> ids;
  for (const Annotation* annotation : annotations) ids.push_back(annotation->id);
  return ids;
}

TEST(AnnotationIndex, GivesThoseOfAnImageInTheirOrder) {
  Cohort cohort;
  for (const auto& [id, image_id] :
       std::vector<std::pair<int64_t, int64_t>>{{7, 0}, {3, 2}, {5, 0}, {9, 2}, {1, 0}}) {
    Annotation annotation;
    annotation.id = id;
    annotation.image_id = image_id;
    annotation.ignore = id == 5 || image_id == 2;
    cohort.annotations.push_back(annotation);
  }
  using Ids = std::vector<int64_t>;
  const AnnotationIndex all(cohort);
  EXPECT_EQ(ids(all.of(0)), (Ids{7, 5, 1}));
  EXPECT_EQ(ids(all.of(2)), (Ids{3, 9}));
  EXPECT_EQ(ids(all.of(1)), (Ids{}));
  EXPECT_TRUE(all.any(2));
  EXPECT_FALSE(all.any(1));
  EXPECT_EQ(all.of(0)[0], &cohort.annotations[0]);
  const AnnotationIndex findings(cohort, /*ignored=*/false);
  EXPECT_EQ(ids(findings.of(0)), (Ids{7, 1}));
  EXPECT_FALSE(findings.any(2));
}

}  // namespace
}  // namespace mammograft
