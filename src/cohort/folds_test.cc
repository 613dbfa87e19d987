#include "cohort/folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cohort/patient_set.h"
#include "core/error.h"
#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

// `patients` patients with two images each; the first `with_mass` have a mass on one of them.
Cohort example(int patients, int with_mass) {
  Cohort cohort;
  cohort.categories = {{1, "mass"}};
  for (int i = 0; i < 2 * patients; ++i) {
    ImageRecord image;
    image.id = i;
    image.file_name = std::to_string(i) + ".png";
    image.patient_id = "t/" + std::to_string(i / 2);
    image.status = i / 2 < with_mass && i % 2 == 0 ? Status::mass : Status::normal;
    cohort.images.push_back(image);
  }
  return cohort;
}

TEST(Folds, AreByPatientAndStratified) {
  const Cohort cohort = example(23, 7);
  const Folds folds = make_folds(cohort, 5, 1);
  std::set<int64_t> tested;
  for (int k = 0; k < 5; ++k) {
    const Cohort test = test_part(cohort, folds, k);
    const Cohort train = train_part(cohort, folds, k);
    EXPECT_EQ(test.images.size() + train.images.size(), cohort.images.size());
    std::set<std::string> patients;
    int masses = 0;
    for (const ImageRecord& image : test.images) {
      EXPECT_TRUE(tested.insert(image.id).second);
      patients.insert(image.patient_id);
      masses += image.status == Status::mass;
    }
    for (const ImageRecord& image : train.images) EXPECT_EQ(patients.count(image.patient_id), 0u);
    EXPECT_TRUE(patients.size() == 4 || patients.size() == 5);  // 23 / 5
    EXPECT_TRUE(masses == 1 || masses == 2);                    // 7 / 5
  }
  EXPECT_EQ(tested.size(), cohort.images.size());
}

TEST(Folds, OfSeveralCohortsDivideEachByItself) {
  const Cohort first = example(9, 3);
  Cohort second = example(12, 6);
  for (ImageRecord& image : second.images) {
    if (image.patient_id != "t/0") image.patient_id = "u" + image.patient_id;
  }
  const Folds both = make_folds(std::vector<Cohort>{first, second}, 3, 1);
  const Folds alone = make_folds(first, 3, 1), other = make_folds(second, 3, 1);
  EXPECT_EQ(both.fold_of.size(), 20u);  // one patient is in both
  for (const auto& [patient, fold] : alone.fold_of) EXPECT_EQ(both.fold_of.at(patient), fold);
  for (const auto& [patient, fold] : other.fold_of) {
    if (patient == "t/0") continue;
    EXPECT_EQ(both.fold_of.at(patient), fold);
  }
}

TEST(Folds, DependOnTheSeedOnly) {
  Cohort cohort = example(40, 10);
  const Folds folds = make_folds(cohort, 4, 7);
  std::reverse(cohort.images.begin(), cohort.images.end());
  EXPECT_EQ(make_folds(cohort, 4, 7).fold_of, folds.fold_of);
  EXPECT_NE(make_folds(cohort, 4, 8).fold_of, folds.fold_of);
}

ImageRecord graft(int64_t id, const char* background, const char* lesion) {
  ImageRecord image;
  image.id = id;
  image.file_name = std::to_string(id) + "-graft.png";
  image.patient_id = background;
  image.status = Status::mass;
  image.source = {.method = "pie",
                  .background = Provenance::Origin{"b.png", background},
                  .lesion = Provenance::Lesion{{"l.png", lesion}, 1}};
  return image;
}

TEST(Folds, NothingOfAHeldOutPatientTrains) {
  Cohort cohort = example(4, 2);
  const Folds folds{2, 0, {{"t/0", 0}, {"t/1", 1}, {"t/2", 0}, {"t/3", 1}}};
  cohort.images.push_back(graft(100, "t/2", "t/0"));      // all of fold 0
  cohort.images.push_back(graft(101, "t/3", "t/0"));      // the lesion is of fold 0
  cohort.images.push_back(graft(102, "t/2", "t/1"));      // the background is of fold 0
  cohort.images.push_back(graft(103, "t/3", "other/1"));  // a lesion of another data set
  const auto grafts = [](const Cohort& part) {
    std::set<int64_t> ids;
    for (const ImageRecord& image : part.images) {
      if (image.id >= 100) ids.insert(image.id);
    }
    return ids;
  };
  EXPECT_EQ(grafts(train_part(cohort, folds, 0)), (std::set<int64_t>{103}));
  EXPECT_EQ(grafts(train_part(cohort, folds, 1)), (std::set<int64_t>{100}));
  for (const int fold : {0, 1}) EXPECT_TRUE(grafts(test_part(cohort, folds, fold)).empty());
}

TEST(Folds, RefuseGraftsOfANetworkThatSawAHeldOutPatient) {
  Cohort cohort = example(4, 2);
  cohort.info[PatientSet::kKey] = PatientSet::of({"t/1"}).to_json();
  const Folds folds{2, 0, {{"t/0", 0}, {"t/1", 1}, {"t/2", 0}, {"t/3", 1}}};
  EXPECT_NO_THROW(train_part(cohort, folds, 0));
  EXPECT_ERROR(train_part(cohort, folds, 1), bad_input, "learnt from patient t/1");
  // A merge does not forget.
  Cohort other = example(1, 1);
  other.folder = "elsewhere";
  EXPECT_ERROR(train_part(merge({other, cohort}), folds, 1), bad_input, "t/1");
}

TEST(Folds, ReadFromWhomAnOlderProgramsNetworkLearnt) {
  Cohort cohort = example(4, 2);
  cohort.info["learnt_from_hashed"] = Json::array({hash_patient("t/1")});
  const Folds folds{2, 0, {{"t/0", 0}, {"t/1", 1}, {"t/2", 0}, {"t/3", 1}}};
  EXPECT_NO_THROW(train_part(cohort, folds, 0));
  EXPECT_ERROR(train_part(cohort, folds, 1), bad_input, "learnt from patient t/1");
  cohort.folder = "made";
  cohort.info["learnt_from_hashed"] = "t/1";  // no list: who knows who is in it
  EXPECT_ERROR(train_part(cohort, folds, 0), bad_input,
               "made: info: learnt_from_hashed: expected an array");
  cohort.info = {{"merged", "of two sites"}};  // another program's word
  EXPECT_NO_THROW(train_part(cohort, folds, 0));
}

TEST(Folds, RefuseTooFewPatients) {
  EXPECT_THROW(make_folds(example(4, 4), 5, 0), Error);
  EXPECT_THROW(make_folds(example(20, 4), 5, 0), Error);
  Cohort nameless = example(10, 5);
  nameless.images[3].patient_id = "";
  EXPECT_THROW(make_folds(nameless, 5, 0), Error);
}

TEST(Folds, WriteWhatTheyRead) {
  const fs::path path = fs::temp_directory_path() / "mammograft_folds_test.json";
  const Folds folds = make_folds(example(12, 6), 3, uint64_t{1} << 40);
  write_folds(path, folds);
  const Folds again = read_folds(path);
  EXPECT_EQ(again.count, 3);
  EXPECT_EQ(again.seed, folds.seed);
  EXPECT_EQ(again.fold_of, folds.fold_of);
  const Cohort larger = example(13, 6);  // patient t/12 is in no fold
  EXPECT_THROW(train_part(larger, again, 0), Error);
  EXPECT_THROW(test_part(example(12, 6), again, 3), Error);
  write_file(path, R"({"count": 2, "seed": 0, "fold_of": {"t/1": 2}})");
  EXPECT_THROW(read_folds(path), Error);
  fs::remove(path);
}

}  // namespace
}  // namespace mammograft
