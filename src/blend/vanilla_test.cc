// A GAN that draws whole windows: what it learns from, and what it makes.
#include <gtest/gtest.h>

#include <map>

#include "blend/testing.h"
#include "blend/train_vanilla.h"
#include "blend/vanilla_maker.h"
#include "blend/vanilla_set.h"
#include "cohort/patients.h"
#include "core/model_description.h"
#include "core/testing.h"

namespace mammograft {
namespace {

TEST(Vanilla, LaysTheChestWallOnTheLeft) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 2, 1);
  Cohort other = test_cohort(folder / "mirrored", 2, 1);
  for (ImageRecord& image : other.images) {
    cv::Mat pixels = read_pixels(other, image), mirrored;
    cv::flip(pixels, mirrored, 1);
    write_png(other.folder / image.file_name, mirrored);
    for (Point& p : image.breast_contour[0]) p.x = kTestSide - p.x;
  }
  for (Annotation& annotation : other.annotations) {
    for (Point& p : std::get<std::vector<Polygon>>(annotation.segmentation)[0])
      p.x = kTestSide - p.x;
  }
  Progress progress;
  const VanillaSet left = read_vanilla_set(cohort, 32, tiny_training().data, 1, progress);
  const VanillaSet right = read_vanilla_set(other, 32, tiny_training().data, 1, progress);
  ASSERT_EQ(left.images.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_GT(cv::sum(left.images[i].image.colRange(0, 16))[0],
              cv::sum(left.images[i].image.colRange(16, 32))[0]);
    EXPECT_LT(cv::norm(left.images[i].image, right.images[i].image, cv::NORM_INF), 0.2);
    EXPECT_LE(cv::norm(left.images[i].mask, right.images[i].mask, cv::NORM_L1), 12);  // of 2 each
  }
}

// An image whose mask holds nothing would teach to draw images without a mass.
TEST(Vanilla, LeavesOutMassesSmallerThanAPixel) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 2, 1);
  const auto shrink = [&](Annotation& annotation) {
    annotation.segmentation = std::vector<Polygon>{test_disc(annotation.bbox.center(), 0.8)};
  };
  shrink(cohort.annotations[0]);
  Progress progress;
  const VanillaSet set = read_vanilla_set(cohort, 32, tiny_training().data, 1, progress);
  EXPECT_EQ(set.images.size(), 1u);
  EXPECT_EQ(set.unseen, std::vector<std::string>{"images/1.png"});
  EXPECT_EQ(set.patients, std::vector<std::string>{"t/2"});
  shrink(cohort.annotations[1]);
  EXPECT_ERROR(read_vanilla_set(cohort, 32, tiny_training().data, 1, progress), bad_input,
               "images/1.png, images/2.png");
}

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      found[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
  }
  return found;
}

fs::path vanilla_model(const fs::path& folder) {
  BlenderTrainingOptions options = tiny_training();
  options.method = "vanilla";
  return train_tiny(test_cohort(folder / "real", 4, 2), options, folder / "run").model;
}

Cohort vanilla_images(const fs::path& model, const SynthesisOptions& options, const fs::path& out,
                      Progress& progress, uint64_t seed = 1) {
  const RunContext context{seed, 1, "cpu", progress};
  return synthesize(*open_vanilla(model, options, context), options, out, context);
}

TEST(Vanilla, MakesImagesWithMasks) {
  const TestFolder folder;
  const fs::path model = vanilla_model(folder.path());
  Progress progress;
  const Cohort made = vanilla_images(model, grafts(3), folder / "out", progress);
  ASSERT_GE(made.images.size(), 1u);
  EXPECT_EQ(made.images[0].width, 32);
  EXPECT_EQ(made.images[0].file_name, "images/vanilla-000001.png");
  ASSERT_TRUE(is_synthetic(made.images[0]));
  EXPECT_EQ(made.images[0].source->method, "vanilla");
  EXPECT_FALSE(made.images[0].source->lesion);
  EXPECT_EQ(learnt_from(made).size(), 4u);  // only those with a mass
  EXPECT_EQ(read_cohort(folder / "out").images.size(), made.images.size());
}

// What its file says of the grey levels is what it learnt: skin and fat too, whatever the range of
// lesions leaves out.
TEST(Vanilla, StatesTheGreyLevelsOfWholeImages) {
  const TestFolder folder;
  const ModelDescription file = read_model_description(vanilla_model(folder.path()), "blender");
  EXPECT_EQ(file.json["options"]["intensity"]["low_percentile"], 1);
}

TEST(Vanilla, AKilledSynthesisContinuesToTheSameBytes) {
  struct Cancel : Progress {
    void advance(int64_t done, const std::string&) override {
      if (done == 8) request_cancel();
    }
  };
  const TestFolder folder;
  const fs::path model = vanilla_model(folder.path());
  Progress quiet;
  vanilla_images(model, grafts(20), folder / "whole", quiet);
  Cancel cancel;
  EXPECT_ERROR(vanilla_images(model, grafts(20), folder / "killed", cancel), cancelled,
               "cancelled");
  clear_cancel();
  EXPECT_FALSE(fs::exists(folder / "killed" / "cohort.json"));
  const fs::path first = folder / "killed" / "images" / "vanilla-000001.png";
  ASSERT_TRUE(fs::exists(first));
  // Another seed or another number of attempts would give other images.
  EXPECT_ERROR(vanilla_images(model, grafts(20), folder / "killed", quiet, 2), usage,
               "another seed");
  EXPECT_ERROR(vanilla_images(model, grafts(21), folder / "killed", quiet), usage,
               "another options");
  // What is on disk already is not made again.
  const auto written = fs::last_write_time(first);
  vanilla_images(model, grafts(20), folder / "killed", quiet);
  EXPECT_EQ(fs::last_write_time(first), written);
  EXPECT_EQ(files_in(folder / "killed"), files_in(folder / "whole"));
}

}  // namespace
}  // namespace mammograft
