#include "experiment/graph.h"

#include <algorithm>

#include "core/error.h"
#include "core/files.h"
#include "core/json.h"

namespace mammograft {
namespace {

constexpr const char* kGraph = "graph.json";

Json json_of(const Task& task) {
  Json outside = Json::array();
  for (const Task::Outside& one : task.outside)
    outside.push_back({{"path", one.path}, {"digest", one.digest}});
  return {{"id", task.id},
          {"what", task.what},
          {"kind", task.kind},
          {"arguments", task.arguments},
          {"marker", task.marker},
          {"inputs", task.inputs},
          {"outside", outside},
          {"threads", task.threads},
          {"memory_mb", task.memory_mb}};
}

std::vector<std::string> texts(const JsonView& list) {
  std::vector<std::string> result;
  for (size_t i = 0; i < list.size(); ++i) result.push_back(list.at(i).string());
  return result;
}

Task task_from(const JsonView& view) {
  Task task;
  task.id = view.string("id");
  task.what = view.string("what");
  task.kind = view.string("kind");
  task.arguments = texts(view.at("arguments"));
  task.marker = view.string("marker");
  task.inputs = texts(view.at("inputs"));
  const JsonView outside = view.at("outside");
  for (size_t i = 0; i < outside.size(); ++i)
    task.outside.push_back({outside.at(i).string("path"), outside.at(i).string("digest")});
  task.threads = static_cast<int>(view.integer_or("threads", 1));
  task.memory_mb = static_cast<int>(view.integer("memory_mb"));
  return task;
}

}  // namespace

const Task& Graph::insert(Task task) {
  for (const std::string& input : task.inputs)
    ensure(contains(input), "graph: {} waits for {}, which is not there", task.id, input);
  place_[task.id] = tasks_.size();
  return tasks_.emplace_back(std::move(task));
}

const Task& Graph::add(Task task) {
  task.id = task_id(task, version_);
  return contains(task.id) ? at(task.id) : insert(std::move(task));
}

const Task& Graph::at(const std::string& id) const {
  const auto found = place_.find(id);
  if (found == place_.end()) fail(ErrorKind::usage, "{}: no task of this experiment", id);
  return tasks_[found->second];
}

int Graph::threads() const {
  int most = 1;
  for (const Task& task : tasks_) most = std::max(most, task.threads);
  return most;
}

void write_graph(const std::filesystem::path& folder, const Graph& graph) {
  Json tasks = Json::array();
  for (const Task& task : graph.tasks()) tasks.push_back(json_of(task));
  const Json json = {{"version", graph.version()},
                     {"plan", graph.plan()},
                     {"layout", layout_json(graph.layout())},
                     {"tasks", tasks}};
  const fs::path file = folder / kGraph;
  if (fs::exists(file) && Json::parse(read_file(file), nullptr, /*allow_exceptions=*/false) == json)
    return;
  write_json(file, json);
}

Graph read_graph(const std::filesystem::path& folder) {
  const Json json = read_json(folder / kGraph);
  const JsonView root(json, (folder / kGraph).string());
  Graph graph(root.string("version"));
  graph.plan() = root.string_or("plan", "");
  if (root.has("layout")) graph.layout() = layout_from(root.at("layout"));
  const JsonView tasks = root.at("tasks");
  for (size_t i = 0; i < tasks.size(); ++i) {
    Task task = task_from(tasks.at(i));
    for (const std::string& input : task.inputs) {
      if (!graph.contains(input)) tasks.at(i).at("inputs").reject("tasks that stand before it");
    }
    graph.insert(std::move(task));
  }
  return graph;
}

}  // namespace mammograft
