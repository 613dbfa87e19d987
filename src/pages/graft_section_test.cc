#include "pages/graft_section.h"

#include <gtest/gtest.h>

#include <deque>
#include <opencv2/imgproc.hpp>

#include "core/files.h"
#include "core/testing.h"
#include "pages/measure_section.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

constexpr int kSide = 100, kHalf = 10;  // of the films; of the square masses
constexpr int kTissue = 20000;

// A film with a lesion (50000), one without, and sets of the lesion grafted onto the latter.
class GraftSectionTest : public ::testing::Test {
 protected:
  struct Place {
    int x = 50;
    int grey = 40000;
  };

  GraftSectionTest() : real_(two_films()) {
    assessment_.real.name = "real";
    assessment_.real.masses.resize(1);
    assessment_.real.masses[0].ref = lesion();
  }

  void add_set(const std::string& name, const std::vector<Place>& places) {
    Cohort& cohort = cohorts_.emplace_back();
    cohort.folder = folder_ / name;
    create_folder(cohort.folder);
    for (const Place& place : places) add_film(cohort, {place});
    for (size_t i = 0; i < places.size(); ++i) {
      Provenance& made = cohort.images[i].source.emplace();
      made.method = name;
      made.transform.emplace().center_px = {places[i].x, 50};
    }
    AssessedSet& set = assessment_.sets.emplace_back();
    set.name = name;
    for (size_t i = 0; i < places.size(); ++i) {
      AssessedMass& mass = set.masses.emplace_back();
      mass.ref = {&cohort, &cohort.images[i], &cohort.annotations[i]};
      mass.source = lesion();
      mass.background = OriginIndex::Image{&real_, &real_.images[1]};
    }
  }

  // All films ten times as large.
  void magnify() {
    const auto larger = [](Cohort& cohort) {
      for (ImageRecord& image : cohort.images) {
        cv::Mat pixels = read_image(cohort.folder / image.file_name).pixels, large;
        cv::resize(pixels, large, {10 * kSide, 10 * kSide}, 0, 0, cv::INTER_NEAREST);
        write_png(cohort.folder / image.file_name, large);
        image.width = image.height = 10 * kSide;
      }
      for (Annotation& mass : cohort.annotations) {
        const Box& box = mass.bbox;
        mass.bbox = {10 * box.x0, 10 * box.y0, 10 * box.x1, 10 * box.y1};
      }
    };
    larger(real_);
    for (Cohort& cohort : cohorts_) larger(cohort);
  }

  Section section(int count = 8) { return graft_section({assessment_, options_, 1, 2, {}}, count); }

  std::vector<Picture> pictures(int count = 8) {
    const Section made = section(count);
    return only<Gallery>(made).pictures;
  }

  cv::Mat decoded(const Picture& picture) {
    write_file(folder_ / "picture.jpg", picture.bytes);
    return read_image(folder_ / "picture.jpg").pixels;
  }

  // The grey level, 0 to 1, in the middle of the i-th of three tiles a row, or beside the mass.
  static double grey_of(const cv::Mat& sheet, int i, int off = 0) {
    return sheet.at<uint16_t>(i / 3 * 344 + 164, i % 3 * 324 + 164 + off) / 65535.0;
  }

  MassRef lesion() const { return {&real_, &real_.images[0], &real_.annotations[0]}; }

  TestFolder folder_;
  Cohort real_;
  std::deque<Cohort> cohorts_;
  Assessment assessment_;
  AssessOptions options_;

 private:
  void add_film(Cohort& cohort, const std::optional<Place>& mass) {
    ImageRecord& image = cohort.images.emplace_back();
    image.id = std::ssize(cohort.images);
    image.file_name = std::to_string(image.id) + ".png";
    image.width = image.height = kSide;
    image.patient_id = "p/" + std::to_string(image.id);
    cv::Mat pixels(kSide, kSide, CV_16UC1, cv::Scalar(kTissue));
    if (mass) {
      const cv::Rect square(mass->x - kHalf, 50 - kHalf, 2 * kHalf, 2 * kHalf);
      pixels(square) = mass->grey;
      Annotation& annotation = cohort.annotations.emplace_back();
      annotation.id = 100 + image.id;
      annotation.image_id = image.id;
      annotation.bbox = {double(square.x), double(square.y), double(square.br().x),
                         double(square.br().y)};
    }
    write_png(cohort.folder / image.file_name, pixels);
  }

  Cohort two_films() {
    Cohort cohort;
    cohort.folder = folder_ / "real";
    create_folder(cohort.folder);
    add_film(cohort, Place{50, 50000});
    add_film(cohort, std::nullopt);
    cohort.images[1].view = "CC";
    cohort.images[1].laterality = "R";
    cohort.images[1].pixel_spacing_mm = {0.5, 0.25};
    return cohort;
  }
};

TEST_F(GraftSectionTest, BeginsWithTheMeasures) {
  add_set("fuse", {{}});
  const auto tables = all_of<TableBlock>(section().blocks);
  const auto expected = all_of<TableBlock>(measure_section(assessment_, options_).blocks);
  ASSERT_EQ(tables.size(), 4u);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(to_csv(tables[i].table), to_csv(expected[i].table));
  EXPECT_TRUE(all_of<Gallery>(section(0).blocks).empty());
}

TEST_F(GraftSectionTest, BeforeAndAfterShareTheirGreyLevels) {
  add_set("fuse", {{50, 40000}});
  add_set("pie", {{50, 60000}});
  const auto shown = pictures();
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].caption, "Lesion of p/1, onto p/2 · R CC; 48 px, 12 mm across.");
  const cv::Mat sheet = decoded(shown[0]);
  ASSERT_EQ(sheet.size(), cv::Size(3 * 324 + 4, 2 * 344 + 4));
  const double expected[] = {1, 0, 0.5, 1};  // lesion (levels of its own), before, 40000, 60000
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(grey_of(sheet, i), expected[i], 0.02) << i;
    EXPECT_NEAR(grey_of(sheet, i, 120), 0, 0.02) << i;
  }
  // 20 of 48 px are mass: its edge is 320 * 10 / 48 = 67 px from the middle.
  EXPECT_GT(grey_of(sheet, 3, 60), 0.9);
  EXPECT_LT(grey_of(sheet, 3, 75), 0.1);
}

TEST_F(GraftSectionTest, LargePartsKeepAllTheirPixels) {
  add_set("fuse", {{50, 40000}});
  magnify();
  const auto shown = pictures();
  EXPECT_NE(shown.at(0).caption.find("; 400 px, 100 mm across"), std::string::npos);
  EXPECT_EQ(decoded(shown[0]).size(), cv::Size(3 * 404 + 4, 424 + 4));
}

// The left half of the films is called air: its white leaves the tissue its levels.
TEST_F(GraftSectionTest, AirDoesNotDecideTheGreyLevels) {
  add_set("fuse", {{50, 40000}});
  for (int i = 0; i < 2; ++i) {
    cv::Mat pixels = read_pixels(real_, real_.images[i]);
    pixels.colRange(0, 35) = 65535;
    write_png(real_.folder / real_.images[i].file_name, pixels);
    real_.images[i].breast_contour = {{{35, 0}, {100, 0}, {100, 100}, {35, 100}}};
  }
  const cv::Mat sheet = decoded(pictures().at(0));
  EXPECT_NEAR(grey_of(sheet, 0), 1, 0.02);
  EXPECT_NEAR(grey_of(sheet, 2), 1, 0.02);
}

TEST_F(GraftSectionTest, LesionsThatTheMostSetsHoldComeFirst) {
  add_set("fuse", {{12}, {50}});  // the first reaches over the part's border
  add_set("pie", {{50}, {51}});
  const auto shown = pictures();
  ASSERT_EQ(shown.size(), 3u);
  EXPECT_EQ(decoded(shown[0]).rows, 2 * 344 + 4);
  EXPECT_EQ(decoded(shown[1]).rows, 344 + 4);
  EXPECT_NEAR(grey_of(decoded(shown[1]), 2), 0, 0.02);  // moved into the image: off the middle
  EXPECT_NEAR(grey_of(decoded(shown[2]), 2), 1, 0.02);
  EXPECT_EQ(pictures(1).size(), 1u);
  EXPECT_EQ(pictures(1)[0].bytes, shown[0].bytes);
}

TEST_F(GraftSectionTest, OnePictureOfALesionThatASetHasTwice) {
  add_set("fuse", {{50}, {50}});
  EXPECT_EQ(pictures().size(), 1u);
}

TEST_F(GraftSectionTest, MassesOfNoKnownPlaceAreNotShown) {
  add_set("fuse", {{50}, {30}, {70}});
  auto& masses = assessment_.sets[0].masses;
  masses[0].background.reset();
  masses[1].source.reset();
  cohorts_[0].images[2].source->transform.reset();
  EXPECT_TRUE(pictures().empty());
}

TEST_F(GraftSectionTest, AnImageThatCannotBeReadIsAnError) {
  add_set("fuse", {{50}});
  std::filesystem::remove(folder_ / "real" / "2.png");
  EXPECT_ERROR(section(), io, "2.png");
}

}  // namespace
}  // namespace mammograft
