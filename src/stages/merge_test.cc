#include "stages/merge.h"

#include <gtest/gtest.h>

#include <map>

#include "cohort/detections.h"
#include "core/testing.h"
#include "dicom/testing.h"
#include "stages/carry_out.h"
#include "stages/prepare.h"
#include "stages/request.h"

namespace mammograft {
namespace {

// All files of a folder but what says how it was made.
std::map<std::string, std::string> made_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).string();
    if (entry.is_regular_file() && name != "stage.json") files[name] = read_file(entry.path());
  }
  return files;
}

std::vector<std::string> names_of(const std::map<std::string, std::string>& files) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files) names.push_back(name);
  return names;
}

void change(const fs::path& file, const std::string& old, const std::string& other) {
  std::string text = read_file(file);
  const size_t at = text.find(old);
  ASSERT_NE(at, text.npos) << file << ": " << text;
  write_file(file, text.replace(at, old.size(), other));
}

struct ShardTest : testing::Test {
  TestFolder folder;
  Progress progress;
  RunContext context{1, 2, "cpu", progress};

  MergeStage merging(const std::vector<std::string>& names, const std::string& out = "merged") {
    MergeStage merge;
    for (const std::string& name : names) merge.shards.push_back(folder / name);
    merge.out = folder / out;
    return merge;
  }
  void merge(const std::vector<std::string>& names) {
    MergeStage stage = merging(names);
    EXPECT_EQ(carry_out(stage, context), StageOutcome::made);
  }
  void refuses(const std::vector<std::string>& names, const std::string& why) {
    MergeStage stage = merging(names, "refused");
    EXPECT_ERROR(carry_out(stage, context), bad_input, why);
    EXPECT_FALSE(fs::exists(folder / "refused"));
  }
};

// An archive as they come: two views of a patient far apart, copies, objects that are no
// mammograms, pixels that cannot be read, boxes for some.
struct ShardedImport : ShardTest {
  static constexpr int kShards = 3;

  ShardedImport() {
    write_file(folder / "key", "a key of the user's, long enough\n");
    std::string boxes = "image,x,y,width,height\n";
    for (int i = 0; i < 20; ++i) {
      const std::string name = fmt::format("{:02}", (7 * i) % 20);
      NewDicom image = made(name, i / 2);
      if (i == 3) image.data().set(tags::kPresentationIntentType, "FOR PROCESSING");
      write(std::move(image), name);
      if (i % 4 == 0) boxes += uid_from(name) + fmt::format(",10,{},15,25\n", 10 + i);
    }
    write_file(folder / "boxes.csv", boxes);
    write(made("05", 3), "copy-of-05");
    made("08", 2).write(folder / "archive" / "08", transfer_syntax::kJpegLsLossless);
    change(folder / "archive" / "08", "\xFF\xD8\xFF", "???");  // its header is whole
    const std::string whole = read_file(folder / "archive" / "09");
    write_file(folder / "archive" / "09", whole.substr(0, whole.size() / 2));
    write_file(folder / "archive" / "11", std::string(128, '\0') + "DICM and nonsense");
  }

  static NewDicom made(const std::string& instance, int patient) {
    cv::Mat values(60, 40, CV_16UC1, cv::Scalar(0));
    values(cv::Rect(0, 5, 25, 50)) = cv::Scalar(2000 + 10 * patient);
    NewDicom image = new_mammogram(values, 12);
    image.data().set(tags::kSopInstanceUid, uid_from(instance));
    image.data().set(tags::kPatientId, fmt::format("patient {}", patient));
    return image;
  }
  void write(NewDicom image, const std::string& name) const {
    create_folder(folder / "archive");
    image.write(folder / "archive" / name, transfer_syntax::kExplicitLittleEndian);
  }

  PrepareDicomStage preparing(const std::string& shard, const std::string& out) {
    PrepareDicomStage stage;
    stage.import.keep_going = true;
    stage.import.boxes = (folder / "boxes.csv").string();
    stage.import.pseudonyms.pseudonym_key = (folder / "key").string();
    stage.import.shard = shard;
    stage.source = folder / "archive";
    stage.out = folder / out;
    return stage;
  }
  void prepare(const std::string& shard, const std::string& out) {
    PrepareDicomStage stage = preparing(shard, out);
    carry_out(stage, context);
  }
  std::vector<std::string> prepare_shards(int count = kShards) {
    std::vector<std::string> names;
    for (int number = 1; number <= count; ++number) {
      names.push_back(fmt::format("{}-of-{}", number, count));
      prepare(fmt::format("{}/{}", number, count), names.back());
    }
    return names;
  }
};

TEST_F(ShardedImport, IsTogetherTheWholeByteByByte) {
  prepare("", "whole");
  const std::vector<std::string> names = prepare_shards();
  merge({names[2], names[0], names[1]});
  const auto whole = made_in(folder / "whole"), merged = made_in(folder / "merged");
  EXPECT_EQ(names_of(merged), names_of(whole));
  for (const auto& [name, bytes] : whole) EXPECT_EQ(merged.at(name), bytes) << name;
  ASSERT_TRUE(whole.contains("left_out.csv"));
  EXPECT_EQ(read_json(folder / "whole" / "cohort.json")["info"]["skipped"].size(), 3u);
  MergeStage again = merging({names[2], names[0], names[1]});
  EXPECT_EQ(carry_out(again, context), StageOutcome::finished_before);
}

TEST_F(ShardedImport, APatientIsInOneShard) {
  const std::vector<std::string> names = prepare_shards();
  std::map<std::string, std::string> shard_of;
  size_t images = 0;
  for (const std::string& name : names) {
    for (const ImageRecord& image : read_cohort(folder / name).images) {
      ++images;
      const auto [known, is_new] = shard_of.emplace(image.patient_id, name);
      EXPECT_EQ(known->second, name);
    }
  }
  EXPECT_EQ(images, 16u);
  EXPECT_GT(shard_of.size(), 8u);
}

// With more shards than patients some have none.
TEST_F(ShardedImport, AShardMayBeEmpty) {
  prepare("", "whole");
  const std::vector<std::string> names = prepare_shards(40);
  size_t empty = 0;
  for (const std::string& name : names) empty += read_cohort(folder / name).images.empty();
  EXPECT_GT(empty, 20u);
  merge(names);
  EXPECT_EQ(read_file(folder / "merged" / "cohort.json"),
            read_file(folder / "whole" / "cohort.json"));
}

TEST_F(ShardedImport, ImagesAreNotCopiedWhereTheyCanBeLinked) {
  merge(prepare_shards());
  const ImageRecord first = read_cohort(folder / "1-of-3").images.front();
  EXPECT_TRUE(
      fs::equivalent(folder / "1-of-3" / first.file_name, folder / "merged" / first.file_name));
}

TEST_F(ShardedImport, RefusesWhatIsNotOneWhole) {
  const std::vector<std::string> names = prepare_shards();
  refuses({names[0], names[2]}, "found 2 of 3 shards, missing: 2/3");
  refuses({names[0], names[1], names[1]}, "both are shard 2/3");
  prepare("2/4", "of-four");
  refuses({names[0], "of-four", names[2]}, "of-four: shard.json: shards: found 4, expected 3");
  prepare("", "whole");
  refuses({names[0], names[1], "whole"}, "whole: found no shard.json");
  fs::remove(folder / names[1] / "cohort.json");
  refuses(names, "2-of-3: found no cohort.json, expected a finished shard");
}

TEST_F(ShardedImport, RefusesShardsOfOtherWholes) {
  const std::vector<std::string> names = prepare_shards();
  const auto with_other = [&](const std::string& why) {
    refuses({names[0], "other", names[2]}, why);
  };
  PrepareDicomStage other = preparing("2/3", "other");
  other.import.verify = true;
  carry_out(other, context);
  with_other("other: stage.json: options.verify: found true, expected false, as in ");
  carry_out(other, {7, 1, "cpu", progress}, /*force=*/true);
  write_file(folder / "other" / "stage.json", read_file(folder / names[1] / "stage.json"));
  change(folder / "other" / "stage.json", "\"seed\": 1", "\"seed\": 7");
  with_other("other: stage.json: seed: found 7, expected 1");
  write_file(folder / "other" / "stage.json", read_file(folder / names[1] / "stage.json"));
  change(folder / "other" / "stage.json", "\"version\": \"", "\"version\": \"99.");
  with_other("other: stage.json: version: found 99.");

  write_file(folder / "key", "another key of the user's, long enough\n");
  fs::remove_all(folder / "other");
  prepare("2/3", "other");
  with_other("other: shard.json: pseudonyms");
  write_file(folder / "key", "a key of the user's, long enough\n");
  fs::remove(folder / "archive" / "02");
  fs::remove_all(folder / "other");
  prepare("2/3", "other");
  with_other("archive: is not what it was");
}

TEST_F(ShardedImport, RefusesListsThatDoNotFit) {
  const std::vector<std::string> names = prepare_shards();
  const fs::path record = folder / names[1] / "shard.json";
  const std::string whole = read_file(record);
  const Json first = read_json(folder / names[0] / "shard.json");
  Json json = read_json(record);
  json["places"][0] = first["places"][0];
  std::sort(json["places"].begin(), json["places"].end());
  write_json(record, json);
  refuses(names, "shard.json: places: both hold image");
  write_file(record, whole);
  json = read_json(record);
  json["places"].erase(json["places"].begin());
  write_json(record, json);
  refuses(names, "cohort.json: images: found");
  json = read_json(record);
  json["assigned"] = 0;
  write_json(record, json);
  refuses(names, "shard.json: assigned: found");
  write_file(record, whole);
  change(folder / names[2] / "cohort.json", "\"description\": \"dicom\"", "\"description\": \"x\"");
  refuses(names, "cohort.json: info.description: found \"x\", expected \"dicom\", as in ");
}

TEST_F(ShardedImport, AKeyIsNotMadeByOneOfMany) {
  PrepareDicomStage stage = preparing("1/3", "out");
  stage.import.pseudonyms.pseudonym_key = (folder / "none").string();
  EXPECT_ERROR(carry_out(stage, context), usage, "shards need one key for all of them");
  EXPECT_FALSE(fs::exists(folder / "none"));
}

TEST_F(ShardedImport, AWholeInAShardsPlaceIsNoShard) {
  prepare("1/3", "out");
  PrepareDicomStage stage = preparing("", "out");
  EXPECT_ERROR(carry_out(stage, context), usage, "options.shard: found \"1/3\", expected null");
  carry_out(stage, context, /*force=*/true);
  EXPECT_FALSE(fs::exists(folder / "out" / "shard.json"));
}

// Searches as detect leaves them; detect itself is tried from outside (tests/cli/shards_test.py).
struct ShardedSearch : ShardTest {
  // Image i of 9 is in shard i % 3 + 1; odd ones have two detections.
  void search(int number, const std::string& name) {
    const Shard shard{number, 3, true};
    ShardRecord record{shard, 9, 3, {}, {}, {place_in_phase(1, number)}, "", std::nullopt};
    DetectionsMeta meta{{}, PatientSet::of({"p/1"}), {{"precision", "fp32"}}, Json()};
    std::vector<Detection> found;
    for (int64_t place = number - 1; place < 9; place += 3) {
      record.places.push_back(place);
      meta.image_ids.push_back(100 - place);
      meta.dicom.push_back({{"image_id", 100 - place}, {"study_instance_uid", "1.2"}});
      for (int k = 0; k < 2 * (place % 2); ++k)
        found.push_back({100 - place, 1, {0.1, 0.2, 0.1 + 0.7, 0.9 + k}, 1.0 / 3, {}, "", {}});
    }
    const fs::path out = folder / name;
    create_folder(out / "overlays");
    write_file(out / "overlays" / (std::to_string(number) + ".jpg"), name);
    write_file(out / "left_out.csv",
               fmt::format("file,reason\n\"{}.png\",\"of \"\"no\"\" use\"\n", number));
    write_request({out, "detections.json"},
                  {"detect", "", 1, {{"shard", shard.text()}}, {{"model", "00"}}});
    write_shard_record(out, record);
    write_search(out / "detections.json", found, meta);
  }
  std::vector<std::string> search_all() {
    for (int number = 1; number <= 3; ++number) search(number, std::to_string(number));
    return {"1", "2", "3"};
  }
};

TEST_F(ShardedSearch, IsPutInTheOrderOfTheWhole) {
  merge(search_all());
  const fs::path file = folder / "merged" / "detections.json";
  const DetectionsMeta meta = read_detections_meta(file).value();
  EXPECT_EQ(meta.image_ids, (std::vector<int64_t>{100, 99, 98, 97, 96, 95, 94, 93, 92}));
  EXPECT_EQ(meta.patients_hashed, PatientSet::of({"p/1"}));
  ASSERT_EQ(meta.dicom.size(), 9u);
  EXPECT_EQ(meta.dicom[0]["image_id"], 92);
  std::vector<int64_t> ids;
  std::vector<double> heights;
  for (const Json& one : read_json(file)) {
    ids.push_back(one["image_id"]);
    heights.push_back(one["bbox"][3]);
    // As it stands in the shard, not as it would be computed from the box's corners again.
    EXPECT_EQ(one["bbox"][2].get<double>(), (0.1 + 0.7) - 0.1);
  }
  EXPECT_EQ(ids, (std::vector<int64_t>{99, 99, 97, 97, 95, 95, 93, 93}));
  EXPECT_LT(heights[0], heights[1]);
  EXPECT_EQ(read_file(folder / "merged" / "overlays" / "2.jpg"), "2");
  EXPECT_EQ(read_file(folder / "merged" / "left_out.csv"),
            "file,reason\n\"1.png\",\"of \"\"no\"\" use\"\n\"2.png\",\"of \"\"no\"\" use\"\n"
            "\"3.png\",\"of \"\"no\"\" use\"\n");
}

TEST_F(ShardedSearch, RefusesOthers) {
  const std::vector<std::string> names = search_all();
  const auto refuses_with = [&](const char* file, const char* old, const char* other,
                                const char* why) {
    const std::string whole = read_file(folder / "2" / file);
    change(folder / "2" / file, old, other);
    refuses(names, why);
    write_file(folder / "2" / file, whole);
  };
  refuses_with("detections.meta.json", "fp32", "bf16",
               "detections.meta.json: model.precision: found \"bf16\", expected \"fp32\", as in ");
  refuses_with("detections.meta.json", "\"patients_hashed\": [\"", "\"patients_hashed\": [\"0",
               "detections.meta.json: patients_hashed: found others than in ");
  refuses_with("detections.meta.json", "[99, 96", "[96", "image_ids: found 2, expected 3");
  refuses_with("detections.json", "\"image_id\": 99", "\"image_id\": 98",
               "detections.json: [0].image_id: expected an image that was searched, found 98");
  refuses_with("stage.json", "\"00\"", "\"01\"",
               "model: is not what it was, or another than model");
  refuses_with("shard.json", "\"left_out\": [", "\"left_out\": [5, ",
               "left_out.csv: found other rows");
  write_file(folder / "3" / "overlays" / "2.jpg", "");
  refuses(names, "both hold overlays/2.jpg");
}

}  // namespace
}  // namespace mammograft
