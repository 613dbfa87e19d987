// Weighted boxes fusion against its definition, worked out by hand.
#include "detect/box_fusion.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

FoundMass mass(Box box, double score, int64_t label = 1) {
  FoundMass found;
  found.box = box;
  found.score = score;
  found.label = label;
  return found;
}

Rle outline(int pixels) { return {10, 10, {0, static_cast<uint32_t>(pixels), 100u - pixels}}; }

TEST(BoxFusion, OneLookComesBackAsItIs) {
  const std::vector<FoundMass> look = {mass({0, 0, 10, 10}, 0.9), mass({1, 0, 10, 10}, 0.8)};
  const std::vector<FoundMass> fused = fuse({look});
  ASSERT_EQ(fused.size(), 2u);
  EXPECT_EQ(fused[1].box, look[1].box);
  EXPECT_EQ(fused[1].score, 0.8);
}

TEST(BoxFusion, AveragesWhatOverlapsByScore) {
  const std::vector<FoundMass> fused =
      fuse({{mass({0, 0, 10, 10}, 0.9)}, {mass({3, 0, 13, 20}, 0.3)}});
  ASSERT_EQ(fused.size(), 1u);
  EXPECT_NEAR(fused[0].box.x0, 0.75, 1e-12);  // (0.9 * 0 + 0.3 * 3) / 1.2
  EXPECT_NEAR(fused[0].box.y0, 0, 1e-12);
  EXPECT_NEAR(fused[0].box.x1, 10.75, 1e-12);
  EXPECT_NEAR(fused[0].box.y1, 12.5, 1e-12);
  EXPECT_NEAR(fused[0].score, 0.6, 1e-12);
}

TEST(BoxFusion, WhatFewLooksSawIsLessSure) {
  const Box here{0, 0, 10, 10}, there{50, 50, 60, 60};
  const std::vector<FoundMass> fused =
      fuse({{mass(here, 0.6), mass(there, 0.9)}, {mass(here, 0.6)}, {mass(here, 0.6)}});
  ASSERT_EQ(fused.size(), 2u);  // by falling score: the one that all saw comes first
  EXPECT_EQ(fused[0].box, here);
  EXPECT_NEAR(fused[0].score, 0.6, 1e-12);
  EXPECT_EQ(fused[1].box, there);
  EXPECT_NEAR(fused[1].score, 0.3, 1e-12);
}

TEST(BoxFusion, AWeakerBoxOfTheSameLookIsLeftOut) {
  const std::vector<FoundMass> fused =
      fuse({{mass({0, 0, 10, 10}, 1), mass({0, 0, 10, 9}, 0.2)}, {mass({0, 0, 10, 10}, 0.8)}});
  ASSERT_EQ(fused.size(), 1u);
  EXPECT_NEAR(fused[0].score, 0.9, 1e-12);
  EXPECT_EQ(fused[0].box, (Box{0, 0, 10, 10}));
}

TEST(BoxFusion, KeepsLabelsApart) {
  const Box box{0, 0, 10, 10};
  EXPECT_EQ(fuse({{mass(box, 0.9, 1)}, {mass(box, 0.8, 2)}}).size(), 2u);
}

TEST(BoxFusion, OverlapAtTheThresholdIsAnotherMass) {
  const std::vector<std::vector<FoundMass>> looks = {{mass({0, 0, 10, 10}, 0.9)},
                                                     {mass({0, 0, 10, 5}, 0.8)}};  // IoU 1/2
  EXPECT_EQ(fuse(looks, {.iou = 0.5}).size(), 2u);
  EXPECT_EQ(fuse(looks, {.iou = 0.49}).size(), 1u);
}

TEST(BoxFusion, TheOutlineIsThatOfTheSurestLookThatHasOne) {
  const Box box{0, 0, 10, 10};
  FoundMass sure = mass(box, 0.9), less = mass(box, 0.5), least = mass(box, 0.1);
  less.mask = outline(20);
  least.mask = outline(30);
  const std::vector<FoundMass> fused = fuse({{least}, {sure}, {less}});
  ASSERT_EQ(fused.size(), 1u);
  EXPECT_EQ(fused[0].mask, less.mask);
}

}  // namespace
}  // namespace mammograft
