#include "cohort/provenance.h"

#include <gtest/gtest.h>

#include <cmath>

#include "cohort/cohort.h"
#include "cohort/patients.h"
#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

// As the program wrote them before provenance was a type.
constexpr const char* kGraft = R"({
  "method": "pie",
  "seed": 18446744073709551615,
  "background": {
    "file_name": "images/b.png",
    "patient_id": "mias/003"
  },
  "lesion": {
    "file_name": "images/l.png",
    "patient_id": "mias/001",
    "annotation_id": 4
  },
  "transform": {
    "scale": 1.0,
    "rotation_deg": -17.25,
    "flip": true,
    "gain": 1.5,
    "center_px": [312, 97]
  },
  "background_change": 0.0012207031250000002
})";
constexpr const char* kDetailed = R"({
  "method": "fuse",
  "background": null,
  "lesion": null,
  "detail": {
    "lesion": [0.5, null],
    "background": [0.25, 0.125],
    "salient_lesion": [null, 1.0],
    "salient_background": [0.0, -0.5],
    "points": 7,
    "surviving": 6
  }
})";
constexpr const char* kVanilla = R"({
  "method": "vanilla",
  "seed": 3,
  "background": null,
  "lesion": null
})";

Provenance provenance_of(const Json& json) { return provenance_from_json({json, "source"}); }
Provenance parsed(const char* text) { return provenance_of(parse_json(text, "text")); }

TEST(Provenance, IsReadKeyByKey) {
  const Provenance graft = parsed(kGraft);
  EXPECT_EQ(graft.method, "pie");
  EXPECT_EQ(graft.seed, UINT64_MAX);
  EXPECT_EQ(graft.background, (Provenance::Origin{"images/b.png", "mias/003"}));
  EXPECT_EQ(graft.lesion, (Provenance::Lesion{{"images/l.png", "mias/001"}, 4}));
  EXPECT_EQ(graft.transform->rotation_deg, -17.25);
  EXPECT_TRUE(graft.transform->flip);
  EXPECT_EQ((*graft.transform->center_px)[0], 312);
  EXPECT_EQ(graft.gain(), 1.5);
  EXPECT_EQ(graft.background_change, 0.0012207031250000002);
  const Provenance::Detail detail = *parsed(kDetailed).detail;
  EXPECT_EQ(detail.lesion[0], 0.5);
  EXPECT_TRUE(std::isnan(detail.lesion[1]));
  EXPECT_EQ(detail.salient_background[1], -0.5);
  EXPECT_EQ(detail.surviving, 6);
  const Provenance vanilla = parsed(kVanilla);
  EXPECT_FALSE(vanilla.background || vanilla.lesion || vanilla.transform);
  EXPECT_EQ(vanilla.gain(), 1);
}

TEST(Provenance, IsWrittenAsItAlwaysWas) {
  const TestFolder folder;
  for (const char* text : {kGraft, kDetailed, kVanilla}) {
    write_json(folder / "source.json", provenance_to_json(parsed(text)));
    EXPECT_EQ(read_file(folder / "source.json"), text + std::string("\n"));
  }
}

TEST(Provenance, KeepsTheWordsOfOtherPrograms) {
  const char* text = R"({"checkpoint": [1, 2], "method": "diffusion", "lesion": null})";
  const Json again = provenance_to_json(parsed(text));
  EXPECT_EQ(again["checkpoint"], Json::array({1, 2}));
  EXPECT_EQ(provenance_of(again), parsed(text));
}

TEST(Provenance, NamesWhatIsWrong) {
  const auto without = [](const char* pointer) {
    Json json = parse_json(kGraft, "text");
    const Json::json_pointer place(pointer);
    json[place.parent_pointer()].erase(place.back());
    return json;
  };
  const auto with = [](const char* pointer, const Json& value) {
    Json json = parse_json(kGraft, "text");
    json[Json::json_pointer(pointer)] = value;
    return json;
  };
  EXPECT_ERROR(provenance_of(without("/method")), bad_input, "source: method: missing");
  EXPECT_ERROR(provenance_of(without("/lesion/file_name")), bad_input,
               "source: lesion.file_name: missing");
  EXPECT_ERROR(provenance_of(without("/lesion/annotation_id")), bad_input,
               "source: lesion.annotation_id: missing");
  EXPECT_ERROR(provenance_of(with("/lesion/patient_id", 3)), bad_input,
               "source: lesion.patient_id: expected a text, found 3");
  EXPECT_ERROR(provenance_of(with("/background", "b.png")), bad_input,
               "source: background: expected");
  EXPECT_ERROR(provenance_of(with("/seed", -1)), bad_input, "source: seed: expected 0 or more");
  EXPECT_ERROR(provenance_of(with("/transform/gain", "1")), bad_input,
               "transform.gain: expected a number");
  EXPECT_ERROR(provenance_of(with("/transform/center_px", {1, 2, 3})), bad_input,
               "expected [x, y]");
  EXPECT_ERROR(provenance_of(with("/background_change", true)), bad_input,
               "background_change: expected");
  EXPECT_ERROR(provenance_of(with("/detail", 3)), bad_input, "detail: expected an object");
  EXPECT_ERROR(provenance_of(with("/detail", {{"lesion", {1.0, "x"}}})), bad_input,
               "detail.lesion[1]: expected a number");
  EXPECT_ERROR(provenance_of(with("/detail", {{"lesion", {1.0}}})), bad_input,
               "detail.lesion: expected a number a band");
  EXPECT_EQ(provenance_of(without("/background/patient_id")).background->patient_id, "");
  EXPECT_FALSE(provenance_of(without("/transform")).transform);
}

// A file with one image that has this `source`.
Cohort read_with_source(const std::filesystem::path& file, const Json& source) {
  Json image = {{"id", 1}, {"file_name", "a.png"}, {"width", 9}, {"height", 9}, {"source", source}};
  write_json(file, {{"categories", {{{"id", 1}, {"name", "mass"}}}},
                    {"images", Json::array({image})},
                    {"annotations", Json::array()}});
  return read_cohort(file);
}

TEST(Provenance, DecidesWhetherAnImageIsSynthetic) {
  const TestFolder folder;
  const auto own = folder / "cohort.json", other = folder / "foreign.json";
  for (const auto& file : {own, other}) {
    const Cohort cohort = read_with_source(file, parse_json(kGraft, "text"));
    EXPECT_TRUE(is_synthetic(cohort.images[0]));
    EXPECT_EQ(patients_of(cohort.images[0]), (std::vector<std::string>{"mias/001", "mias/003"}));
    EXPECT_TRUE(is_synthetic(read_with_source(file, parse_json(kVanilla, "text")).images[0]));
    EXPECT_FALSE(is_synthetic(read_with_source(file, nullptr).images[0]));
  }
  EXPECT_ERROR(read_with_source(own, {{"method", "pie"}, {"lesion", {{"patient_id", "p"}}}}),
               bad_input, "cohort.json: images[0].source.lesion.file_name: missing");
  EXPECT_ERROR(read_with_source(own, Json::object()), bad_input,
               "cohort.json: images[0].source.method: missing");
}

// To others `source` may be a clinic; an import of today's program copied what they wrote.
TEST(Provenance, IsNotReadIntoTheWordsOfOthers) {
  const TestFolder folder;
  for (const char* name : {"cohort.json", "foreign.json"}) {
    testing::internal::CaptureStderr();
    EXPECT_FALSE(is_synthetic(read_with_source(folder / name, "pacs").images[0])) << name;
    const bool warned =
        testing::internal::GetCapturedStderr().find(
            "cohort.json: images[0].source: not the provenance") != std::string::npos;
    EXPECT_EQ(warned, name == std::string("cohort.json"));
  }
  const Json scanner = {{"vendor", "x"}};
  EXPECT_FALSE(is_synthetic(read_with_source(folder / "foreign.json", scanner).images[0]));
}

TEST(Patients, BehindImagesAreThoseWhoShowAndThoseWhoTaught) {
  Cohort cohort;
  for (int64_t id : {1, 2, 3}) {
    ImageRecord image;
    image.id = id;
    image.patient_id = "p/" + std::to_string(id);
    cohort.images.push_back(image);
  }
  cohort.images[1].source = {.method = "pie", .lesion = Provenance::Lesion{{"l.png", "q"}, 1}};
  EXPECT_EQ(patients_behind(cohort, {1, 2}), PatientSet::of({"p/1", "p/2", "q"}));
  cohort.info = {{"merged",
                  {{{"patients_hashed", PatientSet::of({"t/1"}).to_json()}},
                   {{"learnt_from_hashed", PatientSet::of({"t/2"}).to_json()}}}}};
  EXPECT_EQ(patients_behind(cohort, {3}), PatientSet::of({"p/3", "t/1", "t/2"}));
}

}  // namespace
}  // namespace mammograft
