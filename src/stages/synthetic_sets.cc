#include "stages/synthetic_sets.h"

#include <filesystem>
#include <map>

#include "core/error.h"

namespace mammograft {

NamedPath named_path(const std::string& argument, const std::string& flag) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos || std::filesystem::exists(argument)) return {"", argument};
  if (equals == 0)
    fail(ErrorKind::usage, "{}: found \"{}\", expected a name before the =", flag, argument);
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

std::vector<SyntheticSet> read_synthetic_sets(
    const std::vector<std::string>& arguments, const std::string& flag,
    const std::function<void(const std::string& path, Cohort&)>& amend) {
  std::vector<std::string> names;
  std::map<std::string, std::vector<Cohort>> cohorts;
  for (const std::string& argument : arguments) {
    const NamedPath given = named_path(argument, flag);
    SyntheticSet set{given.name, read_cohort(given.path)};
    if (amend) amend(given.path, set.cohort);
    const std::string name = set_name(set);
    if (!cohorts.count(name)) names.push_back(name);
    cohorts[name].push_back(std::move(set.cohort));
  }
  std::vector<SyntheticSet> sets;
  for (const std::string& name : names) sets.push_back({name, merge(cohorts.at(name))});
  return sets;
}

}  // namespace mammograft
