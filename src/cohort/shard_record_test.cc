#include "cohort/shard_record.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

TEST(ShardRecord, ComesBackAsItWasWritten) {
  const TestFolder folder;
  EXPECT_FALSE(read_shard_record(folder.path()));
  ShardRecord record{{2, 5, true},           9,   4,    {1, 4, 8},
                     {place_in_phase(1, 3)}, {7}, "ab", {{"0123", "4567"}}};
  write_shard_record(folder.path(), record);
  const ShardRecord found = read_shard_record(folder.path()).value();
  EXPECT_EQ(found.shard, record.shard);
  EXPECT_EQ(found.images, 9);
  EXPECT_EQ(found.assigned, 4);
  EXPECT_EQ(found.places, record.places);
  EXPECT_EQ(found.skipped, record.skipped);
  EXPECT_EQ(found.left_out, record.left_out);
  EXPECT_EQ(found.pseudonyms, "ab");
  EXPECT_EQ(found.origin.value().cohort, "0123");
  EXPECT_EQ(found.origin.value().whole, "4567");
  remove_shard_record(folder.path());
  EXPECT_FALSE(read_shard_record(folder.path()));
}

TEST(ShardRecord, MustBeAShardOfSomething) {
  const TestFolder folder;
  const std::string text =
      R"({"shard": 2, "shards": 5, "images": 9, "assigned": 2, "places": [1, 4], "skipped": [], "left_out": []})";
  const auto with = [&](const std::string& old, const std::string& other) {
    std::string changed = text;
    changed.replace(changed.find(old), old.size(), other);
    write_file(folder / "shard.json", changed);
    return error_message([&] { (void)read_shard_record(folder.path()); });
  };
  EXPECT_EQ(with("[1, 4]", "[1, 4]"), "");
  for (const char* places : {"[4, 1]", "[1, 1]", "[1, 9]", "[-1, 4]"})
    EXPECT_NE(with("[1, 4]", places).find("shard.json: places: expected rising"), std::string::npos)
        << places;
  EXPECT_NE(with("\"shard\": 2", "\"shard\": 6").find("shard: expected 1 to"), std::string::npos);
  EXPECT_NE(with("\"shards\": 5", "\"shards\": 0").find("shards: expected"), std::string::npos);
  EXPECT_NE(with("\"images\": 9", "\"images\": \"9\"").find("images: expected"), std::string::npos);
}

}  // namespace
}  // namespace mammograft
