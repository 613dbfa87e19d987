#include "experiment/experiment.h"

#include <algorithm>
#include <cstdio>

#include "cli/command.h"
#include "core/executable.h"
#include "core/files.h"
#include "core/log.h"
#include "core/parallel.h"
#include "experiment/experiment_report.h"
#include "experiment/lineage.h"
#include "experiment/presets.h"
#include "experiment/status.h"

namespace mammograft {
namespace {

struct JobOptions {
  int jobs = 0;
  template <typename V>
  void fields(V&& v) {
    v("jobs", jobs,
      "tasks at a time, each with the plan's threads; 0: as many as the cores have room for");
  }
  int count(int threads) const {
    return jobs > 0 ? jobs : std::max(1, hardware_threads() / threads);
  }
};

// Common options that the plan has of all its tasks; and with them what replaces an output.
const std::vector<std::string> kOfThePlan = {"seed", "threads", "device"};
const std::vector<std::string> kOfThePlanAndForce = {"seed", "threads", "device", "force"};

// bin/mammograft of this very program.
std::string own_program() {
  const fs::path self = own_executable();
  if (self.empty()) fail(ErrorKind::io, "/proc/self/exe: cannot be read: which program am I?");
  const fs::path launcher = self.parent_path().parent_path() / "bin" / "mammograft";
  return fs::exists(launcher) ? launcher.string() : self.string();
}

struct Places {
  std::string plan, folder;
};

void add_plan_and_folder(CLI::App& app, Places& places) {
  app.add_option("plan", places.plan, "the plan (mammograft experiment init writes one)")
      ->required()
      ->type_name("PLAN.toml");
  app.add_option("--out", places.folder, "folder of the experiment")->required()->type_name("DIR");
}

void add_folder(CLI::App& app, Places& places) {
  app.add_option("folder", places.folder, "folder of the experiment")->required()->type_name("DIR");
}

std::unique_ptr<Command> init_command(CLI::App& parent) {
  struct Init {
    NoOptions none;
    std::string preset = "smoke", out = "plan.toml";
  };
  auto command = std::make_unique<Command>(
      parent, "init",
      "Write a plan to start from, with comments.\n"
      "smoke: is everything in place? Phantoms and tiny networks, about a minute. cpu: a night on "
      "two "
      "cores, a small detector. paper: all as Lin et al. 2019 have it, for a GPU. archive: a whole "
      "archive prepared and searched in shards.");
  auto init = std::make_shared<Init>();
  command->app()
      .add_option("--preset", init->preset, "which plan")
      ->check(CLI::IsMember(plan_presets()))
      ->capture_default_str();
  command->app().add_option("--out", init->out, "file to write")->capture_default_str();
  command->without(kOfThePlan);
  command->describe_options(init->none);
  command->action([init, &c = *command] {
    if (fs::exists(init->out) && !c.force())
      fail(ErrorKind::usage, "{}: exists; use --force to replace it", init->out);
    write_file(init->out, plan_preset(init->preset));
    log_info(fmt::format("{}: now: mammograft experiment run {} --out DIR", init->out, init->out));
  });
  return command;
}

std::unique_ptr<Command> run_command(CLI::App& parent) {
  struct Run {
    JobOptions jobs;
    Places at;
  };
  auto command = std::make_unique<Command>(
      parent, "run",
      "Run what a plan asks for and is not done yet.\n"
      "Killed anywhere, the same command goes on. A task that fails does not stop those that do "
      "not "
      "need it. Ninja runs the tasks; DIR/build.ninja shows every command.");
  auto run = std::make_shared<Run>();
  add_plan_and_folder(command->app(), run->at);
  command->without(kOfThePlanAndForce);
  command->describe_options(run->jobs);
  command->action([run, &c = *command] {
    const PlannedExperiment planned = plan_experiment(run->at.plan, run->at.folder, own_program());
    run_experiment(planned.graph, run->at.folder, run->jobs.count(planned.graph.threads()),
                   c.progress());
  });
  return command;
}

std::unique_ptr<Command> graph_export_command(CLI::App& parent) {
  struct Export {
    NoOptions none;
    Places at;
    bool snakemake = false;
  };
  auto command = std::make_unique<Command>(
      parent, "export",
      "Plan, and run nothing: DIR/build.ninja for Ninja, and with --snakemake DIR/Snakefile for "
      "clusters.\n"
      "  cd DIR && snakemake --executor slurm --jobs 100 --keep-going --rerun-incomplete");
  auto chosen = std::make_shared<Export>();
  add_plan_and_folder(command->app(), chosen->at);
  command->app().add_flag("--snakemake", chosen->snakemake,
                          "write DIR/Snakefile too; from then on it is renewed with the plan");
  command->without(kOfThePlanAndForce);
  command->describe_options(chosen->none);
  command->action([chosen] {
    const fs::path folder = chosen->at.folder;
    const PlannedExperiment planned =
        plan_experiment(chosen->at.plan, folder, own_program(), chosen->snakemake);
    log_info(fmt::format("{}: {} tasks", folder.string(), planned.graph.tasks().size()));
  });
  return command;
}

std::unique_ptr<Command> status_command(CLI::App& parent) {
  struct Status {
    JobOptions jobs;
    Places at;
  };
  auto command = std::make_unique<Command>(
      parent, "status", "What is done, what runs and how far it is, what failed, how long to go.");
  auto status = std::make_shared<Status>();
  add_folder(command->app(), status->at);
  command->without(kOfThePlanAndForce);
  command->describe_options(status->jobs);
  command->action([status] {
    const fs::path folder = status->at.folder;
    const Graph graph = read_graph(folder);
    const int jobs = status->jobs.count(graph.threads());
    std::fputs(status_text(read_status(folder, graph), jobs).c_str(), stdout);
  });
  return command;
}

// Of everything that has been found so far.
void check_all(const Graph& graph, const fs::path& folder) {
  for (const Task& task : graph.tasks()) {
    if (task.kind != "detect" || !fs::exists(folder / task.marked())) continue;
    refuse(trace(folder, graph, task.id), task.id);
    log_info(fmt::format("{} ({}): nobody who is tested stands behind it", task.what, task.id));
  }
}

std::unique_ptr<Command> check_command(CLI::App& parent) {
  struct Check {
    NoOptions none;
    Places at;
    std::string task, out;
  };
  auto command = std::make_unique<Command>(
      parent, "check",
      "The leak guard: whose data stand behind what was found, back to the sources.\n"
      "Stops where somebody who is tested is among them, and says how he came there. Every score "
      "of an "
      "experiment waits for it.");
  auto check = std::make_shared<Check>();
  add_folder(command->app(), check->at);
  command->app()
      .add_option("--task", check->task, "of the graph; none: all that have found something")
      ->type_name("detect-…");
  command->app()
      .add_option("--out", check->out, "what was looked at; with --task")
      ->type_name("FILE.json");
  command->without(kOfThePlanAndForce);
  command->describe_options(check->none);
  command->action([check] {
    const fs::path folder = check->at.folder;
    const Graph graph = read_graph(folder);
    if (check->task.empty() && !check->out.empty())
      fail(ErrorKind::usage, "--out: expected --task with it");
    if (check->task.empty()) return check_all(graph, folder);
    const Lineage lineage = trace(folder, graph, check->task);
    refuse(lineage, check->task);
    if (check->out.empty()) return;
    create_folder(fs::absolute(check->out).parent_path());
    write_lineage(check->out, lineage, check->task);
  });
  return command;
}

// The graph of an experiment and its folder, by the folder, or by a plan that was run there.
std::pair<Graph, fs::path> experiment_at(const std::string& named, const std::string& study) {
  if (fs::is_directory(named)) return {read_graph(named), named};
  if (!study.empty()) return {graph_of_plan(named), study};
  const fs::path folder = fs::absolute(named).parent_path();
  if (!fs::exists(folder / "graph.json")) {
    fail(ErrorKind::usage, "{}: says not where it was run; name that folder: --study DIR", named);
  }
  return {read_graph(folder), folder};
}

// A report in the study's own folder is renewed: the study's tasks write there.
void refuse_replacing(const fs::path& out, const Graph& graph, const fs::path& study) {
  const fs::path inside = fs::weakly_canonical(out).lexically_relative(fs::weakly_canonical(study));
  if (!inside.empty() && *inside.begin() != "..") return;
  std::vector<fs::path> pages = {out / "report.html"};
  for (const std::string& rule : graph.layout().rules) pages.push_back(out / rule / "report.html");
  for (const fs::path& page : pages) {
    if (!fs::exists(page)) continue;
    fail(ErrorKind::usage, "{}: exists; choose another --out, or --force to replace it",
         page.string());
  }
}

std::unique_ptr<Command> report_command(CLI::App& parent) {
  struct Report {
    NoOptions none;
    std::string named, study, rule, out;
  };
  auto command = std::make_unique<Command>(
      parent, "report",
      "Does grafting help? A page with a verdict, and its numbers, of everything that is there.\n"
      "The last task of an experiment writes it, too. Of an unfinished one it says what is "
      "missing.");
  auto report = std::make_shared<Report>();
  CLI::App& app = command->app();
  app.add_option("experiment", report->named, "folder of the experiment, or a plan")
      ->required()
      ->type_name("PLAN_OR_STUDY");
  app.add_option("--study", report->study, "where the plan was run, where that is another folder")
      ->type_name("DIR");
  app.add_option("--rule", report->rule, "one of the plan's; none: a report for each")
      ->type_name("RULE");
  app.add_option("--out", report->out, "folder of the report; none: STUDY/report")
      ->type_name("DIR");
  command->without(kOfThePlan);
  command->describe_options(report->none);
  command->action([report, &c = *command] {
    const auto [graph, folder] = experiment_at(report->named, report->study);
    const fs::path out = report->out.empty() ? folder / "report" : fs::path(report->out);
    if (!c.force()) refuse_replacing(out, graph, folder);
    if (report->rule.empty()) return report_experiment(graph, folder, out);
    report_experiment(graph, folder, report->rule, out);
  });
  return command;
}

}  // namespace

std::vector<std::unique_ptr<Command>> experiment_commands(CLI::App& parent) {
  CLI::App* experiment = parent.add_subcommand(
      "experiment",
      "A study of several ways to learn (arms), over folds and seeds, from one plan.\n"
      "  mammograft experiment init --preset smoke --out plan.toml\n"
      "  mammograft experiment run plan.toml --out study\n"
      "  mammograft experiment status study\n"
      "  mammograft experiment report study\n"
      "docs/experiment.md says what a plan can hold.");
  experiment->require_subcommand(1);
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(init_command(*experiment));
  commands.push_back(run_command(*experiment));
  commands.push_back(graph_export_command(*experiment));
  commands.push_back(status_command(*experiment));
  commands.push_back(check_command(*experiment));
  commands.push_back(report_command(*experiment));
  return commands;
}

}  // namespace mammograft
