#include "core/options.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

struct FlipOptions {
  bool enabled = true;
  double chance = 0.5;
  template <typename V>
  void fields(V&& v) {
    v("enabled", enabled, "mirror images");
    v("chance", chance, "how often");
  }
};

struct SampleOptions {
  int steps = 1600;
  int64_t seed = 0;
  double learning_rate = 0.001;
  std::string precision = "auto";
  std::vector<double> ratios = {0.5, 1, 2};
  std::vector<int> sizes;
  std::vector<std::string> names = {"a"};
  std::optional<double> spacing_mm;
  FlipOptions flip;
  template <typename V>
  void fields(V&& v) {
    v("steps", steps, "optimiser steps");
    v("seed", seed, "of all random numbers");
    v("learning_rate", learning_rate, "at the start");
    v.choice("precision", precision, {"auto", "fp32", "bf16"}, "arithmetic");
    v("ratios", ratios, "of anchors");
    v("sizes", sizes, "of anchors");
    v("names", names, "of classes");
    v("spacing_mm", spacing_mm, "millimetres per pixel");
    v.group("flip", flip);
  }
};

SampleOptions parse(const std::string& json, ErrorKind kind = ErrorKind::usage) {
  return options_from_json<SampleOptions>(Json::parse(json), "run.toml", kind);
}

TEST(Options, Defaults) {
  EXPECT_EQ(to_json(SampleOptions()).dump(),
            R"({"steps":1600,"seed":0,"learning_rate":0.001,"precision":"auto",)"
            R"("ratios":[0.5,1.0,2.0],"sizes":[],"names":["a"],"spacing_mm":null,)"
            R"("flip":{"enabled":true,"chance":0.5}})");
}

TEST(Options, JsonRoundTrip) {
  SampleOptions options;
  options.steps = -3;
  options.seed = int64_t{1} << 60;
  options.learning_rate = 0.1;
  options.precision = "bf16";
  options.ratios = {};
  options.sizes = {32, 64};
  options.names = {"x", ""};
  options.spacing_mm = 0.07;
  options.flip.enabled = false;
  options.flip.chance = 0.25;
  const Json json = to_json(options);
  const auto again = options_from_json<SampleOptions>(json, "run.json");
  EXPECT_EQ(to_json(again), json);
  EXPECT_EQ(again.seed, int64_t{1} << 60);
  EXPECT_EQ(again.flip.chance, 0.25);
}

TEST(Options, AbsentKeysStay) {
  const SampleOptions options = parse(R"({"flip": {"chance": 1}, "learning_rate": 1})");
  EXPECT_EQ(options.flip.chance, 1.0);
  EXPECT_EQ(options.learning_rate, 1.0);
  EXPECT_TRUE(options.flip.enabled);
  EXPECT_EQ(options.steps, 1600);
}

TEST(Options, OptionalIsTakenBack) {
  SampleOptions options;
  options.spacing_mm = 0.2;
  options_from_json(Json{{"spacing_mm", "none"}}, "x", ErrorKind::usage, describe(options));
  EXPECT_FALSE(options.spacing_mm.has_value());
  options.spacing_mm = 0.2;
  options_from_json(Json{{"spacing_mm", nullptr}}, "x", ErrorKind::usage, describe(options));
  EXPECT_FALSE(options.spacing_mm.has_value());
}

TEST(Options, UnknownKeys) {
  EXPECT_ERROR(parse(R"({"stepz": 1})"), usage,
               "run.toml: stepz: unknown option; did you mean steps?");
  EXPECT_ERROR(parse(R"({"flip": {"chances": 1}})"), usage,
               "run.toml: flip: chances: unknown option; did you mean flip.chance?");
  const std::string far = error_message([] { parse(R"({"completely_different": 1})"); });
  EXPECT_EQ(far, "run.toml: completely_different: unknown option");
  EXPECT_ERROR(parse(R"({"flip.chance": {"x": 1}})"), usage, "expected a number");
}

TEST(Options, WrongTypes) {
  EXPECT_ERROR(parse(R"({"steps": "many"})"), usage,
               "run.toml: steps: expected an integer, found \"many\"");
  EXPECT_ERROR(parse(R"({"steps": 1.5})"), usage, "expected an integer, found 1.5");
  EXPECT_ERROR(parse(R"({"steps": 4294967296})"), usage, "at most 32 bits");
  EXPECT_ERROR(parse(R"({"learning_rate": "x"})"), usage, "expected a number");
  EXPECT_ERROR(parse(R"({"spacing_mm": "x"})"), usage, "expected a number");
  EXPECT_ERROR(parse(R"({"ratios": 1})"), usage, "run.toml: ratios: expected an array, found 1");
  EXPECT_ERROR(parse(R"({"sizes": [1, "x"]})"), usage, "run.toml: sizes[1]: expected an integer");
  EXPECT_ERROR(parse(R"({"names": "a"})"), usage, "names: expected an array");
  EXPECT_ERROR(parse(R"({"flip": {"enabled": 1}})"), usage,
               "run.toml: flip.enabled: expected true or false, found 1");
  EXPECT_ERROR(parse(R"({"flip": true})"), usage, "flip: expected a table of options, found true");
  EXPECT_ERROR(parse("[]"), usage, "run.toml: expected a table of options");
  EXPECT_ERROR(parse(R"({"steps": null})", ErrorKind::bad_input), bad_input, "found null");
}

TEST(Options, Choices) {
  EXPECT_EQ(parse(R"({"precision": "fp32"})").precision, "fp32");
  EXPECT_ERROR(parse(R"({"precision": "fp8"})"), usage,
               "run.toml: precision: expected one of auto, fp32, bf16, found \"fp8\"");
  EXPECT_ERROR(parse(R"({"precision": 3})"), usage, "expected a text");
}

TEST(Options, TomlRoundTrip) {
  const TestFolder folder;
  write_file(folder / "run.toml", R"(# comment
steps = 12
learning_rate = 1
precision = "bf16"
ratios = [1, 2.5]
spacing_mm = 0.05
[flip]
enabled = false
)");
  const Json json = read_toml((folder / "run.toml").string());
  const auto options = options_from_json<SampleOptions>(json, "run.toml", ErrorKind::usage);
  EXPECT_EQ(options.steps, 12);
  EXPECT_EQ(options.learning_rate, 1.0);
  EXPECT_EQ(options.precision, "bf16");
  EXPECT_EQ(options.ratios, (std::vector<double>{1, 2.5}));
  EXPECT_EQ(options.spacing_mm, 0.05);
  EXPECT_FALSE(options.flip.enabled);
  EXPECT_EQ(options.flip.chance, 0.5);
}

TEST(Options, TomlValuesOfAllKinds) {
  const TestFolder folder;
  write_file(folder / "a.toml",
             "d = 1979-05-27\nt = 07:32:00\ndt = 1979-05-27T07:32:00Z\ni = -5\nb = true\n"
             "a = [[1], [\"x\"]]\nt2 = {x = 1}\n[[list]]\nn = 1\n[[list]]\nn = 2\n");
  const Json json = read_toml((folder / "a.toml").string());
  EXPECT_EQ(json, Json::parse(R"({"a": [[1], ["x"]], "b": true, "d": "1979-05-27",
    "dt": "1979-05-27T07:32:00Z", "i": -5, "list": [{"n": 1}, {"n": 2}], "t": "07:32:00",
    "t2": {"x": 1}})"));
}

TEST(Options, TomlErrors) {
  const TestFolder folder;
  const std::string path = (folder / "a.toml").string();
  EXPECT_ERROR(read_toml(path), io, "No such file");
  write_file(path, "steps = 1\nrate = = 2\n");
  EXPECT_ERROR(read_toml(path), usage, path + ": line 2, column ");
  write_file(path,
             "a = '\xc3\xb6' # \xc3\xb6\nb = \"\xc3\xb6\\\"\xc3\xb6\"\nc = '''\n\xc3\xb6'''\n");
  EXPECT_EQ(read_toml(path)["c"], "\xc3\xb6");
  write_file(path, "\xef\xbb\xbf\"k\xc3\xb6\" = [\"u8_u8_0_\xe2\x82\xac\", 'u8_']\n");
  EXPECT_EQ(read_toml(path)["k\xc3\xb6"], (Json{"u8_u8_0_\xe2\x82\xac", "u8_"}));
  write_file(path, "a = 0exf'!n\xef\xbb\xbb'\n");  // no string begins there
  EXPECT_ERROR(read_toml(path), usage, path + ": line 1, ");
  write_file(path, "a = \"\xff\"\n");
  EXPECT_ERROR(read_toml(path), usage, path + ": not TOML: expected UTF-8");
  write_file(path, "a = 1\ngr\xc3\xb6n = 2\n");
  EXPECT_ERROR(read_toml(path), usage, path + ": line 2: not TOML: found a letter beyond ASCII");
  write_file(path, "a = 1\na = 2\n");
  EXPECT_ERROR(read_toml(path), usage, ": line 2, ");
  write_file(path, "learning_rate = nan\n");
  EXPECT_ERROR(options_from_json<SampleOptions>(read_toml(path), path, ErrorKind::usage), usage,
               "learning_rate: expected a finite number");
}

}  // namespace
}  // namespace mammograft
