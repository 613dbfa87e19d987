#include "experiment/option_flags.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

struct InnerOptions {
  bool on = false;
  std::optional<double> share = 0.5;
  template <typename V>
  void fields(V&& v) {
    v("on", on, "");
    v("share", share, "");
  }
};

struct OuterOptions {
  int steps = 1;
  double rate = 1;
  std::vector<int> widths;
  std::string kind = "a";
  InnerOptions in_ner;
  template <typename V>
  void fields(V&& v) {
    v("steps", steps, "");
    v("rate", rate, "");
    v("widths", widths, "");
    v.choice("kind", kind, {"a", "b"}, "");
    v.group("in_ner", in_ner);
  }
};

std::vector<std::string> outer_flags(const char* json) {
  OuterOptions options;
  return option_flags(Json::parse(json), "plan: detector", describe(options));
}

TEST(OptionFlags, AreTheCommandLineOfATable) {
  const std::vector<std::string> expected = {"--in-ner-on", "--in-ner-share=none", "--rate=0.125",
                                             "--steps=7", "--widths=4,8"};
  EXPECT_EQ(outer_flags(R"({"steps": 7, "widths": [4, 8], "rate": 0.125,
                            "in_ner": {"share": "none", "on": true}})"),
            expected);
  EXPECT_EQ(outer_flags(R"({"in_ner": {"on": false}, "widths": []})"),
            (std::vector<std::string>{"--no-in-ner-on", "--widths=none"}));
}

TEST(OptionFlags, DoNotDependOnTheOrderInTheFile) {
  EXPECT_EQ(outer_flags(R"({"steps": 7, "kind": "b"})"),
            outer_flags(R"({"kind": "b", "steps": 7})"));
}

TEST(OptionFlags, NameWhatCannotBe) {
  EXPECT_ERROR(outer_flags(R"({"stebs": 7})"), bad_input, "plan: detector: stebs: unknown option");
  EXPECT_ERROR(outer_flags(R"({"kind": "c"})"), bad_input, "one of a, b");
  EXPECT_ERROR(outer_flags(R"({"in_ner": {"on": 3}})"), bad_input, "in_ner.on");
}

TEST(OptionFlags, OfAnArmLieOverThoseOfThePlan) {
  const Json both = overridden(Json::parse(R"({"a": {"b": 1, "c": 2}, "d": 3})"),
                               Json::parse(R"({"a": {"c": 5}, "e": 6})"));
  EXPECT_EQ(both, Json::parse(R"({"a": {"b": 1, "c": 5}, "d": 3, "e": 6})"));
}

}  // namespace
}  // namespace mammograft
