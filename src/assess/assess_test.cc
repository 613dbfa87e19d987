#include "assess/assess.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assess/patients.h"
#include "assess/testing.h"
#include "core/testing.h"
#include "graft/appearance.h"
#include "graft/synthesize.h"
#include "graft/testing.h"

namespace mammograft {
namespace {

constexpr double kUnknownWeight = MassMeasures::kUnknown;

Provenance provenance(const Cohort& real, size_t i) {
  const ImageRecord& image = real.images[i];
  return {.method = "pasted",
          .seed = 1,
          .background = Provenance::Origin{image.file_name, image.patient_id},
          .lesion = Provenance::Lesion{{image.file_name, image.patient_id}, real.annotations[i].id},
          .background_change = 0.25,
          .detail = Provenance::Detail{.lesion = {0.5, 0.25},
                                       .background = {0.5, 0.75},
                                       .salient_lesion = {i % 2 ? 1.0 : kUnknownWeight, 0.5},
                                       .salient_background = {0, 0.25},
                                       .points = static_cast<int64_t>(i),
                                       .surviving = static_cast<int64_t>(i / 2)}};
}

// Every real image once more; with a white disc in place of the mass, or as it is.
Cohort synthetic_cohort(const Cohort& real, const std::filesystem::path& folder, bool white) {
  std::filesystem::create_directories(folder);
  Cohort cohort = real;
  cohort.folder = folder;
  for (size_t i = 0; i < cohort.images.size(); ++i) {
    cohort.images[i].source = provenance(real, i);
    cv::Mat pixels = read_pixels(real, real.images[i]);
    const Point center = cohort.annotations[i].bbox.center();
    if (white) {
      cv::circle(pixels, {static_cast<int>(center.x), static_cast<int>(center.y)}, kNoiseRadius - 1,
                 cv::Scalar(60000), cv::FILLED);
    }
    write_png(folder / cohort.images[i].file_name, pixels);
    cohort.annotations[i].mask_origin = MaskOrigin::synthetic;
  }
  return cohort;
}

AssessOptions quick() {
  AssessOptions options;
  options.window.side_px = 32;
  options.fold_count = 2;
  options.resamples = 100;
  options.classifier.seeds = 2;
  options.classifier.steps = 30;
  options.classifier.batch = 16;
  return options;
}

class AssessTest : public ::testing::Test {
 protected:
  AssessTest() : real_(noise_cohort(folder_ / "real", 16)) {}

  AssessInput input(std::vector<SyntheticSet> sets) {
    return {{real_}, std::move(sets), {}, {}, {}};
  }
  Assessment run(const AssessInput& input) { return assess(input, quick(), 1, 2, silent_); }
  Cohort copies() { return synthetic_cohort(real_, folder_ / "copies", false); }
  Cohort discs() { return synthetic_cohort(real_, folder_ / "discs", true); }

  TestFolder folder_;
  Cohort real_;
  Progress silent_;
};

// What is grafted reaches 1 mm, 5 px, beyond the mass of a lesion as large as its own.
TEST_F(AssessTest, LooksForTheSeamWhereAScaledLesionEnds) {
  AssessOptions options = quick();
  options.told_apart = false;
  for (const double scale : {0.6, 1.0, 1.4}) {
    Cohort grafts = copies();
    for (size_t i = 0; i < grafts.images.size(); ++i) {
      grafts.images[i].source->transform = Provenance::Transform{.scale = scale};
      cv::Mat pixels = read_pixels(grafts, grafts.images[i]);
      const Point center = grafts.annotations[i].bbox.center();
      cv::circle(pixels, {static_cast<int>(center.x), static_cast<int>(center.y)},
                 static_cast<int>(kNoiseRadius + 5 * scale), cv::Scalar(50000), cv::FILLED);
      write_png(grafts.folder / grafts.images[i].file_name, pixels);
    }
    const Assessment result = assess(input({{"scaled", grafts}}), options, 1, 2, silent_);
    for (const AssessedMass& mass : result.sets[0].masses)
      EXPECT_GT(mass.measures.seam, 2) << scale;
  }
}

// A cohort says how far its grafts reach beyond their masses; the option stands in.
TEST_F(AssessTest, LooksForTheSeamWhereTheCohortSaysThatAGraftEnds) {
  AssessOptions options = quick();
  options.told_apart = false;
  Cohort grafts = copies();
  for (size_t i = 0; i < grafts.images.size(); ++i) {
    cv::Mat pixels = read_pixels(grafts, grafts.images[i]);
    const Point center = grafts.annotations[i].bbox.center();
    cv::circle(pixels, {static_cast<int>(center.x), static_cast<int>(center.y)}, kNoiseRadius + 10,
               cv::Scalar(50000), cv::FILLED);  // 2 mm
    write_png(grafts.folder / grafts.images[i].file_name, pixels);
  }
  const auto assessed = [&](const Cohort& cohort) {
    return assess(input({{"grafts", cohort}}), options, 1, 2, silent_).sets[0];
  };
  EXPECT_LT(assessed(grafts).seam.median, 2);
  EXPECT_EQ(assessed(grafts).dilation_mm, 1);
  Cohort told = grafts;
  told.info["synthesis"]["options"]["lesion"]["dilation_mm"] = 2.0;
  EXPECT_EQ(assessed(told).dilation_mm, 2);
  EXPECT_GT(assessed(told).seam.low, 2);
  Cohort joined = grafts;
  joined.info["merged"] = {told.info, told.info};
  EXPECT_GT(assessed(joined).seam.low, 2);
  joined.info["merged"].push_back(grafts.info);
  EXPECT_ERROR(assessed(joined), bad_input, "dilation_mm: found 1 and 2, expected one");
  options.dilation_mm = 2;
  EXPECT_GT(assessed(grafts).seam.low, 2);
}

// Grafts of all scales and turns: what their region was is known to a pixel.
TEST_F(AssessTest, BeyondARealGraftNothingChanges) {
  const Cohort films = test_cohort(folder_ / "films", 4, 4);
  const auto fuse = make_fuse({});
  SynthesisOptions synthesis;
  synthesis.count = 16;
  const Cohort grafts =
      synthesize({films, films}, *fuse, synthesis, folder_ / "grafts", {1, 2, "cpu", silent_});
  AssessOptions options = quick();
  options.told_apart = false;
  options.window.mm_per_px = kTestSpacing;
  const Assessment result = assess({{films}, {{"", grafts}}, {}, {}, {}}, options, 1, 2, silent_);
  ASSERT_EQ(result.sets[0].masses.size(), 16u);
  for (const AssessedMass& mass : result.sets[0].masses) {
    EXPECT_EQ(mass.measures.background_change, 0);
    EXPECT_EQ(mass.measures.background_share, 0);
  }
}

TEST_F(AssessTest, TellsDiscsFromRealMassesAndNotCopies) {
  const AssessInput given = input({{"copies", copies()}, {"discs", discs()}});
  const Assessment result = run(given);
  ASSERT_EQ(result.sets.size(), 2u);
  const AssessedSet &copied = result.sets[0], &drawn = result.sets[1];
  EXPECT_NEAR(copied.auc.value, 0.5, 0.02);
  EXPECT_GT(drawn.auc.value, 0.95);
  EXPECT_EQ(drawn.auc.positives, 16);
  EXPECT_EQ(drawn.auc.negatives, 16);
  EXPECT_EQ(drawn.seed_auc.size(), 2u);
  EXPECT_NEAR(copied.appearance_auc.value, 0.5, 0.02);
  EXPECT_GT(drawn.appearance_auc.value, 0.95);
  ASSERT_EQ(drawn.appearance_group_auc.size(), kAppearanceGroups.size());
  EXPECT_GT(drawn.appearance_group_auc[0].value, 0.9);  // a white disc has no texture
  ASSERT_EQ(result.differences.size(), 1u);
  EXPECT_LT(result.differences[0].value, -0.4);
  EXPECT_LT(result.differences[0].interval.high, 0);

  EXPECT_NEAR(copied.transfer.slope, 1, 1e-9);
  EXPECT_NEAR(copied.transfer.median_ratio, 1, 1e-9);
  EXPECT_EQ(copied.transfer.invisible_share, 0);
  EXPECT_NEAR(copied.seam.mean, result.real.seam.mean, 1e-12);
  EXPECT_NEAR(copied.high_frequency.median, 1, 1e-12);
  EXPECT_EQ(copied.background_change, 0);
  EXPECT_EQ(copied.background_share, 0);
  EXPECT_EQ(copied.background_before, 0.25);

  // A copy stands out as the mass itself does, a white disc more.
  EXPECT_NEAR(copied.conspicuity_shift.value, 0, 1e-12);
  EXPECT_EQ(copied.conspicuity_shift.distance, 0);
  EXPECT_LE(copied.conspicuity_shift.interval.low, 0);
  EXPECT_GT(drawn.conspicuity_shift.interval.low, 0);
  EXPECT_EQ(drawn.conspicuity_shift.distance, 1);

  // Half of the masses have no weight in the finer band.
  const DetailSummary& detail = copied.detail;
  EXPECT_EQ(detail.lesion[0], 0.5);
  EXPECT_EQ(detail.salient_lesion[0], 1);
  EXPECT_EQ(detail.salient_lesion[1], 0.5);
  int64_t points = 0, surviving = 0;
  for (size_t i = 0; i < copied.masses.size(); ++i)
    points += int64_t(i), surviving += int64_t(i / 2);
  EXPECT_EQ(detail.points, points);
  EXPECT_DOUBLE_EQ(detail.survival, double(surviving) / double(points));
  EXPECT_LT(detail.survival_interval.low, detail.survival);
  EXPECT_GT(detail.survival_interval.high, detail.survival);

  EXPECT_GT(drawn.transfer.ratio_of_means, 1.5);
  EXPECT_LT(std::abs(drawn.transfer.slope), 0.5);  // a disc has the brightness of no lesion
  EXPECT_GT(drawn.high_frequency.median, 2);       // its rim
  EXPECT_EQ(drawn.background_change, 0);           // it stays within the mass
}

TEST_F(AssessTest, ComparesADetectorsScores) {
  const Cohort unsearched = discs();
  for (size_t i = 0; i < real_.annotations.size(); ++i)
    real_.annotations[i].attributes[kDetectorScore] = 0.25 + 0.5 * double(i % 2);
  Cohort grafts = copies();
  for (Annotation& mass : grafts.annotations) mass.attributes[kDetectorScore] = 0.875;
  grafts.annotations.back().attributes.erase(kDetectorScore);  // not searched
  const Assessment result = run(input({{"copies", grafts}, {"discs", unsearched}}));
  EXPECT_DOUBLE_EQ(result.real.detector_score.mean, 0.5);
  const Shift& shift = result.sets[0].detector_score_shift;
  EXPECT_DOUBLE_EQ(shift.value, 0.375);
  EXPECT_EQ(shift.distance, 1);
  EXPECT_GT(shift.interval.low, 0);
  EXPECT_LT(shift.interval.low, shift.value);
  EXPECT_TRUE(std::isnan(result.sets[1].detector_score_shift.value));
}

TEST_F(AssessTest, MeasuresWithoutNetworks) {
  const AssessInput given = input({{"discs", discs()}});
  AssessOptions options = quick();
  options.told_apart = false;
  options.fold_count = 50;  // more than there are patients: nobody asks for folds
  const Assessment result = assess(given, options, 1, 2, silent_), full = run(given);
  const AssessedSet &only = result.sets[0], &all = full.sets[0];
  EXPECT_EQ(only.transfer.slope, all.transfer.slope);
  EXPECT_EQ(only.seam.mean, all.seam.mean);
  EXPECT_EQ(only.conspicuity_shift.value, all.conspicuity_shift.value);
  EXPECT_GT(only.conspicuity_shift.interval.low, 0);
  EXPECT_TRUE(std::isnan(only.auc.value) && std::isnan(only.auc.interval.low));
  EXPECT_TRUE(only.seed_auc.empty() && only.appearance_group_auc.empty());
  EXPECT_TRUE(std::isnan(only.appearance_auc.value));
  EXPECT_TRUE(result.differences.empty());
  ASSERT_EQ(only.real_scores.size(), result.real.masses.size());
  EXPECT_TRUE(std::isnan(only.real_scores[0]) && std::isnan(only.masses[0].score));
  EXPECT_EQ(only.masses[0].fold, -1);
}

// Also where the cohorts were joined, and the join lies nowhere but in the result.
TEST_F(AssessTest, KnowsFromWhichMassAndImageItWasMade) {
  const Cohort others = noise_cohort(folder_ / "others", 2);
  const Cohort both = merge({real_, others});
  Cohort made = copies();
  for (size_t i = 0; i < 16; ++i) {
    made.images[i].source->lesion->file_name = both.images[i].file_name;
    made.images[i].source->lesion->annotation_id = both.annotations[i].id;
  }
  AssessInput given = input({{"copies", made}});
  given.lesions = {real_, others};
  AssessOptions options = quick();
  options.told_apart = false;
  const Assessment result = assess(given, options, 1, 2, silent_);
  const AssessedMass& mass = result.sets[0].masses[3];
  ASSERT_TRUE(mass.source && mass.background);
  EXPECT_EQ(mass.source->image->file_name, both.images[3].file_name);
  EXPECT_EQ(mass.source->annotation->bbox, real_.annotations[3].bbox);
  EXPECT_EQ(mass.background->image->file_name, "image-4.png");
  EXPECT_FALSE(result.real.masses[3].source || result.real.masses[3].background);
}

TEST_F(AssessTest, SeesAChangedBackground) {
  Cohort changed = copies();
  cv::Mat pixels = read_pixels(changed, changed.images[0]);
  pixels.rowRange(0, 8) += 6553.5;
  write_png(changed.folder / changed.images[0].file_name, pixels);
  const AssessInput given = input({{"changed", changed}});
  const Assessment result = run(given);
  const MassMeasures& measures = result.sets[0].masses[0].measures;
  EXPECT_NEAR(measures.background_share, 8.0 / 96, 0.01);  // of what lies outside
  EXPECT_EQ(measures.background_change, 0);                // the window begins below
  EXPECT_EQ(result.sets[0].masses[1].measures.background_share, 0);
}

TEST_F(AssessTest, ComparesContrastsOnOneScale) {
  Cohort stretched = copies();
  for (ImageRecord& image : stretched.images) image.source->transform = {.gain = 2.0};
  const AssessInput given = input({{"stretched", stretched}});
  const Assessment result = run(given);
  EXPECT_NEAR(result.sets[0].transfer.slope, 0.5, 1e-9);
  EXPECT_NEAR(result.sets[0].transfer.ratio_of_means, 0.5, 1e-9);
}

TEST_F(AssessTest, RepeatsItself) {
  const AssessInput given = input({{"discs", discs()}});
  const Assessment first = run(given), again = run(given);
  EXPECT_EQ(first.sets[0].auc.value, again.sets[0].auc.value);
  EXPECT_EQ(first.sets[0].auc.interval.low, again.sets[0].auc.interval.low);
  EXPECT_EQ(first.sets[0].slope.low, again.sets[0].slope.low);
  for (size_t i = 0; i < first.sets[0].masses.size(); ++i) {
    EXPECT_EQ(first.sets[0].masses[i].score, again.sets[0].masses[i].score);
  }
}

TEST_F(AssessTest, TakesTheNameFromTheMethod) {
  const AssessInput given = input({{"", copies()}});
  EXPECT_EQ(run(given).sets[0].name, "pasted");
  EXPECT_ERROR(run(input({{"", copies()}, {"pasted", discs()}})), usage, "pasted");
}

TEST_F(AssessTest, TestsOnlyWhatLiesInOneFold) {
  Folds folds{2, 1, {}};
  for (size_t i = 0; i < 16; ++i) folds.fold_of[real_.images[i].patient_id] = i % 2;
  Cohort mixed = copies();
  mixed.images[0].source->lesion = provenance(real_, 1).lesion;  // of the other fold
  AssessInput given = input({{"mixed", mixed}});
  given.folds = folds;
  const Assessment result = run(given);
  EXPECT_EQ(result.sets[0].two_folds, 1);
  EXPECT_EQ(result.sets[0].masses[0].fold, -1);
  EXPECT_TRUE(std::isnan(result.sets[0].masses[0].score));
  EXPECT_EQ(result.sets[0].masses[0].patients.size(), 2u);
  EXPECT_EQ(result.sets[0].auc.positives, 15);
  EXPECT_EQ(result.sets[0].transfer.masses, 16);  // the measures do not care
  for (size_t i = 0; i < 16; ++i) {
    mixed.images[i].source->lesion = provenance(real_, (i + 1) % 16).lesion;
  }
  AssessInput apart = input({{"mixed", mixed}});
  apart.folds = folds;
  EXPECT_ERROR(run(apart), bad_input, "none of 16 synthetic masses can be tested");
}

TEST_F(AssessTest, TakesImagesMadeFromNothing) {
  Cohort vanilla = copies();
  for (ImageRecord& image : vanilla.images) {
    image.source = {.method = "vanilla"};
    image.patient_id.clear();
  }
  const AssessInput given = input({{"", vanilla}});
  const Assessment result = run(given);
  EXPECT_EQ(result.sets[0].name, "vanilla");
  EXPECT_EQ(result.sets[0].auc.positives, 16);
  EXPECT_TRUE(std::isnan(result.sets[0].transfer.slope));
  EXPECT_TRUE(std::isnan(result.sets[0].background_change));
}

TEST_F(AssessTest, FindsSourcesAmongSeveralCohorts) {
  const Cohort other = noise_cohort(folder_ / "other", 3);  // the same names, other patients
  Cohort second = other;
  for (ImageRecord& image : second.images) image.patient_id = "other/" + image.patient_id;
  AssessInput given = input({{"copies", copies()}});
  given.real = {second, real_};
  EXPECT_NEAR(run(given).sets[0].transfer.slope, 1, 1e-9);

  Cohort joined = copies();  // as a program names them that joined the cohorts first
  const Cohort both = merge({second, real_});
  for (size_t i = 0; i < 16; ++i) {
    joined.images[i].source->lesion->file_name = both.images[i + 3].file_name;
    joined.images[i].source->lesion->annotation_id = both.annotations[i + 3].id;
    joined.images[i].source->background->file_name = both.images[i + 3].file_name;
  }
  given.synthetic = {{"joined", joined}};
  const Assessment result = run(given);
  EXPECT_NEAR(result.sets[0].transfer.slope, 1, 1e-9);
  EXPECT_EQ(result.sets[0].background_share, 0);

  given.real = {second};
  given.lesions = {real_};
  given.backgrounds = {real_};
  given.synthetic = {{"copies", copies()}};
  EXPECT_EQ(run(given).sets[0].transfer.masses, 16);
}

TEST_F(AssessTest, MassesOfTheBackgroundDoNotCount) {
  Cohort grafts = copies();
  const Assessment before = run(input({{"copies", grafts}}));
  for (size_t i = 0; i < 4; ++i) {
    grafts.annotations[i].attributes["grafted"] = true;
    Annotation own = grafts.annotations[i];
    own.id += 1000;
    own.attributes.erase("grafted");
    own.mask_origin = MaskOrigin::box;
    grafts.annotations.push_back(own);
  }
  const Assessment after = run(input({{"copies", grafts}}));
  ASSERT_EQ(after.sets[0].masses.size(), before.sets[0].masses.size());
  EXPECT_EQ(after.sets[0].auc.value, before.sets[0].auc.value);
}

TEST_F(AssessTest, NamesWhatIsWrong) {
  Cohort bad = copies();
  bad.images[3].source.reset();
  EXPECT_ERROR(run(input({{"bad", bad}})), bad_input, "image-4.png: source: missing");
  bad = copies();
  bad.images[3].source->lesion->annotation_id = 9;
  EXPECT_ERROR(run(input({{"bad", bad}})), bad_input, "no mass 9 on an image image-4.png");
  bad = copies();
  bad.annotations[3].image_id = 1;
  EXPECT_ERROR(run(input({{"bad", bad}})), bad_input, "image-1.png: more than one mass");
  bad = copies();
  bad.annotations.clear();
  EXPECT_ERROR(run(input({{"bad", bad}})), bad_input, "no annotated mass");
  AssessInput unknown = input({{"copies", copies()}});
  unknown.folds = Folds{2, 1, {{"test/1", 0}}};
  EXPECT_ERROR(run(unknown), bad_input, "patient test/2 is in no fold");
  const Cohort good = copies();
  AssessInput swapped = input({{"copies", good}});
  swapped.real = {good};
  EXPECT_ERROR(run(swapped), bad_input, "image-1.png: source: found a synthetic image");
  real_.images[2].patient_id.clear();
  EXPECT_ERROR(run(input({{"copies", good}})), bad_input, "image-3.png: patient_id");
  real_.annotations.clear();
  EXPECT_ERROR(run(input({{"copies", good}})), bad_input, "no annotated mass");
}

TEST(Patients, AreThoseOfLesionAndBackground) {
  ImageRecord image;
  image.patient_id = "a";
  Provenance made{.method = "blend",
                  .background = Provenance::Origin{"y", "a"},
                  .lesion = Provenance::Lesion{{"x", "b"}, 1}};
  EXPECT_EQ(patients_of({nullptr, &image, nullptr}, made), (std::vector<std::string>{"b", "a"}));
  made.lesion->patient_id = "a";
  EXPECT_EQ(patients_of({nullptr, &image, nullptr}, made), (std::vector<std::string>{"a"}));
  made.lesion.reset();
  made.background.reset();
  EXPECT_TRUE(patients_of({nullptr, &image, nullptr}, made).empty());
}

}  // namespace
}  // namespace mammograft
