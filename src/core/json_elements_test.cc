#include "core/json_elements.h"

#include "core/testing.h"

namespace mammograft {
namespace {

const JsonArrayPlace kPlace = {{"annotations", "predictions"}, "an array of things"};

struct Element {
  std::string where;
  Json json;
};

std::vector<Element> elements_of(const std::string& text) {
  std::vector<Element> elements;
  for_each_element(text, "f.json", kPlace,
                   [&](const JsonView& view) { elements.push_back({view.where(), view.json()}); });
  return elements;
}

// As the parser that builds the whole tree reads it.
TEST(JsonElements, AreThoseOfTheWholeTree) {
  const std::string array =
      R"([{"a": 1, "b": [1.5, [2, {"c": null}], []], "d": {}, "e": {"f": "x", "g": true}},
          7, "t", null, [], [[1], {"h": -3}], {}])";
  const Json whole = Json::parse(array);
  const std::vector<Element> plain = elements_of(array);
  const std::vector<Element> wrapped = elements_of(
      R"({"info": {"annotations": [1]}, "images": [[{"predictions": [5]}], 3], "predictions": )" +
      array + R"(, "last": [1, 2]})");
  ASSERT_EQ(plain.size(), whole.size());
  ASSERT_EQ(wrapped.size(), whole.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(plain[i].json, whole[i]);
    EXPECT_EQ(wrapped[i].json, whole[i]);
    EXPECT_EQ(plain[i].where, fmt::format("f.json: [{}]", i));
    EXPECT_EQ(wrapped[i].where, fmt::format("f.json: predictions[{}]", i));
  }
  EXPECT_TRUE(elements_of("[]").empty());
  EXPECT_TRUE(elements_of(R"({"annotations": []})").empty());
}

TEST(JsonElements, SayWhereSomethingIsWrongAsATreeWould) {
  const auto take_a = [](const std::string& text) {
    for_each_element(text, "f.json", kPlace, [](const JsonView& view) { view.number("a"); });
  };
  EXPECT_ERROR(take_a(R"([{"a": 1}, {"a": "x"}])"), bad_input,
               "f.json: [1].a: expected a number, found \"x\"");
  EXPECT_ERROR(take_a(R"({"annotations": [{"b": 1}]})"), bad_input,
               "f.json: annotations[0].a: missing");
}

TEST(JsonElements, RefuseWhatHasNoSuchArray) {
  EXPECT_ERROR(elements_of(R"({"images": []})"), bad_input,
               "f.json: expected an array of things, found an object");
  EXPECT_ERROR(elements_of("7"), bad_input, "f.json: expected an array of things, found 7");
  EXPECT_ERROR(elements_of(R"({"annotations": {"a": 1}})"), bad_input,
               "f.json: annotations: expected an array, found an object");
  EXPECT_ERROR(elements_of(R"({"annotations": 3})"), bad_input,
               "f.json: annotations: expected an array, found 3");
  EXPECT_ERROR(elements_of(R"({"annotations": [], "predictions": []})"), bad_input,
               "found two arrays, annotations and predictions");
}

TEST(JsonElements, RefuseWhatIsNotJsonInTheSameWords) {
  for (const std::string text : {"", "[1,\n 2", "[{\"a\" 1}]", "[1e999]", "[\"\xff\"]", "[1] 2"}) {
    const auto whole = error_message([&] { parse_json(text, "f.json"); });
    EXPECT_EQ(error_message([&] { elements_of(text); }), whole);
    EXPECT_NE(whole, "") << text;
  }
}

}  // namespace
}  // namespace mammograft
