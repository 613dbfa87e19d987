#include "core/json.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

TEST(Json, WriteThenRead) {
  const TestFolder folder;
  Json json = {{"name", "a \"b\" é"}, {"empty", Json::object()}, {"none", nullptr}};
  json["images"] = {{{"id", 1}, {"bbox", {1.5, 2, 3}}}, {{"id", 2}, {"segmentation", {{1, 2}}}}};
  write_json(folder / "a.json", json);
  EXPECT_EQ(read_file(folder / "a.json"), R"({
  "name": "a \"b\" é",
  "empty": {},
  "none": null,
  "images": [
    {
      "id": 1,
      "bbox": [1.5, 2, 3]
    },
    {
      "id": 2,
      "segmentation": [
        [1, 2]
      ]
    }
  ]
}
)");
  EXPECT_EQ(read_json(folder / "a.json"), json);
}

TEST(Json, NumbersSurviveExactly) {
  const TestFolder folder;
  const Json json = {0.1, 1e300, -3.0, 9007199254740993, std::numeric_limits<int64_t>::min()};
  write_json(folder / "a.json", json);
  EXPECT_EQ(read_json(folder / "a.json"), json);
}

TEST(Json, WhatCannotBeWritten) {
  const TestFolder folder;
  const Json nan = {{"a", {{"b", std::numeric_limits<double>::quiet_NaN()}}}};
  EXPECT_ERROR(write_json(folder / "a.json", nan), defect, "a.b: expected a finite number");
  EXPECT_ERROR(write_json(folder / "a.json", {{"name", "\xff"}}), bad_input,
               "name: found \"\\xff\", expected text in UTF-8");
  EXPECT_FALSE(fs::exists(folder / "a.json"));
}

TEST(Json, SyntaxErrorsSayLineAndColumn) {
  const TestFolder folder;
  const auto message = [&](const std::string& text) {
    write_file(folder / "a.json", text);
    ErrorKind kind{};
    std::string found = error_message([&] { read_json(folder / "a.json"); }, &kind);
    EXPECT_EQ(kind, ErrorKind::bad_input) << text;
    EXPECT_EQ(found.find('\n'), std::string::npos) << found;
    const std::string path = (folder / "a.json").string();
    EXPECT_EQ(found.find(path), 0u) << found;
    return found.substr(std::min(found.size(), path.size()));
  };
  EXPECT_EQ(message("{\n  \"a\": }\n").find(": line 2, column 8: not JSON: "), 0u);
  EXPECT_EQ(message("x").find(": line 1, column 1: not JSON: "), 0u);
  EXPECT_EQ(message("").find(": line 1, column 1: not JSON: "), 0u);
  EXPECT_EQ(message("\n\n[1, 2").find(": line 3, column 6: not JSON: "), 0u);
  EXPECT_EQ(message("{\"a\": NaN}").find(": line 1, column 7: not JSON: "), 0u);
  EXPECT_NE(message("[1e999]").find("not JSON"), std::string::npos);
  EXPECT_NE(message("\"\xff\"").find("not JSON"), std::string::npos);
  EXPECT_ERROR(read_json(folder / "none.json"), io, "No such file");
}

TEST(Json, DeepNestingIsNoCrash) {
  EXPECT_ERROR(parse_json(std::string(200000, '['), "deep"), bad_input, "not JSON");
}

const Json kSample = Json::parse(R"({
  "images": [{"id": 1, "width": 10.0, "name": "a", "none": null, "half": 0.5},
             {"id": "x", "big": 18446744073709551615, "float": 1e17, "flag": true, "one": 1}]
})");

TEST(JsonView, ReadsWhatIsThere) {
  const JsonView root(kSample, "cohort.json");
  const JsonView image = root.at("images").at(size_t{0});
  EXPECT_EQ(root.at("images").size(), 2u);
  EXPECT_EQ(image.integer("id"), 1);
  EXPECT_EQ(image.integer("width"), 10);
  EXPECT_EQ(image.number("half"), 0.5);
  EXPECT_EQ(image.string("name"), "a");
  EXPECT_FALSE(image.has("none"));
  EXPECT_FALSE(image.has("absent"));
  EXPECT_FALSE(root.at("images").has("id"));
  EXPECT_EQ(image.number_or("none", 3), 3);
  EXPECT_EQ(image.integer_or("id", 7), 1);
  EXPECT_EQ(image.string_or("absent", "z"), "z");
  const JsonView second = root.at("images").at(1);
  EXPECT_TRUE(second.at("flag").boolean());
  EXPECT_TRUE(second.at("one").boolean());
}

TEST(JsonView, ErrorsSayWhereWhatAndWhatWasExpected) {
  const JsonView root(kSample, "cohort.json");
  const JsonView images = root.at("images");
  const JsonView image = images.at(1);
  EXPECT_ERROR(image.integer("id"), bad_input,
               "cohort.json: images[1].id: expected an integer, found \"x\"");
  EXPECT_ERROR(images.at(size_t{0}).integer("half"), bad_input, "expected an integer, found 0.5");
  EXPECT_ERROR(image.integer("big"), bad_input, "at most 64 bits");
  EXPECT_ERROR(image.integer("float"), bad_input, "expected an integer, found 1e+17");
  EXPECT_ERROR(images.at(2), bad_input, "cohort.json: images[2]: missing, there are only 2");
  EXPECT_ERROR(root.at("nothing"), bad_input, "cohort.json: nothing: missing");
  EXPECT_ERROR(images.at("id"), bad_input,
               "cohort.json: images: expected an object with id, found an array of 2");
  EXPECT_ERROR(root.size(), bad_input, "cohort.json: expected an array, found an object");
  EXPECT_ERROR(image.at("id").boolean(), bad_input, "expected true or false");
  EXPECT_ERROR(images.at(size_t{0}).string_or("id", ""), bad_input, "expected a text, found 1");
  EXPECT_ERROR(images.at(size_t{0}).number("none"), bad_input, "expected a number, found null");
  const Json list = {std::string(1000, 'y')};
  EXPECT_ERROR(JsonView(list, "f").at(size_t{0}).number(), bad_input, "f: [0]: expected a number");
  EXPECT_LT(error_message([&] { JsonView(list, "f").at(size_t{0}).number(); }).size(), 120u);
}

}  // namespace
}  // namespace mammograft
