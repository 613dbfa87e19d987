// The plan of an experiment: one TOML file (docs/experiment.md). `experiment init` writes one.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/options.h"

namespace mammograft {

// A cohort by its name in the plan: it is there, or a command makes it.
struct PlanCohort {
  std::string path;     // a folder; or
  std::string command;  // "phantom", "prepare mias", …
  std::string input;    // what the command reads
  std::string images;   // prepare coco: the folder of the images
  Json options = Json::object();
};

// Cohorts by their names, or their images of one split of the release.
struct PlanPart {
  std::vector<std::string> cohorts;
  std::string split;
  template <typename V>
  void fields(V&& v) {
    v("cohorts", cohorts, "names of cohorts");
    v("split", split, "only images of this split of the release");
  }
  bool operator==(const PlanPart&) const = default;
};

struct PlanFolds {
  int count = 5;
  int64_t seed = 1;
  std::string file;
  template <typename V>
  void fields(V&& v) {
    v("count", count, "folds by patient; 0: [test] says on whom is tested");
    v("seed", seed, "seed of their division, the same for all trainings");
    v("file", file, "a folds.json that is there, in place of the two");
  }
};

struct PlanGrafts {
  int count = 200;
  std::optional<double> share = 0.25;
  bool online = false;
  template <typename V>
  void fields(V&& v) {
    v("count", count, "synthetic images for a training");
    v("share", share, "of the draws with a mass; none: their number decides");
    v("online", online,
      "a fresh graft for every draw, while the detector learns, in place of count");
  }
};

struct PlanBudget {
  std::string unit = "steps";
  std::vector<double> lengths = {1200};
  std::vector<double> points, along;
  template <typename V>
  void fields(V&& v) {
    v.choice("unit", unit, {"steps", "epochs", "passes"},
             "equal steps, epochs, or passes over the real images, for all arms");
    v("lengths", lengths, "of every stage of a detector's training");
    v("points", points, "in place of one length several, each a training of its own");
    v("along", along, "where on its way every training is scored too");
  }
};

// One way to make a detector.
struct PlanArm {
  std::string name;
  std::string method;  // "real" or one of synthesize's
  std::string after;   // an arm before it, whose detector's mistakes are grafted; empty: none
  PlanGrafts grafts;   // the plan's, or its own
  PlanPart lesions;    // the same
  // Options of its commands: the plan's with its own over them, those that its method reads.
  Json blender, synthesis, detector;
  bool has_grafts() const { return method != "real"; }
  bool grafts_online() const { return has_grafts() && grafts.online; }
  bool has_cohort_of_grafts() const { return has_grafts() && !grafts.online; }
  bool has_network() const;  // a blender, or the vanilla GAN
};

struct PlanOptions {
  PlanPart learn, lesions, backgrounds, test;
  PlanFolds folds;
  PlanGrafts grafts;
  PlanBudget budget;
  std::vector<int> seeds = {1};
  // With a mass to learn from, a study for each; none: all. 0, in the file "all": all of them.
  std::vector<int> patients;
  std::vector<std::string> rules = {"iou"};
  int threads = 1;
  std::string device = "auto";
  int memory_mb = 4000;
  template <typename V>
  void fields(V&& v) {
    v("seeds", seeds, "every training once with each");
    v("patients", patients,
      "with a mass to learn from, one value after the other, \"all\" among them; none: all");
    v("rules", rules, "what a hit is, as evaluate --rule: a report for each");
    v("threads", threads, "of every task");
    v.choice("device", device, {"auto", "cpu", "cuda"}, "where networks run");
    v("memory_mb", memory_mb, "that a task asks of a cluster");
    v.group("learn", learn);
    v.group("lesions", lesions);
    v.group("backgrounds", backgrounds);
    v.group("test", test);
    v.group("folds", folds);
    v.group("grafts", grafts);
    v.group("budget", budget);
  }
};

struct Plan {
  std::filesystem::path file;
  std::filesystem::path origin;  // from whose folder relative paths count
  PlanOptions options;           // lesions and backgrounds filled: learn's where none are named
  std::vector<std::pair<std::string, PlanCohort>> cohorts;
  std::vector<PlanArm> arms;
  Json detect = Json::object(), evaluate = Json::object();  // options of these commands

  const PlanCohort& cohort(const std::string& name) const;
  bool tests_on_folds() const { return options.test.cohorts.empty(); }
};

// Throws io, usage (not TOML), or bad_input naming file and field: what was found, what was
// expected. Options of commands are checked as the commands check them before they read anything;
// cohorts are not looked at. `origin`: of a copy the plan that was copied, else the file itself.
Plan read_plan(const std::filesystem::path& file, const std::filesystem::path& origin);

}  // namespace mammograft
