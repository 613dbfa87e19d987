#include "experiment/command_checks.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

using CommandCheck = void (*)(const Json& table, const std::string& where);

void expect_taken(CommandCheck check, const char* table) {
  EXPECT_EQ(error_message([&] { check(Json::parse(table), "plan.toml: arm x"); }), "") << table;
}

// A mistake of the plan, whose message begins with where it stands.
void expect_refused(CommandCheck check, const char* table, const std::string& words) {
  EXPECT_ERROR(check(Json::parse(table), "plan.toml: arm x"), bad_input,
               "plan.toml: arm x: " + words);
}

// Models and cohorts that other tasks make are not there yet.
TEST(CommandChecks, TakeWhatTheCommandWillTake) {
  expect_taken(check_blender, R"({"method": "noprior", "steps": 6, "data": {"window_px": 80}})");
  expect_taken(check_synthesis, R"({"method": "blend", "count": 6})");
  expect_taken(check_synthesis, R"({"method": "pie", "count": 6, "views": "both"})");
  expect_taken(check_synthesis, R"({"method": "vanilla", "count": 5})");
  expect_taken(check_detector, R"({"lengths": [12], "graft": {"online": "blend"}})");
  expect_taken(check_evaluation, R"({"exports": ["rjafroc"]})");
  expect_taken(check_detection, R"({"lanes": 2})");
}

TEST(CommandChecks, NameTheOptionThatIsUnknown) {
  for (const CommandCheck check :
       {check_blender, check_synthesis, check_detector, check_evaluation, check_detection})
    expect_refused(check, R"({"no_such_option": 1})", "no_such_option: unknown option");
  expect_refused(check_blender, R"({"stebs": 6})", "stebs: unknown option; did you mean steps?");
}

// What the command calls a mistake of its command line.
TEST(CommandChecks, RefuseWhatTheCommandWouldRefuse) {
  expect_refused(check_blender, R"({"batch": 0})", "batch: found 0");
  expect_refused(check_blender,
                 R"({"method": "vanilla", "data": {"placement": {"prior": "learnt"}}})",
                 "--data-placement-prior learnt");
  expect_refused(check_synthesis, R"({"method": "pie", "count": 3, "views": "both"})",
                 "--count: found 3, expected an even number");
  expect_refused(check_synthesis, R"({"method": "vanilla", "placement": {"prior": "learnt"}})",
                 "--placement-prior learnt");
  expect_refused(check_detector, R"({"batch": 0})", "batch: found 0");
  expect_refused(check_detector, R"({"graft": {"online": "vanilla", "views": "both"}})",
                 "--graft-views both");
  expect_refused(check_evaluation, R"({"exports": ["foo"]})", "--exports: found foo");
  expect_refused(check_evaluation, R"({"grafts": {"count": -1}})", "--grafts-count: found -1");
  expect_refused(check_detection, R"({"lanes": -1})", "lanes: found -1");
}

TEST(CommandChecks, BeginWithThePresetThatTheTableNames) {
  expect_taken(check_blender, R"({"preset": "paper"})");
  expect_refused(check_blender, R"({"preset": "paper", "batch": 0})", "batch: found 0");
  expect_taken(check_detector, R"({"preset": "paper", "lengths": [1, 1, 1]})");
  expect_refused(check_detector, R"({"preset": "paper", "lengths": [1]})",
                 "stages: found 3 stages and 1 lengths");
}

// Nobody has told the plan's detectors what their scores are worth.
TEST(CommandChecks, ADetectionAsksForNothingThatIsLearntAfterwards) {
  expect_taken(check_detection, R"({"operating_point": 0})");
  expect_refused(check_detection, R"({"operating_point": 0.5})", "operating_point: found 0.5");
  expect_refused(check_detection, R"({"probabilities": "platt"})", "probabilities: found platt");
  expect_refused(check_detection, R"({"precision": "int8"})", "precision: found int8");
}

}  // namespace
}  // namespace mammograft
