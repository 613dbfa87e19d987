#include "graft/view_pairs.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

ImageRecord shown(const std::string& patient, const std::string& side, const std::string& view) {
  ImageRecord image;
  image.patient_id = patient;
  image.laterality = side;
  image.view = view;
  return image;
}

TEST(BreastPairs, AreTheFirstOfEachViewOfOneBreast) {
  Cohort cohort;
  cohort.images = {shown("a", "L", "MLO"), shown("b", "L", "CC"),  shown("a", "R", "CC"),
                   shown("a", "L", "CC"),  shown("a", "L", "CC"),  shown("b", "R", "MLO"),
                   shown("", "L", "CC"),   shown("b", "L", "MLO"), shown("b", "L", "ML")};
  const BreastPairs all = breast_pairs(cohort, {0, 1, 2, 3, 4, 5, 6, 7, 8});
  ASSERT_EQ(all.pairs.size(), 2u);
  EXPECT_EQ(all.pairs[0].cc, 1u);
  EXPECT_EQ(all.pairs[0].mlo, 7u);
  EXPECT_EQ(all.pairs[1].cc, 3u);
  EXPECT_EQ(all.pairs[1].mlo, 0u);
  EXPECT_EQ(all.left_out, 2u);
  EXPECT_EQ(all.unknown, 1u);
  EXPECT_ERROR(breast_pairs(cohort, {1, 2, 5, 6, 8}), bad_input,
               "found no breast with a CC and an MLO image to graft onto among 3 breasts and 1 "
               "images");
}

Lesion pictured(const std::string& patient, const std::string& id, const std::string& view) {
  Lesion lesion;
  lesion.patient_id = patient;
  lesion.lesion_id = id;
  lesion.view = view;
  return lesion;
}

TEST(LesionPairs, HaveTheirOwnPicturesWhereTheCohortKnowsThem) {
  LesionBank bank;
  bank.lesions = {pictured("a", "m1", "MLO"), pictured("a", "", "CC"),  pictured("b", "m1", "CC"),
                  pictured("a", "m1", "CC"),  pictured("b", "", "MLO"), pictured("a", "m2", "MLO")};
  const std::vector<ViewPair> pairs = lesion_pairs(bank);
  std::vector<std::pair<size_t, size_t>> found;
  for (const ViewPair& pair : pairs) found.emplace_back(pair.cc, pair.mlo);
  const std::vector<std::pair<size_t, size_t>> expected = {{1, 1}, {2, 2}, {3, 0}, {4, 4}, {5, 5}};
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace mammograft
