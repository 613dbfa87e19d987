#include "stages/mistakes.h"

#include <gtest/gtest.h>

#include "cohort/detections.h"
#include "core/testing.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

using Ids = std::set<int64_t>;

// Four images with a mass each; patient p/4 is held out.
class FindMistakes : public ::testing::Test {
 protected:
  FindMistakes() {
    cohort_.folder = "cohort";
    cohort_.categories = {{1, "mass"}};
    for (int64_t id : {1, 2, 3, 4}) {
      ImageRecord& image = cohort_.images.emplace_back();
      image.id = id;
      image.file_name = std::to_string(id) + ".png";
      image.width = image.height = 100;
      image.patient_id = "p/" + std::to_string(id);
      Annotation& mass = cohort_.annotations.emplace_back();
      mass.id = 10 * id;
      mass.image_id = id;
      mass.bbox = {10, 10, 30, 30};
    }
    part_ = filter(cohort_, [](const ImageRecord& image) { return image.id < 4; });
  }

  fs::path search(const std::string& name, const Ids& images,
                  const std::vector<Detection>& detections) {
    write_search(
        folder_ / name, detections,
        {.image_ids = {images.begin(), images.end()}, .patients_hashed = PatientSet::of({"p/1"})});
    return folder_ / name;
  }

  static Detection hit(int64_t image, double score) {
    return {image, 1, {12, 12, 28, 28}, score, std::nullopt, ""};
  }
  static Detection miss(int64_t image, double score) {
    return {image, 1, {60, 60, 80, 80}, score, std::nullopt, ""};
  }

  TestFolder folder_;
  Cohort cohort_, part_;
};

// At a third of a false positive an image: the one with .8 counts, so marks do from .7 on.
TEST_F(FindMistakes, AreMissedMassesAndImagesWithFalseMarks) {
  const fs::path file = search("a.json", {1, 2, 3, 4},
                               {hit(1, 0.9), miss(2, 0.8), hit(3, 0.7), miss(3, 0.6), hit(2, 0.5),
                                miss(4, 0.95), miss(4, 0.9)});
  const Mistakes found = find_mistakes({file}, {.fppi = 0.34, .times = 5}, cohort_, part_, 1);
  EXPECT_EQ(found.often.lesions, (Ids{20}));
  EXPECT_EQ(found.often.backgrounds, (Ids{2})) << "image 4 is of a patient who is held out";
  EXPECT_EQ(found.often.times, 5);
  EXPECT_TRUE(found.patients_hashed.contains("p/1"));
}

TEST_F(FindMistakes, OfSeveralFilesAreThoseOfAll) {
  const fs::path first = search("a.json", {1}, {hit(1, 0.9)});
  const fs::path second = search("b.json", {2}, {miss(2, 0.8)});
  const Mistakes found = find_mistakes({first, second}, {.fppi = 1}, cohort_, part_, 1);
  EXPECT_EQ(found.often.lesions, (Ids{20})) << "image 3 was not searched";
  EXPECT_EQ(found.often.backgrounds, (Ids{2}));
}

TEST_F(FindMistakes, NeedASearchOfThePart) {
  const fs::path elsewhere = search("a.json", {4}, {hit(4, 0.9)});
  EXPECT_ERROR(find_mistakes({elsewhere}, {}, cohort_, part_, 1), bad_input,
               "searched no image of cohort that is learnt from");
  const fs::path bare = search("b.json", {1}, {});
  fs::remove(detections_meta_path(bare));
  EXPECT_ERROR(find_mistakes({bare}, {}, cohort_, part_, 1), bad_input, "b.meta.json is missing");
  EXPECT_ERROR(check(MistakesOptions{.fppi = 0}), usage, "mistakes.fppi");
  EXPECT_ERROR(check(MistakesOptions{.times = 0}), usage, "mistakes.times");
}

}  // namespace
}  // namespace mammograft
