// Cohorts of synthetic masses, as a command line names them: "NAME=COHORT" or "COHORT".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "assess/assess.h"

namespace mammograft {

struct NamedPath {
  std::string name;  // may be empty
  std::string path;
};

// A folder may have an equals sign in its name. Throws usage, naming `flag`, for an empty name.
NamedPath named_path(const std::string& argument, const std::string& flag);

// Cohorts of one name (one for each fold, or each seed) are one set, in the place of its first.
// `amend` changes the cohort of a path as it was read. Throws as that, named_path(), read_cohort()
// and set_name() do.
std::vector<SyntheticSet> read_synthetic_sets(
    const std::vector<std::string>& arguments, const std::string& flag,
    const std::function<void(const std::string& path, Cohort&)>& amend = {});

}  // namespace mammograft
