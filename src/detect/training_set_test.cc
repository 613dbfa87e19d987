#include "detect/training_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/testing.h"
#include "detect/graft_testing.h"
#include "detect/training_testing.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

TEST(TrainingSet, TakesWhatTheStatusAllows) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path());
  add_test_image(cohort, Status::other);
  add_test_image(cohort, Status::unknown);
  TrainingSetOptions options;
  const TrainingSet set = read_set(cohort, options);
  EXPECT_EQ(set.size(), 3);
  EXPECT_EQ(set.left_out(), 2);
  EXPECT_EQ(set.images_with_mass(), 2);
  EXPECT_EQ(set.patients(),
            (std::vector<std::string>{"test/patient-1", "test/patient-2", "test/patient-3"}));
  options.use_other = true;
  EXPECT_EQ(read_set(cohort, options).size(), 4);
  options.use_unknown = true;
  EXPECT_EQ(read_set(cohort, options).size(), 5);
  options.masses_only = true;
  EXPECT_EQ(read_set(cohort, options).size(), 2);
  EXPECT_EQ(read_set(cohort, options).left_out(), 3);
}

TEST(TrainingSet, WithoutAMassThereIsNothingToLearn) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path());
  cohort.annotations.clear();
  EXPECT_ERROR(read_set(cohort), bad_input, "no image with a mass");
}

TEST(TrainingSet, BoxesLieWhereTheNetworkSeesTheMass) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder.path());
  InputOptions input;  // cropped and scaled
  input.long_side_px = 200;
  Progress progress;
  const TrainingSet set(cohort, input, {}, 2, progress);
  for (int64_t i = 0; i < 4; ++i) {
    const TrainingImage& image = set.draw(i, Rng(1));
    if (image.masses.empty()) continue;
    EXPECT_EQ(std::max(image.pixels.rows, image.pixels.cols), 200);
    cv::Mat bright = image.pixels > 60000;
    const cv::Rect found = cv::boundingRect(bright);
    const Box box = image.masses[0].box;
    EXPECT_NEAR(box.x0, found.x, 2.5);
    EXPECT_NEAR(box.y0, found.y, 2.5);
    EXPECT_NEAR(box.x1, found.x + found.width, 2.5);
    EXPECT_NEAR(box.y1, found.y + found.height, 2.5);
    EXPECT_NEAR(image.masses[0].polygons.at(0)[0].x, box.x1, 1e-6);
  }
}

TEST(TrainingSet, WhoTeachesTheMaskHead) {
  const TestFolder folder;
  TrainingSetOptions any;
  any.mask_from = "any";
  for (const auto& [origin, by_default, with_any] : {std::tuple{MaskOrigin::contour, true, true},
                                                     {MaskOrigin::synthetic, true, true},
                                                     {MaskOrigin::circle, false, true},
                                                     {MaskOrigin::refined, false, true},
                                                     {MaskOrigin::box, false, false}}) {
    const Cohort cohort = test_cohort(folder / to_string(origin), origin);
    EXPECT_EQ(read_set(cohort).any_mask(), by_default) << to_string(origin);
    EXPECT_EQ(read_set(cohort, any).any_mask(), with_any) << to_string(origin);
  }
}

TEST(TrainingSet, IgnoredAnnotationsAreRegionsNotMasses) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path());
  cohort.annotations[1].ignore = true;
  const TrainingSet set = read_set(cohort);
  EXPECT_EQ(set.images_with_mass(), 1);
  EXPECT_EQ(set.boxes().size(), 1u);
  int64_t ignored = 0;
  for (int64_t i = 0; i < 6; ++i)
    ignored += set.draw(i, Rng(1)).id == 3 ? set.draw(i, Rng(1)).ignored.size() : 0;
  EXPECT_GT(ignored, 0);
}

// Whatever the network sees of an image with a mass, it must not learn that there is none.
TEST(TrainingSet, LeavesOutImagesWhoseMassesAreNotSeen) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path());                        // 1 and 3 with a mass
  for (int i = 0; i < 5; ++i) add_test_image(cohort, Status::mass);  // 4 to 8
  const auto mass_of = [&](int64_t id) -> Annotation& {
    return *std::find_if(cohort.annotations.begin(), cohort.annotations.end(),
                         [&](const Annotation& a) { return a.image_id == id; });
  };
  mass_of(4).bbox = {40, 60, 40.7, 90};  // below a pixel
  mass_of(5).bbox = {90, 2, 95, 10};     // in the air
  std::erase_if(cohort.annotations, [](const auto& a) { return a.image_id == 6; });  // nowhere
  Annotation small = mass_of(7);  // one that is seen, one that is not
  small.id = 100;
  small.bbox = {40, 60, 40.5, 60.5};
  cohort.annotations.push_back(small);
  mass_of(8).ignore = true;
  const TrainingSet set = read_set(cohort);
  EXPECT_EQ(set.unseen(), (std::vector<std::string>{"image-4.png", "image-5.png", "image-6.png"}));
  EXPECT_EQ(set.partly_unseen(), std::vector<std::string>{"image-7.png"});
  EXPECT_EQ(set.size(), 5);
  EXPECT_EQ(set.images_with_mass(), 3);
  EXPECT_EQ(set.left_out(), 0);
  for (int64_t i = 0; i < 20; ++i) {
    const int64_t id = set.draw(i, Rng(1)).id;
    EXPECT_TRUE(id <= 3 || id >= 7) << id;
  }
  EXPECT_EQ(set.patients(),
            (std::vector<std::string>{"test/patient-1", "test/patient-2", "test/patient-3",
                                      "test/patient-7", "test/patient-8"}));
  std::erase_if(cohort.images, [](const auto& image) { return image.id < 4 || image.id > 6; });
  EXPECT_ERROR(read_set(cohort), bad_input, "image-4.png, image-5.png, image-6.png");
}

// A crop to the breast leaves a mass outside of it: the whole image would show it in the air.
TEST(TrainingSet, LeavesOutImagesWhoseMassIsCroppedAway) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path());
  cohort.annotations[1].bbox = {93, 1, 96, 3};
  Progress progress;
  const TrainingSet set(cohort, {}, {}, 1, progress);
  EXPECT_EQ(set.unseen(), std::vector<std::string>{"image-3.png"});
  EXPECT_EQ(set.size(), 2);
}

// Files whose values use 10 to 14 of their 16 bits.
TEST(TrainingSet, SeesTheSameWhateverTheBitsInUse) {
  const TestFolder folder;
  const Cohort deep = test_cohort(folder / "deep"), flat = test_cohort(folder / "flat");
  InputOptions input;
  input.long_side_px = 100;
  Progress progress;
  const TrainingSet expected(deep, input, {}, 1, progress);
  for (const int bits : {10, 12, 14}) {
    for (const ImageRecord& image : flat.images)
      write_png(flat.folder / image.file_name, from_full_scale(read_pixels(deep, image), bits));
    const TrainingSet set(flat, input, {}, 1, progress);
    ASSERT_EQ(set.images_with_mass(), 2);
    for (int64_t i = 0; i < 4; ++i) {
      const TrainingImage &found = set.draw(i, Rng(1)), &wanted = expected.draw(i, Rng(1));
      ASSERT_EQ(found.pixels.size(), wanted.pixels.size()) << bits;
      EXPECT_LE(cv::norm(found.pixels, wanted.pixels, cv::NORM_INF),
                6 * 65535.0 / ((1 << bits) - 1));
      ASSERT_EQ(found.masses.size(), wanted.masses.size());
      for (size_t k = 0; k < found.masses.size(); ++k)
        EXPECT_EQ(found.masses[k].box, wanted.masses[k].box);
    }
  }
}

TEST(TrainingSet, DrawsAreSharedOutAndWalkThroughEveryImage) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path());
  for (int i = 0; i < 4; ++i) add_test_image(cohort, Status::normal);  // 2 with a mass, 5 without
  TrainingSetOptions options;
  options.mass_share = 0.25;
  const TrainingSet set = read_set(cohort, options);
  const Rng seed(9);
  std::map<int64_t, int> count;
  int with_mass = 0;
  for (int64_t i = 0; i < 80; ++i) {
    const TrainingImage& image = set.draw(i, seed);
    ++count[image.id];
    with_mass += !image.masses.empty();
    EXPECT_EQ(&image, &set.draw(i, seed)) << "depends on (seed, i) alone";
  }
  EXPECT_EQ(with_mass, 20);
  for (const auto& [id, n] : count) EXPECT_EQ(n, id == 1 || id == 3 ? 10 : 12) << id;
  std::string a, b;
  for (int64_t i = 0; i < 40; ++i) {
    a += std::to_string(set.draw(i, seed).id);
    b += std::to_string(set.draw(i, Rng(10)).id);
  }
  EXPECT_NE(a, b) << "another seed, another order";
}

TEST(TrainingSet, SyntheticImagesTakeTheirShareOfTheMassesAndThePlaceOfHealthyImages) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path());
  for (int i = 0; i < 3; ++i) {
    add_test_image(cohort, Status::mass);
    cohort.images.back().source = {.method = "blend"};
  }
  TrainingSetOptions options;
  const auto synthetic_draws = [&] {
    const TrainingSet set = read_set(cohort, options);
    int64_t synthetic = 0, masses = 0;
    for (int64_t i = 0; i < 120; ++i) {
      const int64_t id = set.draw(i, Rng(3)).id;
      masses += id != 2;
      synthetic += id > 3;
    }
    EXPECT_EQ(set.synthetic_images(), 3);
    EXPECT_NEAR(set.synthetic_share(), static_cast<double>(synthetic) / masses, 1e-12);
    EXPECT_NEAR(set.mass_share(), masses / 120.0, 1e-12);
    return std::pair(synthetic, masses - synthetic);
  };
  using Draws = std::pair<int64_t, int64_t>;
  EXPECT_EQ(synthetic_draws(), Draws(20, 60)) << "a quarter, where nothing else is said";
  options.synthetic_share = std::nullopt;
  EXPECT_EQ(synthetic_draws(), Draws(36, 24)) << "three of five";
  options.synthetic_share = 0.5;
  EXPECT_EQ(synthetic_draws(), Draws(45, 45)) << "half of the healthy images stay";
  options.synthetic_share = 0;
  EXPECT_EQ(synthetic_draws(), Draws(0, 60));
  options.synthetic_share = 1.5;
  EXPECT_ERROR(read_set(cohort, options), usage, "synthetic_share: found 1.5");
}

// Every fourth draw with a mass, which are two of three, is the next one of the source.
TEST(TrainingSet, FreshGraftsTakeTheirShareEachOnce) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path(), MaskOrigin::circle);
  const auto set_of = [&](const TrainingSetOptions& options, bool drawn = true) {
    auto source = std::make_unique<TestSource>();
    source->drawn = drawn;
    Progress progress;
    return TrainingSet(
        cohort, uncropped_input(), options, 1, progress,
        std::make_unique<FreshGrafts>(std::move(source), std::set<std::string>{}, uncropped_input(),
                                      options.mask_from == "any"));
  };
  const TrainingSet set = set_of({});
  int64_t fresh = 0, masses = 0;
  for (int64_t i = 0; i < 120; ++i) {
    const TrainingImage& image = set.draw(i, Rng(3));
    masses += !image.masses.empty();
    if (image.id > 0) continue;
    const Point center = TestSource::center_of(fresh++), found = image.masses.at(0).box.center();
    EXPECT_NEAR(found.x, center.x, 1e-9);
    EXPECT_NEAR(found.y, center.y, 1e-9);
  }
  EXPECT_EQ(masses, 80);
  EXPECT_EQ(fresh, 20);
  EXPECT_EQ(set.synthetic_share(), 0.25);
  EXPECT_EQ(set.images_with_mass(), 2) << "those that it keeps";
  EXPECT_TRUE(set.any_mask()) << "of the grafts, though real masses have circles";
  EXPECT_FALSE(set_of({}, /*drawn=*/false).any_mask());
  EXPECT_FALSE(set_of({.synthetic_share = 0}).any_mask()) << "none is ever drawn";

  EXPECT_ERROR(set_of({.synthetic_share = std::nullopt}), usage,
               "data.synthetic_share: found none, expected a share with --graft-online");
  cohort.images[2].source = {.method = "pie"};
  EXPECT_ERROR(set_of({}), bad_input, "found 1 synthetic images, expected none");
}

}  // namespace
}  // namespace mammograft
