#include "experiment/lineage.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "cohort/detections.h"
#include "cohort/patients.h"
#include "core/json.h"
#include "experiment/artefact.h"
#include "stages/cohort_part.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

std::string shown_as(const Task& task) {
  static const std::map<std::string, std::string> words = {
      {"synthesize", "grafts"},       {"train-blender", "blender"},
      {"train-detector", "detector"}, {"operating-points", "operating points"},
      {"calibrate", "calibration"},   {"detect", "detections"}};
  const auto found = words.find(task.kind);
  return (found == words.end() ? task.kind : found->second) + " " + task.folder();
}

// What follows a flag in a task's command line, each time that it is there.
std::vector<std::string> values_of(const Task& task, const std::string& flag) {
  const std::vector<std::string> line = command_line(task);
  std::vector<std::string> values;
  for (size_t i = 0; i + 1 < line.size(); ++i) {
    if (line[i] == flag) values.push_back(line[i + 1]);
  }
  return values;
}

std::string value_of(const Task& task, const std::string& flag) {
  const std::vector<std::string> values = values_of(task, flag);
  return values.empty() ? "" : values.back();
}

// Where the lesions of a synthesis are from.
std::string lesions_of(const Task& task) {
  const std::vector<std::string> own = values_of(task, "--lesions");
  return fmt::format("{}", fmt::join(own.empty() ? values_of(task, "--cohort") : own, ", "));
}

// The patients of the images in which a task looked for masses.
std::vector<std::string> tested_patients(const fs::path& folder, const Task& detect) {
  CohortPart part;
  for (const std::string& cohort : values_of(detect, "--cohort"))
    part.cohorts.push_back((folder / cohort).string());
  part.split = value_of(detect, "--split");
  if (const std::string folds = value_of(detect, "--folds"); !folds.empty()) {
    part.folds = (folder / folds).string();
    part.fold = std::stoi(value_of(detect, "--fold"));
  }
  std::set<std::string> patients;
  for (const ImageRecord& image : part.testing().images) {
    const std::vector<std::string> shown = patients_of(image);
    if (shown.empty()) {
      fail(ErrorKind::bad_input,
           "{}: image {} ({}): patient_id: missing, so that nobody can say whether somebody who is "
           "tested was learnt from",
           fmt::join(values_of(detect, "--cohort"), ", "), image.id, image.own_name());
    }
    patients.insert(shown.begin(), shown.end());
  }
  return {patients.begin(), patients.end()};
}

class Tracer {
 public:
  Tracer(const fs::path& folder, const Graph& graph, const Task& detect)
      : folder_(folder), graph_(graph) {
    lineage_.patients = tested_patients(folder, detect);
  }

  // Sources first, so that the first leak is the one nearest to its source. `behind`: the names of
  // what it went through from here to the detections.
  void visit(const Task& task, std::vector<std::string> behind) {
    if (!seen_.insert(task.id).second) return;
    behind.insert(behind.begin(), shown_as(task));
    for (const std::string& input : task.inputs) visit(graph_.at(input), behind);
    for (const Task::Outside& file : task.outside) {
      if (seen_.insert(file.path).second) ask(file.path, file.path, "it", file.path, behind);
    }
    const std::vector<std::string> after(behind.begin() + 1, behind.end());
    for (const std::string& model : values_of(task, "--model")) {
      // One of several that a training has made.
      if (asked_.insert(model).second && fs::exists(folder_ / model))
        ask(model, model, "it", "detector " + model, behind);
    }
    ask(task.marked(), task.folder(), lesions_of(task), shown_as(task), after);
  }

  Lineage take() { return std::move(lineage_); }

 private:
  void ask(const std::string& path, const std::string& place, const std::string& lesions,
           const std::string& name, const std::vector<std::string>& behind) {
    asked_.insert(path);
    const Artefact artefact = read_artefact(folder_ / path, place, lesions);
    lineage_.artefacts.push_back({path, artefact.patients()});
    for (const std::string& patient : lineage_.patients) {
      if (lineage_.leak) return;
      auto links = artefact.how(patient);
      if (!links) continue;
      // A graft has named its folder.
      if (!artefact.named.contains(patient)) links->push_back(name);
      links->insert(links->end(), behind.begin(), behind.end());
      lineage_.leak = {std::move(*links)};
    }
  }

  fs::path folder_;
  const Graph& graph_;
  Lineage lineage_;
  std::set<std::string> seen_, asked_;
};

}  // namespace

std::string LeakChain::text() const { return fmt::format("{}", fmt::join(links, " -> ")); }

Lineage trace(const fs::path& folder, const Graph& graph, const std::string& detect) {
  const Task& task = graph.at(detect);
  if (task.kind != "detect")
    fail(ErrorKind::usage, "{}: found a task {}, expected one that looks for masses", detect,
         task.kind);
  Tracer tracer(folder, graph, task);
  tracer.visit(task, {});
  return tracer.take();
}

void refuse(const Lineage& lineage, const std::string& detect) {
  if (!lineage.leak) return;
  fail(ErrorKind::bad_input, "{}: a leak: it would be scored on somebody who stands behind it: {}",
       detect, lineage.leak->text());
}

void write_lineage(const fs::path& file, const Lineage& lineage, const std::string& detect) {
  Json artefacts = Json::array();
  for (const Lineage::Artefact& one : lineage.artefacts)
    artefacts.push_back({{"path", one.path}, {"patients", one.patients}});
  write_json(
      file,
      {{"task", detect}, {"patients_tested", lineage.patients.size()}, {"artefacts", artefacts}});
}

}  // namespace mammograft
