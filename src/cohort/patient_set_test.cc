#include "cohort/patient_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "core/testing.h"

namespace mammograft {
namespace {

PatientSet set_of(const Json& object) { return PatientSet::from_json({object, "x.json"}); }

TEST(PatientSet, HashesAsPythonDoes) {
  const Json golden =
      read_json(std::filesystem::path(MAMMOGRAFT_SOURCE_DIR) / "tests/golden/cohort/patients.json");
  ASSERT_FALSE(golden.empty());
  for (const auto& [patient, hash] : golden.items()) {
    EXPECT_EQ(hash_patient(patient), hash.get<std::string>()) << patient;
    EXPECT_EQ(PatientSet::of({patient}).to_json(), Json::array({hash}));
  }
}

TEST(PatientSet, KnowsItsPatientsAndNobodyElse) {
  PatientSet some = PatientSet::of({"t/1", "t/2", "t/1", ""});
  EXPECT_EQ(some.size(), 2u);
  EXPECT_TRUE(some.contains("t/2"));
  EXPECT_FALSE(some.contains("t/3"));
  EXPECT_FALSE(some.contains("")) << "images without a patient have none in common";
  PatientSet other;
  EXPECT_TRUE(other.empty());
  other.insert_hashed(hash_patient("t/2"));
  other.insert("t/4");
  some.merge(other);
  EXPECT_EQ(some, PatientSet::of({"t/4", "t/2", "t/1"}));
}

TEST(PatientSet, IsWrittenSorted) {
  const Json json = PatientSet::of({"t/1", "t/2", "t/3", "t/4", "t/5"}).to_json();
  ASSERT_EQ(json.size(), 5u);
  EXPECT_TRUE(std::is_sorted(json.begin(), json.end()));
  EXPECT_EQ(set_of({{"patients_hashed", json}}),
            PatientSet::of({"t/1", "t/2", "t/3", "t/4", "t/5"}));
  EXPECT_EQ(PatientSet().to_json(), Json::array()) << "a list, though an empty one";
}

TEST(PatientSet, IsReadUnderItsOlderNames) {
  const Json list = Json::array({hash_patient("t/1")});
  for (const char* name : {"patients_hashed", "trained_on_hashed", "learnt_from_hashed"}) {
    EXPECT_EQ(set_of({{name, list}}), PatientSet::of({"t/1"})) << name;
  }
  const Json both = {{"patients_hashed", list},
                     {"trained_on_hashed", Json::array({hash_patient("t/2")})}};
  EXPECT_EQ(set_of(both), PatientSet::of({"t/1", "t/2"}));
}

TEST(PatientSet, AListThatCannotBeReadIsNoEmptyList) {
  EXPECT_ERROR(set_of(Json::object()), bad_input, "x.json: patients_hashed: missing");
  EXPECT_ERROR(set_of({{"patients_hashed", nullptr}}), bad_input,
               "x.json: patients_hashed: expected a list of hashed patients, found null");
  EXPECT_ERROR(set_of({{"trained_on_hashed", "t/1"}}), bad_input,
               "x.json: trained_on_hashed: expected an array");
  EXPECT_ERROR(set_of({{"learnt_from_hashed", {"a", 3}}}), bad_input,
               "x.json: learnt_from_hashed[1]: expected a text, found 3");
}

}  // namespace
}  // namespace mammograft
