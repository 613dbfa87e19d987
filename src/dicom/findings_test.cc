#include "dicom/findings.h"

#include <gtest/gtest.h>

#include "dicom/finding_testing.h"

namespace mammograft {
namespace {

TEST(SearchedImage, NeedsTheUidsByWhichItIsReferredTo) {
  for (const auto& [tag, name] : {std::pair{tags::kSopInstanceUid, "SOP Instance UID"},
                                  std::pair{tags::kSeriesInstanceUid, "Series Instance UID"},
                                  std::pair{tags::kStudyInstanceUid, "Study Instance UID"}}) {
    NewDicom made = full_mammogram();
    made.data().set(tag, "");
    const Reopened reopened(std::move(made));
    EXPECT_ERROR(searched_image(reopened.file, {}), bad_input, name);
  }
}

TEST(Findings, WithoutPolygonsTheBoxIsTheOutline) {
  const Finding finding{{1, 2, 3, 4}, {{{0, 0}, {1, 1}}}, 1, std::nullopt};
  EXPECT_EQ(main_outline(finding), (Polygon{{1, 2}, {3, 2}, {3, 4}, {1, 4}}));
  EXPECT_EQ(closed({{1, 2}, {3, 4}}), (Polygon{{1, 2}, {3, 4}, {1, 2}}));
  EXPECT_EQ(closed({{1, 2}, {3, 4}, {1, 2}}).size(), 3u);
  EXPECT_TRUE(closed({}).empty());
}

TEST(Findings, LongOutlinesAreThinnedToWhatAnAttributeHolds) {
  const Polygon shape = ellipse({0, 0, 3000, 4000}, 20000);
  const Polygon ring = closed(shape);
  EXPECT_LE(ring.size() * 8, 65534u);
  EXPECT_GE(ring.size(), 6000u);
  EXPECT_NEAR(signed_area(ring), signed_area(shape), 3e-7 * signed_area(shape));
}

}  // namespace
}  // namespace mammograft
