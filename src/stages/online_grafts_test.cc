#include "stages/online_grafts.h"

#include <gtest/gtest.h>

#include <map>

#include "cohort/annotation_index.h"
#include "cohort/folds.h"
#include "cohort/patients.h"
#include "core/testing.h"
#include "stages/carry_out.h"
#include "stages/phantom.h"

namespace mammograft {
namespace {

struct OnlineGraftsTest : testing::Test {
  TestFolder folder;
  Progress progress;
  RunContext context{3, 2, "cpu", progress};
  CohortPart part{{(folder / "cohort").string()}, "", -1, ""};
  OnlineGraftOptions options;
  OnlineGraftPart sources;

  OnlineGraftsTest() { options.online = "pie"; }

  Cohort phantoms(const std::string& name, int64_t seed = 1) {
    PhantomStage stage;
    stage.phantom.phantom.patients = 8;
    stage.phantom.phantom.mm_per_px = 1;
    stage.phantom.phantom.mass_fraction = 0.5;
    stage.phantom.phantom.seed = seed;
    stage.out = folder / name;
    carry_out(stage, context);
    return read_cohort(folder / name);
  }
  std::unique_ptr<GraftSource> open(const Cohort& training, const std::set<std::string>& withheld) {
    return online_grafts(options, sources, part, context).open(training, withheld);
  }
  // Patients of `count` images.
  static std::set<std::string> shown(GraftSource& source, int64_t count) {
    std::set<std::string> patients;
    for (int64_t i = 0; i < count; i += 2) {
      for (const FreshImage& image : source.make_two(i)) {
        for (const std::string& patient : patients_of(image.record)) patients.insert(patient);
      }
    }
    return patients;
  }
  static Cohort without(const Cohort& cohort, const std::set<std::string>& patients) {
    return filter(cohort,
                  [&](const ImageRecord& image) { return !patients.contains(image.patient_id); });
  }
  void expect_those_of_synthesize();
};

void OnlineGraftsTest::expect_those_of_synthesize() {
  const Cohort cohort = phantoms("cohort");
  SynthesizeStage stage;
  static_cast<SynthesizeStageOptions&>(stage.synthesis) = options.grafting;
  stage.synthesis.method = options.online;
  stage.synthesis.synthesis.count = 8;
  stage.part = part;
  stage.out = folder / "grafts";
  carry_out(stage, context);
  const Cohort expected = read_cohort(folder / "grafts");
  const auto source = open(cohort, {});
  std::map<int64_t, FreshImage> found;
  for (const int64_t first : {4, 0, 2, 6}) {
    std::array<FreshImage, 2> two = source->make_two(first);
    for (int64_t k = 0; k < 2; ++k) {
      if (two[k].failure.empty()) found[first + k + 1] = std::move(two[k]);
    }
  }
  ASSERT_EQ(found.size(), expected.images.size());
  const AnnotationIndex index(expected);
  for (const ImageRecord& image : expected.images) {
    const FreshImage& fresh = found.at(image.id);
    EXPECT_EQ(cv::norm(fresh.pixels, read_pixels(expected, image), cv::NORM_INF), 0) << image.id;
    const Annotations annotations = index.of(image.id);
    ASSERT_EQ(fresh.annotations.size(), annotations.size());
    for (size_t k = 0; k < annotations.size(); ++k)
      EXPECT_EQ(fresh.annotations[k].bbox, annotations[k]->bbox);
    EXPECT_EQ(fresh.record.source->lesion, image.source->lesion);
    EXPECT_EQ(fresh.record.patient_id, image.patient_id);
  }
}

TEST_F(OnlineGraftsTest, AreThoseOfASynthesisWithThatSeed) { expect_those_of_synthesize(); }

TEST_F(OnlineGraftsTest, InBothViewsToo) {
  options.grafting.synthesis.views = "both";
  options.online = "fuse";
  options.cache_mb = 0;
  expect_those_of_synthesize();
}

TEST_F(OnlineGraftsTest, NothingOfAPatientWithheldIsInAny) {
  const Cohort cohort = phantoms("cohort");
  const std::set<std::string> all = shown(*open(cohort, {}), 60);
  EXPECT_EQ(all.size(), 8u) << "each as lesion or as background";
  ASSERT_FALSE(cohort.annotations.empty());
  const std::set<std::string> withheld = {cohort.image(cohort.annotations[0].image_id).patient_id,
                                          cohort.images.back().patient_id};
  const auto check = [&](GraftSource& source) {
    for (const std::string& patient : shown(source, 60))
      EXPECT_FALSE(withheld.contains(patient)) << patient;
    for (const std::string& patient : withheld)
      EXPECT_FALSE(source.patients().contains(patient)) << patient;
  };
  check(*open(without(cohort, withheld), withheld));
  // Cohorts of their own hold the same patients.
  sources.lesions.cohorts = sources.backgrounds = {(folder / "cohort").string()};
  const auto source = open(without(cohort, withheld), withheld);
  check(*source);
  EXPECT_EQ(source->patients().size(), 8u - withheld.size());
}

TEST_F(OnlineGraftsTest, AFoldHoldsForLesionsAndBackgroundsOfTheirOwnToo) {
  const Cohort cohort = phantoms("cohort");
  const Folds folds = make_folds(cohort, 2, 1);
  write_folds(folder / "folds.json", folds);
  part.folds = (folder / "folds.json").string();
  part.fold = 1;
  sources.lesions.cohorts = sources.backgrounds = {(folder / "cohort").string()};
  const auto source = open(part.training(), {});
  for (const std::string& patient : shown(*source, 40)) EXPECT_EQ(folds.fold_of.at(patient), 0);
  EXPECT_EQ(held_out_in(source->patients(), folds, 1), "");
}

TEST_F(OnlineGraftsTest, TheirDescriptionSaysAllThatDecides) {
  phantoms("cohort");
  phantoms("other", 2);
  const auto description = [&] {
    return online_grafts(options, sources, part, context).description;
  };
  const Json before = description();
  options.cache_mb = 1;
  EXPECT_EQ(description(), before) << "that decides nothing";
  options.grafting.synthesis.placement.margin_mm = 3;
  EXPECT_NE(description(), before);
  options.grafting.synthesis.placement.margin_mm = 2;
  sources.lesions.cohorts = {(folder / "other").string()};
  EXPECT_NE(description(), before);
}

TEST_F(OnlineGraftsTest, WhatDoesNotGoTogetherIsAUsageError) {
  sources.model = "model.safetensors";
  EXPECT_ERROR(sources.check(options, part), usage, "--graft-online pie: found a --graft-model");
  options.online = "none";
  EXPECT_ERROR(sources.check(options, part), usage, "expected --graft-online with them");
  sources.model.clear();
  sources.check(options, part);
  options.online = "blend";
  EXPECT_ERROR(sources.check(options, part), usage, "--graft-online blend needs a --graft-model");
  options.online = "pie";
  sources.lesions.split = "train";
  EXPECT_ERROR(sources.check(options, part), usage,
               "--graft-lesions-split: expected --graft-lesions with it");
  sources.lesions.split.clear();
  sources.backgrounds_split = "train";
  EXPECT_ERROR(sources.check(options, part), usage, "--graft-backgrounds-split: expected");
  sources.backgrounds_split.clear();
  options.cache_mb = -1;
  EXPECT_ERROR(sources.check(options, part), usage, "--graft-cache-mb: found -1");
  options = {};
  options.online = "vanilla";
  options.grafting.synthesis.views = "both";
  sources.model = "model.safetensors";
  EXPECT_ERROR(sources.check(options, part), usage, "--graft-views both: expected one");
}

}  // namespace
}  // namespace mammograft
