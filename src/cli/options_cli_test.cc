#include "cli/options_cli.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

struct FlipOptions {
  bool enabled = true;
  double flip_chance = 0.5;
  template <typename V>
  void fields(V&& v) {
    v("enabled", enabled, "mirror images");
    v("flip_chance", flip_chance, "how often");
  }
};

struct SampleOptions {
  int steps = 1600;
  int64_t seed = 0;
  double learning_rate = 0.001;
  bool resume = false;
  std::string precision = "auto";
  std::vector<double> ratios = {0.5, 1, 2};
  std::vector<int> sizes;
  std::vector<std::string> names = {"a"};
  std::optional<double> spacing_mm;
  FlipOptions augment;
  template <typename V>
  void fields(V&& v) {
    v("steps", steps, "optimiser steps");
    v("seed", seed, "of all random numbers");
    v("learning_rate", learning_rate, "at the start");
    v("resume", resume, "continue");
    v.choice("precision", precision, {"auto", "fp32", "bf16"}, "arithmetic");
    v("ratios", ratios, "of anchors");
    v("sizes", sizes, "of anchors");
    v("names", names, "of classes");
    v("spacing_mm", spacing_mm, "millimetres per pixel");
    v.group("augment", augment);
  }
};

// The program `mammograft train detector FILE... [options]`, and a sibling `split`.
struct Program {
  CLI::App root{"test"};
  CLI::App* train = root.add_subcommand("train");
  CLI::App* detector = train->add_subcommand("detector");
  CLI::App* split = root.add_subcommand("split");
  SampleOptions options;
  std::vector<OptionField> fields = describe(options);
  std::vector<std::string> files;

  Program() {
    detector->add_option("files", files);
    add_options(*detector, fields);
  }
  void parse(std::vector<std::string> args) {
    args.insert(args.begin(), {"train", "detector"});
    std::reverse(args.begin(), args.end());  // CLI11 takes them from the back
    root.parse(args);
  }
};

SampleOptions parsed(const std::vector<std::string>& args) {
  Program program;
  program.parse(args);
  return program.options;
}

void expect_rejected(const std::vector<std::string>& args, const std::string& message) {
  Program program;
  try {
    program.parse(args);
    ADD_FAILURE() << "accepted: " << args[0];
  } catch (const CLI::ParseError& error) {
    EXPECT_EQ(error.what(), message);
  }
}

SampleOptions configured(const std::vector<std::string>& args, const std::string& toml) {
  const TestFolder folder;
  const std::string path = (folder / "c.toml").string();
  write_file(path, toml);
  Program program;
  program.parse(args);
  apply_config_file(*program.detector, program.fields, path);
  return program.options;
}

TEST(OptionsCli, NothingGivenLeavesDefaults) {
  EXPECT_EQ(to_json(parsed({})), to_json(SampleOptions()));
}

TEST(OptionsCli, AllTypes) {
  const SampleOptions o = parsed({"--steps",
                                  "-3",
                                  "--seed=1152921504606846977",
                                  "--learning-rate",
                                  "1e-4",
                                  "--resume",
                                  "--precision",
                                  "bf16",
                                  "--ratios",
                                  "1,2.5",
                                  "--sizes",
                                  "32",
                                  "--sizes",
                                  "64,128",
                                  "--names",
                                  "x,y",
                                  "--spacing-mm",
                                  "0.07",
                                  "--no-augment-enabled",
                                  "--augment-flip-chance",
                                  ".25"});
  EXPECT_EQ(o.steps, -3);
  EXPECT_EQ(o.seed, 1152921504606846977);
  EXPECT_EQ(o.learning_rate, 1e-4);
  EXPECT_TRUE(o.resume);
  EXPECT_EQ(o.precision, "bf16");
  EXPECT_EQ(o.ratios, (std::vector<double>{1, 2.5}));
  EXPECT_EQ(o.sizes, (std::vector<int>{32, 64, 128}));
  EXPECT_EQ(o.names, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(o.spacing_mm, 0.07);
  EXPECT_FALSE(o.augment.enabled);
  EXPECT_EQ(o.augment.flip_chance, 0.25);
}

TEST(OptionsCli, LastOneCounts) {
  const SampleOptions o = parsed({"--steps", "1", "--steps", "2", "--resume", "--no-resume"});
  EXPECT_EQ(o.steps, 2);
  EXPECT_FALSE(o.resume);
}

TEST(OptionsCli, EmptyValues) {
  EXPECT_TRUE(parsed({"--ratios", "none"}).ratios.empty());
  EXPECT_TRUE(parsed({"--ratios", ""}).ratios.empty());
  EXPECT_FALSE(parsed({"--spacing-mm", "none"}).spacing_mm.has_value());
}

TEST(OptionsCli, ListsDoNotSwallowFileNames) {
  Program program;
  program.parse({"--sizes", "32,64", "a.png", "--steps", "2", "b.png"});
  EXPECT_EQ(program.options.sizes, (std::vector<int>{32, 64}));
  EXPECT_EQ(program.files, (std::vector<std::string>{"a.png", "b.png"}));
}

TEST(OptionsCli, WrongValues) {
  expect_rejected({"--steps", "many"},
                  "--steps: expected an integer of at most 32 bits, found \"many\"");
  expect_rejected({"--steps", "4294967296"},
                  "--steps: expected an integer of at most 32 bits, found \"4294967296\"");
  expect_rejected({"--steps", "1.5"},
                  "--steps: expected an integer of at most 32 bits, found \"1.5\"");
  expect_rejected({"--learning-rate", "nan"}, "--learning-rate: expected a number, found \"nan\"");
  expect_rejected({"--learning-rate", "0,5"}, "--learning-rate: expected a number, found \"0,5\"");
  expect_rejected({"--spacing-mm", "x"}, "--spacing-mm: expected a number or none, found \"x\"");
  expect_rejected({"--precision", "fp8"},
                  "--precision: expected one of auto, fp32, bf16, found \"fp8\"");
  expect_rejected({"--sizes", "1,,2"},
                  "--sizes: expected an integer of at most 32 bits, found \"\"");
  Program program;
  EXPECT_THROW(program.parse({"--stepz", "3"}), CLI::ParseError);
  EXPECT_THROW(program.parse({"--steps"}), CLI::ParseError);
}

TEST(OptionsCli, CommandLineBeatsFileBeatsDefault) {
  const SampleOptions o = configured({"--steps", "5", "--no-augment-enabled"}, R"(
    steps = 7
    seed = 3
    [augment]
    enabled = true
    flip_chance = 0.1)");
  EXPECT_EQ(o.steps, 5);
  EXPECT_EQ(o.seed, 3);
  EXPECT_FALSE(o.augment.enabled);
  EXPECT_EQ(o.augment.flip_chance, 0.1);
  EXPECT_EQ(o.learning_rate, 0.001);
}

// Also where the command line repeats the default, and for an optional that it takes back.
TEST(OptionsCli, GivenDefaultsBeatTheFileToo) {
  const SampleOptions o =
      configured({"--steps", "1600", "--no-resume", "--spacing-mm", "none", "--sizes", "none"},
                 "steps = 7\nresume = true\nspacing_mm = 0.2\nsizes = [1]");
  EXPECT_EQ(o.steps, 1600);
  EXPECT_FALSE(o.resume);
  EXPECT_FALSE(o.spacing_mm.has_value());
  EXPECT_TRUE(o.sizes.empty());
}

TEST(OptionsCli, SectionsOfSubcommands) {
  const SampleOptions o = configured({"--ratios", "9"}, R"(
    steps = 1
    seed = 11
    [split]
    folds = 5
    [train]
    learning_rate = 0.5
    [train.detector]
    steps = 2
    ratios = [3]
    augment.enabled = false)");
  EXPECT_EQ(o.steps, 2);
  EXPECT_EQ(o.seed, 11);
  EXPECT_EQ(o.learning_rate, 0.5);
  EXPECT_EQ(o.ratios, (std::vector<double>{9}));
  EXPECT_FALSE(o.augment.enabled);
}

TEST(OptionsCli, ErrorsOfTheFileNameSectionAndKey) {
  EXPECT_ERROR(configured({}, "stepz = 1"), usage,
               "c.toml: stepz: unknown option; did you mean steps?");
  EXPECT_ERROR(configured({}, "[train.detector]\nsteps = \"x\""), usage,
               "c.toml: train.detector: steps: expected an integer, found \"x\"");
  EXPECT_ERROR(configured({}, "[trian.detector]\nsteps = 1"), usage,
               "c.toml: trian: unknown option");
  EXPECT_ERROR(configured({"--steps", "3"}, "steps = \"x\""), usage, "steps: expected an integer");
  Program program;
  program.parse({});
  EXPECT_ERROR(apply_config_file(*program.detector, program.fields, "/no/c.toml"), io,
               "/no/c.toml");
}

TEST(OptionsCli, HelpShowsDefaultsChoicesAndGroups) {
  Program program;
  program.detector->get_formatter()->column_width(44);
  const std::string help = program.detector->help();
  for (const char* text :
       {"--steps INT [1600]", "--learning-rate NUMBER [0.001]", "--precision auto|fp32|bf16 [auto]",
        "--ratios NUMBER,... [0.5,1,2]", "--sizes INT,... [none]",
        "--spacing-mm NUMBER|none [none]", "--resume,--no-resume", "continue [off]",
        "Options of augment:", "--augment-enabled,--no-augment-enabled", "mirror images [on]"}) {
    EXPECT_NE(help.find(text), std::string::npos) << text << "\n" << help;
  }
}

TEST(OptionsCli, NamesThatCollideAreADefect) {
  Program program;
  EXPECT_ERROR(add_options(*program.detector, program.fields), defect, "option steps: ");
}

TEST(OptionsCli, FlagNames) {
  EXPECT_EQ(flag_name("augment.flip_chance"), "--augment-flip-chance");
  EXPECT_EQ(flag_name("steps"), "--steps");
}

}  // namespace
}  // namespace mammograft
