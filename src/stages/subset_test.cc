#include "stages/subset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cohort/folds.h"
#include "core/testing.h"
#include "stages/carry_out.h"

namespace mammograft {
namespace {

struct SubsetTest : testing::Test {
  TestFolder folder;
  Progress progress;
  RunContext context{1, 1, "cpu", progress};

  // Patients NAME/0 to NAME/5, all with a mass; the first four of split train.
  std::string cohort(const std::string& name) {
    Cohort cohort;
    cohort.folder = folder / name;
    cohort.categories = {{}};
    for (int i = 0; i < 6; ++i) {
      ImageRecord image;
      image.id = i;
      image.file_name = fmt::format("{}.png", i);
      image.width = image.height = 10;
      image.patient_id = fmt::format("{}/{}", name, i);
      image.status = Status::mass;
      image.split = i < 4 ? "train" : "test";
      cohort.images.push_back(image);
    }
    create_folder(cohort.folder);
    write_cohort(cohort);
    return cohort.folder.string();
  }

  std::set<std::string> learnt(const CohortPart& part) const {
    std::set<std::string> patients;
    for (const ImageRecord& image : part.training().images) patients.insert(image.patient_id);
    return patients;
  }
};

TEST_F(SubsetTest, LeavesSoManyOfTheSplitAndAllOthers) {
  SubsetStage stage;
  stage.subset.patients = 3;
  stage.part.cohorts = {cohort("a")};
  stage.part.split = "train";
  stage.others = {cohort("b")};
  stage.out = folder / "subset.json";
  EXPECT_EQ(carry_out(stage, context), StageOutcome::made);
  EXPECT_EQ(carry_out(stage, context), StageOutcome::finished_before);
  const std::set<std::string> kept =
      learnt({{(folder / "a").string()}, stage.out.string(), 0, "train"});
  EXPECT_EQ(kept.size(), 3u);
  EXPECT_FALSE(kept.contains("a/4") || kept.contains("a/5"));
  EXPECT_EQ(learnt({{(folder / "b").string()}, stage.out.string(), 0, ""}).size(), 6u);
}

TEST_F(SubsetTest, LeavesAsManyOfOtherLesions) {
  SubsetStage stage;
  stage.subset.patients = 2;
  stage.part.cohorts = {cohort("a")};
  stage.lesions.cohorts = {cohort("b")};
  stage.lesions.split = "train";
  stage.out = folder / "subset.json";
  carry_out(stage, context);
  const CohortPart part{{(folder / "a").string()}, stage.out.string(), 0, ""};
  std::set<std::string> grafted;
  for (const ImageRecord& image : stage.lesions.read(part).lesions.images)
    grafted.insert(image.patient_id);
  EXPECT_EQ(grafted.size(), 2u);
  for (const char* patient : {"b/4", "b/5"}) EXPECT_FALSE(grafted.contains(patient));
  EXPECT_EQ(learnt(part).size(), 2u);
}

TEST_F(SubsetTest, HoldsOutTheFoldToo) {
  const std::string a = cohort("a");
  write_folds(folder / "folds.json", make_folds(read_cohort(a), 3, 1));
  SubsetStage stage;
  stage.subset.patients = 2;
  stage.part = {{a}, (folder / "folds.json").string(), 2, ""};
  stage.out = folder / "subset.json";
  carry_out(stage, context);
  CohortPart all = stage.part, few = stage.part;
  few.folds = stage.out.string();
  const std::set<std::string> may = learnt(all), kept = learnt(few);
  EXPECT_EQ(kept.size(), 2u);
  EXPECT_TRUE(std::includes(may.begin(), may.end(), kept.begin(), kept.end()));
  stage.subset.patients = 5;
  stage.out = folder / "more.json";
  EXPECT_ERROR(carry_out(stage, context), bad_input, "found 4 with a mass");
}

// A vanilla GAN's images are of no split of the release.
TEST_F(SubsetTest, SyntheticImagesOfNoSplitStay) {
  Cohort made = read_cohort(cohort("a"));
  for (ImageRecord& image : made.images) {
    image.source = Provenance{.method = "vanilla"};
    if (image.id < 2) image.split.clear();
  }
  write_cohort(made);
  EXPECT_EQ(read_joined({made.folder.string()}, "test", "--split").images.size(), 4u);
}

}  // namespace
}  // namespace mammograft
