#include "experiment/expansion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "cohort/folds.h"
#include "experiment/command_options.h"
#include "experiment/task_builder.h"
#include "study/study.h"

namespace mammograft {
namespace {

// What is scored together: all arms, seeds and folds of one size.
struct Size {
  int patients = 0;     // with a mass to learn from; 0: all
  std::string who;      // the same in words where the plan says it; else empty
  std::string lengths;  // of a detector's training
  std::string point;    // the same where it is one of several; else empty
  std::string along;    // where on the way to it; empty: at its end
  std::string unit;     // of along
  double length = 0;    // of the training so far, where the plan has several; else 0
  std::string words() const {
    return (who.empty() ? "" : who + ", ") + (point.empty() ? "" : point + ", ") +
           (along.empty() ? "" : fmt::format("after {} {}, ", along, unit));
  }
};

// One training of every arm.
struct Cell {
  Size size;
  int64_t seed = 1;
  int fold = -1;  // none: the test cohort stands by itself
  // Of what does not depend on the length of the detector's training.
  std::string early_words() const {
    Size same = size;
    same.point.clear();
    same.along.clear();
    return Cell{same, seed, fold}.words();
  }
  // Of the training as a whole.
  std::string training_words() const {
    Size same = size;
    same.along.clear();
    return Cell{same, seed, fold}.words();
  }
  std::string words() const {
    return size.words() + (fold < 0 ? "" : fmt::format("fold {}, ", fold)) +
           fmt::format("seed {}", seed);
  }
};

// A detections file, and the task that has checked what it comes from.
struct Found {
  std::string file;
  std::string detector, detect, check;
};

class Expansion {
 public:
  Expansion(const Plan& plan, const std::string& version, OutsideFiles outside)
      : plan_(plan), options_(plan.options), outside_(std::move(outside)), graph_(version) {}

  Graph run() {
    for (const auto& [name, cohort] : plan_.cohorts) cohorts_[name] = cohort_source(name, cohort);
    make_folds();
    describe_layout();
    for (const Size& size : sizes()) compare_arms(size);
    for (const std::string& rule : options_.rules) report(rule);
    return std::move(graph_);
  }

 private:
  std::vector<Size> sizes() const {
    const PlanBudget& budget = options_.budget;
    std::vector<Size> all;
    for (const int patients : options_.patients.empty() ? std::vector{0} : options_.patients) {
      const std::string who = options_.patients.empty() ? "" : patients_words(patients);
      for (const double point : budget.points) {
        const std::string length = fmt::format("{}", point);
        all.push_back({patients, who, length, length + " " + budget.unit, "", "", point});
      }
      if (!budget.points.empty()) continue;
      const std::string lengths = fmt::format("{}", fmt::join(budget.lengths, ","));
      for (const double along : budget.along)
        all.push_back({patients, who, lengths, "", fmt::format("{}", along), budget.unit, along});
      const double end = std::accumulate(budget.lengths.begin(), budget.lengths.end(), 0.0);
      all.push_back({patients, who, lengths, "", "", "", budget.along.empty() ? 0 : end});
    }
    return all;
  }

  void compare_arms(const Size& size) {
    std::vector<std::string> systems;
    std::vector<Found> all;
    const size_t point = graph_.layout().point({size.patients, size.length});
    for (const int seed : options_.seeds) {
      for (size_t a = 0; a < plan_.arms.size(); ++a) {
        std::vector<std::string> files;
        for (const Cell& cell : cells(size, seed)) {
          const Found one = arm_in(plan_.arms[a], cell);
          graph_.layout().trainings.push_back(
              {a, point, seed, cell.fold, one.detector, one.detect, one.check});
          files.push_back(one.file);
          all.push_back(one);
        }
        systems.push_back(fmt::format("{}={}", plan_.arms[a].name, fmt::join(files, ",")));
      }
    }
    for (const std::string& rule : options_.rules) score(size.words() + rule, rule, systems, all);
  }

  void describe_layout() {
    Layout& layout = graph_.layout();
    layout.truth = cohorts_.at(tested().cohorts.front()).path;
    layout.unit = options_.budget.unit;
    layout.rules = options_.rules;
    layout.evaluate = plan_.evaluate;
    for (const PlanArm& arm : plan_.arms)
      layout.arms.push_back({arm.name, arm.method,
                             arm.has_cohort_of_grafts() ? arm.grafts.count : 0,
                             arm.grafts_online()});
  }

  TaskBuilder builder(const std::string& kind, const std::string& what, const std::string& marker) {
    return {outside_, kind, what, marker};
  }

  Source outside(const std::string& path) const { return outside_of(plan_.origin, path); }

  // What every command gets.
  TaskBuilder& common(TaskBuilder& task) const {
    return task.option("--threads", fmt::format("{}", options_.threads))
        .resources(options_.threads, options_.memory_mb);
  }

  Source cohort_source(const std::string& name, const PlanCohort& cohort) {
    if (cohort.command.empty()) return outside(cohort.path);
    TaskBuilder task = builder(kind_of_command(cohort.command), "cohort " + name, "cohort.json");
    task.words(words_of_command(cohort.command));
    if (!cohort.input.empty()) task.reads("", outside(cohort.input));
    if (!cohort.images.empty()) task.reads("--images", outside(cohort.images));
    Json options = cohort.options;
    for (const auto& [flag, path] : take_files(options)) task.reads(flag, outside(path));
    task.words(cohort_flags(cohort.command, options, name)).option("--out", "{out}");
    return graph_.add(common(task).build()).made();
  }

  // ---- who is held out ----

  void make_folds() {
    if (!plan_.tests_on_folds()) return;
    if (!options_.folds.file.empty()) {
      folds_ = outside(options_.folds.file);
      fold_count_ = read_folds(folds_->path).count;
      return;
    }
    fold_count_ = options_.folds.count;
    TaskBuilder task = builder("split", "folds", "folds.json");
    task.word("split");
    for (const std::string& name : divided()) task.reads("", cohorts_.at(name));
    task.option("--folds", fmt::format("{}", fold_count_))
        .option("--seed", fmt::format("{}", options_.folds.seed))
        .option("--out", "{out}/folds.json");
    folds_ = graph_.add(common(task).build()).made("folds.json");
  }

  // Whose real images are cut by fold: all patients in them must be in one.
  std::vector<std::string> divided() const {
    std::vector<std::string> names = options_.learn.cohorts;
    for (const std::string& name : options_.backgrounds.cohorts) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
  }

  std::vector<Cell> cells(const Size& size, int seed) const {
    if (!folds_) return {{size, seed, -1}};
    std::vector<Cell> all;
    for (int fold = 0; fold < fold_count_; ++fold) all.push_back({size, seed, fold});
    return all;
  }

  // Folds that leave so many patients of what is learnt from, and as many others of other lesions.
  Source subset(const Cell& cell, const PlanPart& lesions) {
    const char* who = lesions == options_.learn ? "learnt" : "learnt and grafted";
    TaskBuilder task =
        builder("subset", fmt::format("who is {} from, {}", who, cell.early_words()), "folds.json");
    task.word("subset");
    read_part(task, options_.learn, cell.fold, folds_);
    read_other(task, lesions, options_.learn, "--lesions");
    for (const std::string& name : divided()) {
      const auto& own = options_.learn.cohorts;
      if (std::find(own.begin(), own.end(), name) == own.end())
        task.reads("--others", cohorts_.at(name));
    }
    task.option("--patients", fmt::format("{}", cell.size.patients))
        .option("--out", "{out}/folds.json");
    return graph_.add(seeded(task, cell).build()).made("folds.json");
  }

  void read_part(TaskBuilder& task, const PlanPart& part, int fold,
                 const std::optional<Source>& folds) const {
    for (const std::string& name : part.cohorts) task.reads("--cohort", cohorts_.at(name));
    if (!part.split.empty()) task.option("--split", part.split);
    if (folds) task.reads("--folds", *folds).option("--fold", fmt::format("{}", fold));
  }
  // All but the patients of the fold, and those who are not in the subset: where there are no
  // folds, these are in fold 0.
  void read_to_learn(TaskBuilder& task, const PlanPart& part, const Cell& cell,
                     const PlanPart& lesions) {
    if (cell.size.patients == 0) return read_part(task, part, cell.fold, folds_);
    read_part(task, part, std::max(0, cell.fold), subset(cell, lesions));
  }
  // The images that an arm's masses are grafted onto, and these masses.
  void read_to_graft(TaskBuilder& task, const PlanArm& arm, const Cell& cell) {
    read_to_learn(task, options_.backgrounds, cell, arm.lesions);
    read_other(task, arm.lesions, options_.backgrounds, "--lesions");
  }

  // Where it is another one than `same`.
  void read_other(TaskBuilder& task, const PlanPart& part, const PlanPart& same,
                  const std::string& flag) const {
    if (part == same) return;
    for (const std::string& name : part.cohorts) task.reads(flag, cohorts_.at(name));
    if (!part.split.empty()) task.option(flag + "-split", part.split);
  }

  TaskBuilder& seeded(TaskBuilder& task, const Cell& cell) const {
    return common(task.option("--seed", fmt::format("{}", cell.seed)));
  }
  TaskBuilder& on_device(TaskBuilder& task) const {
    return options_.device == "auto" ? task : task.option("--device", options_.device);
  }

  // ---- one arm ----

  Source blender(const PlanArm& arm, const Cell& cell) {
    TaskBuilder task =
        builder("train-blender", fmt::format("blender of {}, {}", arm.name, cell.early_words()),
                "model.safetensors");
    task.words({"train", "blender"});
    read_to_graft(task, arm, cell);
    task.words(blender_flags(arm.blender, arm.name))
        .option("--method", arm.method)
        .option("--out", "{out}");
    on_device(seeded(task, cell));
    return graph_.add(task.build()).made("model.safetensors");
  }

  const PlanArm& arm_called(const std::string& name) const {
    const auto is_it = [&](const PlanArm& arm) { return arm.name == name; };
    return *std::find_if(plan_.arms.begin(), plan_.arms.end(), is_it);  // the plan is checked
  }

  // In all that is learnt from; whoever reads it leaves the fold's patients out.
  Source found_by(const PlanArm& arm, const Cell& cell) {
    Cell end = cell;
    end.size.along.clear();
    const Source model = detector(arm, end);
    TaskBuilder task =
        builder("detect", fmt::format("what {} finds in what is learnt, {}", arm.name, end.words()),
                "detections.json");
    task.word("detect").reads("--model", model);
    read_part(task, options_.learn, -1, std::nullopt);
    task.words(detect_flags(plan_.detect, "detect")).option("--out", "{out}");
    on_device(common(task));
    return graph_.add(task.build()).made("detections.json");
  }

  Source grafts(const PlanArm& arm, const Cell& cell) {
    std::optional<Source> model;
    if (arm.has_network()) model = blender(arm, cell);
    TaskBuilder task = builder(
        "synthesize", fmt::format("grafts of {}, {}", arm.name, cell.early_words()), "cohort.json");
    task.word("synthesize");
    if (arm.method != "vanilla") read_to_graft(task, arm, cell);  // else whole images of nothing
    if (model) task.reads("--model", *model);
    if (!arm.after.empty()) task.reads("--mistakes", found_by(arm_called(arm.after), cell));
    task.words(synthesis_flags(arm.synthesis, arm.name))
        .option("--method", arm.method)
        .option("--count", fmt::format("{}", arm.grafts.count))
        .option("--out", "{out}");
    seeded(task, cell);
    if (model) on_device(task);
    return graph_.add(task.build()).made();
  }

  void share_of_grafts(TaskBuilder& task, const PlanArm& arm) const {
    const std::optional<double>& share = arm.grafts.share;
    task.option("--data-synthetic-share", share ? fmt::format("{}", *share) : "none");
  }

  // Made while the detector learns: what a synthesis would be told, told to the training.
  void grafts_online(TaskBuilder& task, const PlanArm& arm, const std::optional<Source>& model) {
    task.option("--graft-online", arm.method);
    if (model) task.reads("--graft-model", *model);
    if (arm.method != "vanilla") {  // which makes whole images of nothing
      read_other(task, options_.backgrounds, options_.learn, "--graft-backgrounds");
      read_other(task, arm.lesions, options_.learn, "--graft-lesions");
    }
    share_of_grafts(task, arm);
    task.words(online_graft_flags(arm.synthesis, arm.name));
  }

  // A file among the options is there from outside, like a cohort.
  void detector_options(TaskBuilder& task, const PlanArm& arm) {
    Json options = arm.detector;
    if (const std::optional<std::string> start = detector_start(options)) {
      options.erase("init");
      task.reads("--init", outside(*start));
    }
    task.words(detector_flags(options, arm.name));
  }

  Source detector(const PlanArm& arm, const Cell& cell) {
    std::optional<Source> synthetic, model;
    if (arm.has_cohort_of_grafts()) synthetic = grafts(arm, cell);
    if (arm.grafts_online() && arm.has_network()) model = blender(arm, cell);
    TaskBuilder task = builder("train-detector",
                               fmt::format("detector of {}, {}", arm.name, cell.training_words()),
                               "model.safetensors");
    task.words({"train", "detector"});
    read_to_learn(task, options_.learn, cell, arm.grafts_online() ? arm.lesions : options_.learn);
    if (synthetic) {
      task.reads("--cohort", *synthetic);
      share_of_grafts(task, arm);
    }
    if (arm.grafts_online()) grafts_online(task, arm, model);
    detector_options(task, arm);
    task.option("--unit", options_.budget.unit).option("--lengths", cell.size.lengths);
    if (!options_.budget.along.empty())
      task.option("--keep-at", fmt::format("{}", fmt::join(options_.budget.along, ",")));
    task.option("--out", "{out}");
    on_device(seeded(task, cell));
    const std::string& along = cell.size.along;
    return graph_.add(task.build())
        .made(along.empty() ? "model.safetensors" : fmt::format("model-{}.safetensors", along));
  }

  const PlanPart& tested() const { return plan_.tests_on_folds() ? options_.learn : options_.test; }

  Found arm_in(const PlanArm& arm, const Cell& cell) {
    const Source model = detector(arm, cell);
    TaskBuilder task = builder("detect", fmt::format("what {} finds, {}", arm.name, cell.words()),
                               "detections.json");
    task.word("detect").reads("--model", model);
    read_part(task, tested(), cell.fold, folds_);
    task.words(detect_flags(plan_.detect, "detect")).option("--out", "{out}");
    on_device(common(task));
    const Task detect = graph_.add(task.build());
    return {detect.made("detections.json").path, model.task, detect.id, check(detect)};
  }

  // That nobody who is tested stands behind what was found.
  std::string check(const Task& detect) {
    TaskBuilder task = builder("check", "whose it is: " + detect.what, "lineage.json");
    task.words({"experiment", "check", ".", "--task", detect.id, "--out", "{out}/lineage.json"});
    return graph_.add(task.after(detect.id).build()).id;
  }

  // ---- the score ----

  void score(const std::string& words, const std::string& rule,
             const std::vector<std::string>& systems, const std::vector<Found>& found) {
    TaskBuilder task = builder("evaluate", "score of all, " + words, "report.html");
    task.word("evaluate").reads("--truth", cohorts_.at(tested().cohorts.front()));
    for (const std::string& system : systems) task.option("--system", system);
    for (const Found& one : found) task.after(one.detect).after(one.check);
    task.option("--rule", rule)
        .words(evaluate_flags(plan_.evaluate, "evaluate"))
        .option("--out", "{out}");
    scores_[rule].push_back(graph_.add(common(task).build()).id);
  }

  // Of everything that is scored by a rule; it reads graph.json, and what was found.
  void report(const std::string& rule) {
    TaskBuilder task = builder("report", "report, " + rule, "report.html");
    task.words({"experiment", "report", ".", "--rule", rule, "--out", "{out}"});
    for (const std::string& score : scores_[rule]) task.after(score);
    graph_.add(task.resources(options_.threads, options_.memory_mb).build());
  }

  const Plan& plan_;
  const PlanOptions& options_;
  OutsideFiles outside_;
  Graph graph_;
  std::map<std::string, Source> cohorts_;                   // by their names in the plan
  std::map<std::string, std::vector<std::string>> scores_;  // by rule: tasks
  std::optional<Source> folds_;
  int fold_count_ = 0;
};

}  // namespace

Graph expand(const Plan& plan, const std::string& version,
             const std::function<std::string(const std::string& path)>& digest) {
  return Expansion(plan, version, OutsideFiles(digest)).run();
}

}  // namespace mammograft
