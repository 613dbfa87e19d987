// Plans and graphs for the tests of this folder. Only for *_test.cc files.
#pragma once

#include <string>

#include "core/files.h"
#include "core/testing.h"
#include "experiment/expansion.h"
#include "experiment/plan.h"

namespace mammograft {

// A cohort that is there, two folds, arms real and blend.
inline const char* const kSmallPlan = R"(
[cohort.mine]
path = "mine"
[learn]
cohorts = ["mine"]
[folds]
count = 2
[[arm]]
name = "real"
[[arm]]
name = "blend"
)";

inline Plan plan_of(const TestFolder& folder, const std::string& text) {
  write_file(folder / "plan.toml", text);
  return read_plan(folder / "plan.toml", folder / "plan.toml");
}

// Everything is there, and what it is called is what it is.
inline Graph graph_of(const Plan& plan, const std::string& version = "1") {
  return expand(plan, version, [](const std::string& path) { return "digest of " + path; });
}

}  // namespace mammograft
