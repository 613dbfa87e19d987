// What a detector learns from: training set, augmentation and batches.
#include "detect/training_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/testing.h"
#include "detect/batch.h"
#include "detect/cohort_testing.h"
#include "detect/graft_testing.h"
#include "detect/testing.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

AugmentOptions no_change() { return {1, 1, 0, 0, false, false, 0, 0}; }

InputOptions whole_image() {
  InputOptions input;
  input.crop = false;
  input.long_side_px = kTestHeight;
  return input;
}

TrainingSet read_set(const Cohort& cohort, const TrainingSetOptions& options = {}) {
  Progress progress;
  return {cohort, whole_image(), options, 1, progress};
}

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

TEST(TrainingSet, SyntheticImagesTakeTheirShareOfTheMasses) {
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
    for (int64_t i = 0; i < 80; ++i) {
      const int64_t id = set.draw(i, Rng(3)).id;
      masses += id != 2;
      synthetic += id > 3;
    }
    EXPECT_EQ(masses, 40);
    EXPECT_EQ(set.synthetic_images(), 3);
    EXPECT_NEAR(set.synthetic_share(), static_cast<double>(synthetic) / 40, 1e-12);
    return synthetic;
  };
  EXPECT_EQ(synthetic_draws(), 10) << "a quarter, where nothing else is said";
  options.synthetic_share = std::nullopt;
  EXPECT_EQ(synthetic_draws(), 24) << "three of five";
  options.synthetic_share = 0.5;
  EXPECT_EQ(synthetic_draws(), 20);
  options.synthetic_share = 0;
  EXPECT_EQ(synthetic_draws(), 0);
  options.synthetic_share = 1.5;
  EXPECT_ERROR(read_set(cohort, options), usage, "synthetic_share: found 1.5");
}

// Every fourth draw with a mass, which is every other draw, is the next one of the source.
TEST(TrainingSet, FreshGraftsTakeTheirShareEachOnce) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder.path(), MaskOrigin::circle);
  const auto set_of = [&](const TrainingSetOptions& options, bool drawn = true) {
    auto source = std::make_unique<TestSource>();
    source->drawn = drawn;
    Progress progress;
    return TrainingSet(cohort, whole_image(), options, 1, progress,
                       std::make_unique<FreshGrafts>(std::move(source), std::set<std::string>{},
                                                     whole_image(), options.mask_from == "any"));
  };
  const TrainingSet set = set_of({});
  int64_t fresh = 0, masses = 0;
  for (int64_t i = 0; i < 80; ++i) {
    const TrainingImage& image = set.draw(i, Rng(3));
    masses += !image.masses.empty();
    if (image.id > 0) continue;
    const Point center = TestSource::center_of(fresh++), found = image.masses.at(0).box.center();
    EXPECT_NEAR(found.x, center.x, 1e-9);
    EXPECT_NEAR(found.y, center.y, 1e-9);
  }
  EXPECT_EQ(masses, 40);
  EXPECT_EQ(fresh, 10);
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

TEST(Augment, ARotatedEllipseKeepsItsSize) {
  Rng rng(5);
  AugmentOptions options = no_change();
  options.rotate_deg = 30;
  const Augmentation turned = draw_augmentation(options, {100, 100}, {200, 200}, {}, rng);
  const Box circle{30, 40, 50, 60}, wide{10, 40, 70, 50};
  EXPECT_NEAR(turned.map_ellipse(circle).width(), 20, 1e-9);
  EXPECT_NEAR(turned.map_ellipse(circle).height(), 20, 1e-9);
  // Against the outline itself.
  std::vector<Point> outline;
  for (int i = 0; i < 3600; ++i) {
    const double a = CV_PI * i / 1800;
    outline.push_back(turned.map(Point{40 + 30 * std::cos(a), 45 + 5 * std::sin(a)}));
  }
  const Box expected = bounds(outline), found = turned.map_ellipse(wide);
  EXPECT_NEAR(found.x0, expected.x0, 1e-3);
  EXPECT_NEAR(found.y1, expected.y1, 1e-3);
}

TEST(Augment, ChangesNothingWhenToldSo) {
  Rng rng(1);
  const Augmentation drawn = draw_augmentation(no_change(), {96, 120}, {200, 200}, {}, rng);
  EXPECT_EQ(drawn.size, cv::Size(96, 120));
  EXPECT_EQ(drawn.map(Point{3.5, 7.25}), (Point{3.5, 7.25}));
  cv::Mat image;
  test_breast(nullptr).convertTo(image, CV_32FC1, 1.0 / 65535);
  EXPECT_LT(cv::norm(apply_augmentation(drawn, image), image, cv::NORM_INF), 1e-6);
}

// Points and pixels go the same way: the centre of a blob is where map() says.
TEST(Augment, PixelsMoveAsPointsDo) {
  AugmentOptions options;
  options.rotate_deg = 25;
  options.gamma = options.gain = 0;
  const Point center{40.5, 61.5};
  cv::Mat image(120, 96, CV_32FC1, cv::Scalar(0));
  for (int y = 0; y < 120; ++y) {
    for (int x = 0; x < 96; ++x) {
      const double d = std::hypot(x + 0.5 - center.x, y + 0.5 - center.y);
      image.at<float>(y, x) = static_cast<float>(std::exp(-d * d / 32));
    }
  }
  bool mirrored_x = false, mirrored_y = false, plain = false;
  for (uint64_t seed = 0; seed < 24; ++seed) {
    Rng rng(seed);
    const Augmentation drawn =
        draw_augmentation(options, image.size(), {96, 96}, {30, 50, 50, 70}, rng);
    const cv::Mat out = apply_augmentation(drawn, image);
    ASSERT_EQ(out.size(), drawn.size);
    ASSERT_LE(std::max(out.rows, out.cols), 96);
    double sum = 0, sx = 0, sy = 0;
    for (int y = 0; y < out.rows; ++y) {
      for (int x = 0; x < out.cols; ++x) {
        const float v = out.at<float>(y, x);
        sum += v, sx += v * (x + 0.5), sy += v * (y + 0.5);
      }
    }
    EXPECT_NEAR(sx / sum, drawn.map(center).x, 0.15) << seed;
    EXPECT_NEAR(sy / sum, drawn.map(center).y, 0.15) << seed;
    mirrored_x |= drawn.affine(0, 0) < 0;
    mirrored_y |= drawn.affine(1, 1) < 0;
    plain |= drawn.affine(0, 0) > 0 && drawn.affine(1, 1) > 0;
  }
  EXPECT_TRUE(mirrored_x && mirrored_y && plain);
}

TEST(Augment, KeepsTheMassInViewAndUsesTheRange) {
  AugmentOptions options;
  options.scale_low = 1.5;
  options.scale_high = 2;
  const Box focus{70, 10, 85, 22};  // near a corner
  double lowest = 1e9, highest = -1e9;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    const Augmentation drawn = draw_augmentation(options, {96, 120}, {100, 100}, focus, rng);
    EXPECT_EQ(drawn.size, cv::Size(100, 100));
    for (Point corner : {Point{70, 10}, {85, 10}, {70, 22}, {85, 22}}) {
      const Point p = drawn.map(corner);
      EXPECT_GE(std::min(p.x, p.y), -1e-9) << seed;
      EXPECT_LE(std::max(p.x, p.y), 100 + 1e-9) << seed;
    }
    const double scale = std::abs(drawn.affine(1, 1));
    lowest = std::min(lowest, scale), highest = std::max(highest, scale);
    EXPECT_NEAR(std::abs(drawn.affine(0, 0)) / scale, 1, options.stretch);
  }
  EXPECT_GE(lowest, 1.5);
  EXPECT_LE(highest, 2);
  EXPECT_LT(lowest, 1.53);
  EXPECT_GT(highest, 1.96);
}

TEST(Augment, ExposureIsGammaThenGain) {
  Augmentation drawn;
  drawn.size = {3, 1};
  drawn.gamma = 1.3;
  drawn.gain = 1.1;
  const cv::Mat image = (cv::Mat_<float>(1, 3) << 0.0f, 0.5f, 1.0f);
  const cv::Mat out = apply_augmentation(drawn, image);
  EXPECT_EQ(out.at<float>(0, 0), 0);
  EXPECT_NEAR(out.at<float>(0, 1), 1.1 * std::pow(0.5, 1.3), 1e-5);
  EXPECT_EQ(out.at<float>(0, 2), 1);  // not brighter than white
}

// Shrunk to a pixel and a half it is still no reason to call the image healthy.
TEST(Augment, AMassOfAPixelStaysAMass) {
  TrainingImage image;
  image.pixels = cv::Mat(100, 90, CV_16UC1, cv::Scalar(30000));
  TrainingMass mass;
  mass.box = {40, 50, 42, 60};
  mass.polygons = {{{40, 50}, {42, 50}, {42, 60}, {40, 60}}};
  mass.has_mask = true;
  image.masses = {mass};
  AugmentOptions options = no_change();
  options.scale_low = options.scale_high = 0.75;
  Rng rng(1);
  const AugmentedImage out = augment(image, options, 128, rng);
  ASSERT_EQ(out.masses.size(), 1u);
  EXPECT_NEAR(out.masses[0].box.width(), 1.5, 1e-9);
  EXPECT_FALSE(out.masses[0].has_mask);
  EXPECT_TRUE(out.ignored.empty());
}

// A square of 20 x 30 pixels and a circle of radius 15 whose masks are known.
TrainingImage two_masses() {
  TrainingImage image;
  image.pixels = cv::Mat(100, 90, CV_16UC1, cv::Scalar(30000));
  TrainingMass square, circle, box_only;
  square.box = {10, 20, 30, 50};
  square.polygons = {{{10, 20}, {30, 20}, {30, 50}, {10, 50}}};
  circle.box = {45, 45, 75, 75};
  circle.polygons = {test_circle({60, 60}, 15)};
  square.has_mask = circle.has_mask = true;
  box_only.box = {5, 80, 15, 90};
  image.masses = {square, circle, box_only};
  image.ignored = {{70, 5, 85, 15}};
  return image;
}

// Detections are scored against what a person drew; a program's outline within it is smaller.
TEST(Augment, TheBoxIsTheAnnotatorsAndNotTheOutlines) {
  TrainingImage image;
  image.pixels = cv::Mat(120, 100, CV_16UC1, cv::Scalar(30000));
  TrainingMass mass;
  mass.box = {20, 30, 60, 80};
  mass.polygons = {ellipse({26, 34, 50, 70})};  // off the middle
  image.masses = {mass};
  const AugmentOptions none = no_change();
  Rng rng(1);
  const auto expect_box = [](const Box& found, const Box& expected) {
    EXPECT_NEAR(found.x0, expected.x0, 1e-9);
    EXPECT_NEAR(found.y0, expected.y0, 1e-9);
    EXPECT_NEAR(found.x1, expected.x1, 1e-9);
    EXPECT_NEAR(found.y1, expected.y1, 1e-9);
  };
  const AugmentedImage same = augment(image, none, 128, rng);
  expect_box(same.masses.at(0).box, mass.box);
  EXPECT_EQ(same.masses[0].polygons, mass.polygons);
  AugmentOptions flips = none;
  flips.flip_x = flips.flip_y = true;
  bool mirrored = false;
  for (int i = 0; i < 16; ++i) {
    const AugmentedImage out = augment(image, flips, 128, rng);
    const Box outline = bounds(out.masses.at(0).polygons);
    const bool x = outline.x0 > 40, y = outline.y0 > 40;  // 50 of 100, 50 of 120 when mirrored
    mirrored |= x && y;
    expect_box(out.masses[0].box, {x ? 40.0 : 20, y ? 40.0 : 30, x ? 80.0 : 60, y ? 90.0 : 80});
  }
  EXPECT_TRUE(mirrored);
  AugmentOptions turned = none;
  turned.rotate_deg = 30;
  const Box box = augment(image, turned, 128, rng).masses.at(0).box;
  EXPECT_GT(box.width(), 36);
  EXPECT_LT(box.area(), 1.5 * mass.box.area()) << "not the box of the turned box";
}

TEST(Augment, MassesMostlyOutOfViewAreIgnored) {
  AugmentOptions options;
  options.scale_low = options.scale_high = 2;
  const TrainingImage image = two_masses();
  int ignored = 0, lost = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    const AugmentedImage out = augment(image, options, 80, rng);
    ASSERT_EQ(out.pixels.size(), cv::Size(80, 80));
    ASSERT_GE(out.masses.size(), 1u) << "the one in focus";
    for (const TrainingMass& mass : out.masses) {
      EXPECT_GE(mass.box.x0, 0);
      EXPECT_GE(mass.box.y0, 0);
      EXPECT_LE(mass.box.x1, 80);
      EXPECT_LE(mass.box.y1, 80);
      // Whole: 40 x 60, 60 x 60 or 20 x 20, stretched by up to 8 %.
      const double whole = mass.polygons.empty() ? 400 : mass.polygons[0].size() == 4 ? 2400 : 3600;
      EXPECT_GE(mass.box.area(), 0.25 * whole * 0.92 - 1e-6);
    }
    for (const Box& box : out.ignored) EXPECT_GE(std::min(box.x0, box.y0), 0);
    ignored += static_cast<int>(out.ignored.size());
    lost += static_cast<int>(out.masses.size()) < 3;
  }
  EXPECT_GT(ignored, 5);
  EXPECT_GT(lost, 50);
}

// A set whose first image has a mass of these outlines.
TrainingSet outlined_set(const TestFolder& folder, const std::vector<Polygon>& outlines) {
  Cohort cohort = test_cohort(folder.path());
  cohort.annotations.resize(1);
  cohort.images.resize(1);
  cohort.annotations[0].segmentation = outlines;
  cohort.annotations[0].bbox = bounds(outlines);
  return read_set(cohort);
}

TEST(Batch, MasksAreTheUnionOfTheOutlinesPixels) {
  const TestFolder folder;
  const TrainingSet set = outlined_set(
      folder, {{{20, 40}, {40, 40}, {40, 60}, {20, 60}}, {{30, 50}, {50, 50}, {50, 70}, {30, 70}}});
  const Batch batch = make_batch(set, no_change(), {0, 1}, kTestHeight, Rng(1));
  torch::Tensor expected = torch::zeros({128, 96}, torch::kByte);
  expected.slice(0, 40, 60).slice(1, 20, 40).fill_(1);
  expected.slice(0, 50, 70).slice(1, 30, 50).fill_(1);
  ASSERT_EQ(batch.targets[0].masks.sizes(), (std::vector<int64_t>{1, 128, 96}));
  EXPECT_TRUE(torch::equal(batch.targets[0].masks[0], expected));
  EXPECT_TRUE(torch::equal(batch.targets[0].boxes, torch::tensor({{20.f, 40.f, 50.f, 70.f}})));
}

TEST(Batch, ACirclesMaskHasItsAreaAndCentre) {
  const TestFolder folder;
  const TrainingSet set = outlined_set(folder, {test_circle({40.3, 60.7}, 12)});
  const torch::Tensor mask = make_batch(set, no_change(), {0, 1}, kTestHeight, Rng(1))
                                 .targets[0]
                                 .masks[0]
                                 .to(torch::kDouble);
  const double area = mask.sum().item<double>();
  EXPECT_NEAR(area, CV_PI * 144, 14);
  EXPECT_NEAR((mask.sum(0) * (torch::arange(96) + 0.5)).sum().item<double>() / area, 40.3, 0.15);
  EXPECT_NEAR((mask.sum(1) * (torch::arange(128) + 0.5)).sum().item<double>() / area, 60.7, 0.15);
}

TEST(Batch, ImagesShareACanvasAndTargetsFit) {
  const TestFolder folder;
  const TrainingSet set = read_set(test_cohort(folder.path()));
  AugmentOptions options;
  options.rotate_deg = 10;
  const Batch batch = make_batch(set, options, {3, 4}, 100, Rng(5));
  ASSERT_EQ(batch.images.dim(), 4);
  EXPECT_EQ(batch.images.size(0), 4);
  EXPECT_EQ(batch.images.size(1), 1);
  EXPECT_EQ(batch.images.size(2) % 32, 0);
  EXPECT_EQ(batch.images.size(3) % 32, 0);
  EXPECT_GE(batch.images.min().item<double>(), 0);
  EXPECT_LE(batch.images.max().item<double>(), 1);
  EXPECT_EQ(batch.images.slice(2, 100).abs().sum().item<double>(), 0) << "padding";
  ASSERT_EQ(batch.targets.size(), 4u);
  ASSERT_EQ(batch.rngs.size(), 4u);
  int64_t masses = 0;
  for (int64_t n = 0; n < 4; ++n) {
    const Target& t = batch.targets[n];
    const int64_t count = t.boxes.size(0);
    masses += count;
    EXPECT_EQ(t.labels.size(0), count);
    EXPECT_EQ(t.masks.sizes(),
              (std::vector<int64_t>{count, batch.images.size(2), batch.images.size(3)}));
    for (int64_t g = 0; g < count; ++g) {
      // Inside the outline it is brighter than around it, and the box is the outline's.
      const torch::Tensor mask = t.masks[g].to(torch::kBool), image = batch.images[n][0];
      const double inside = image.masked_select(mask).mean().item<double>();
      EXPECT_GT(inside, 0.8);
      const torch::Tensor box = t.boxes[g];
      const auto b = box.accessor<float, 1>();
      const torch::Tensor rows = torch::nonzero(mask.any(1)), columns = torch::nonzero(mask.any(0));
      EXPECT_NEAR(rows.min().item<double>(), b[1], 1);
      EXPECT_NEAR(rows.max().item<double>() + 1, b[3], 1);
      EXPECT_NEAR(columns.min().item<double>(), b[0], 1);
      EXPECT_NEAR(columns.max().item<double>() + 1, b[2], 1);
    }
  }
  EXPECT_EQ(masses, 2) << "every other draw";
}

TEST(Batch, PartsAreCutFromTheWholeOnItsCanvas) {
  const TestFolder folder;
  const TrainingSet set = read_set(test_cohort(folder.path()));
  bool canvas_of_others = false;  // the draws' own canvases differ, or this test says nothing
  for (int64_t step = 0; step < 24; ++step) {
    const Batch whole = make_batch(set, {}, {step, 4}, 100, Rng(5));
    for (int64_t part = 0; part < 2; ++part) {
      const Batch cut = make_batch(set, {}, {step, 4}, 100, Rng(5), {part, 2});
      EXPECT_TRUE(torch::equal(cut.images, whole.images.slice(0, 2 * part, 2 * part + 2)));
      ASSERT_EQ(cut.targets.size(), 2u);
      for (size_t n = 0; n < 2; ++n) {
        const Target &a = cut.targets[n], &b = whole.targets[2 * part + n];
        EXPECT_TRUE(torch::equal(a.boxes, b.boxes) && torch::equal(a.masks, b.masks));
        Rng rng = cut.rngs[n], same = whole.rngs[2 * part + n];
        EXPECT_EQ(rng.integer(1 << 30), same.integer(1 << 30));
      }
      const Batch alone = make_batch(set, {}, {2 * step + part, 2}, 100, Rng(5));
      canvas_of_others |= alone.images.sizes() != cut.images.sizes();
    }
  }
  EXPECT_TRUE(canvas_of_others);
}

TEST(Batch, DependsOnSeedAndStepAlone) {
  const TestFolder folder;
  const TrainingSet set = read_set(test_cohort(folder.path()));
  const Batch a = make_batch(set, {}, {5, 2}, 100, Rng(5));
  make_batch(set, {}, {1, 2}, 100, Rng(5));
  const Batch b = make_batch(set, {}, {5, 2}, 100, Rng(5)),
              c = make_batch(set, {}, {6, 2}, 100, Rng(5));
  EXPECT_TRUE(torch::equal(a.images, b.images));
  EXPECT_TRUE(torch::equal(a.targets[0].boxes, b.targets[0].boxes));
  EXPECT_TRUE(a.images.sizes() != c.images.sizes() || !torch::equal(a.images, c.images));
  // Two batches of one are one batch of two.
  const Batch first = make_batch(set, {}, {10, 1}, 100, Rng(5)),
              second = make_batch(set, {}, {11, 1}, 100, Rng(5));
  const auto same_part = [](const torch::Tensor& whole, const torch::Tensor& part) {
    return torch::equal(whole.slice(1, 0, part.size(2)).slice(2, 0, part.size(3)), part[0]);
  };
  EXPECT_TRUE(same_part(a.images[0], first.images));
  EXPECT_TRUE(same_part(a.images[1], second.images));
}

TEST(Batch, SidesArePaddedTo32) {
  EXPECT_EQ(padded(1), 32);
  EXPECT_EQ(padded(32), 32);
  EXPECT_EQ(padded(33), 64);
}

}  // namespace
}  // namespace mammograft
