#include "experiment/command_options.h"

#include <fmt/ranges.h>

#include <functional>
#include <map>

#include "experiment/option_flags.h"
#include "stages/detect.h"
#include "stages/evaluate.h"
#include "stages/phantom.h"
#include "stages/prepare.h"
#include "stages/synthesize.h"
#include "stages/train_blender.h"
#include "stages/train_detector.h"

namespace mammograft {
namespace {

template <typename Options>
std::vector<std::string> flags_for(Options options, const Json& table, const std::string& where) {
  return option_flags(table, where, describe(options));
}

using Flags = std::function<std::vector<std::string>(const Json&, const std::string&)>;

template <typename Options>
Flags flags_with(Options options) {
  return [options](const Json& table, const std::string& where) {
    return flags_for(options, table, where);
  };
}

const std::map<std::string, Flags>& cohort_commands() {
  static const std::map<std::string, Flags> commands = {
      {"phantom", flags_with(PhantomStage().phantom)},
      {"prepare inbreast", flags_with(InbreastOptions())},
      {"prepare cbis-ddsm", flags_with(CbisDdsmOptions())},
      {"prepare vindr", flags_with(VindrOptions())},
      {"prepare mias", flags_with(MiasOptions())},
      {"prepare coco", flags_with(CocoOptions())},
      {"prepare dicom", flags_with(DicomOptions())}};
  return commands;
}

// The plan divides the work, or it is not divided.
void refuse_shard(const Json& table, const std::string& where) {
  if (table.contains("shard"))
    fail(ErrorKind::bad_input, "{}: shard: found here, expected [archive] shards", where);
}

}  // namespace

std::vector<std::string> blender_flags(const Json& table, const std::string& where) {
  return flags_for(TrainBlenderStage().training, table, where);
}
std::vector<std::string> synthesis_flags(const Json& table, const std::string& where) {
  return flags_for(SynthesizeStage().synthesis, table, where);
}
std::vector<std::string> online_graft_flags(const Json& table, const std::string& where) {
  const Json grafts = {{"graft", table}};
  return flags_for(TrainDetectorStageOptions(), grafts, where);
}
std::vector<std::string> detector_flags(const Json& table, const std::string& where) {
  return flags_for(TrainDetectorStageOptions(), table, where);
}
std::vector<std::string> detect_flags(const Json& table, const std::string& where) {
  refuse_shard(table, where);
  if (table.contains("calibration"))
    fail(ErrorKind::bad_input, "{}: calibration: belongs to one detector, and a plan makes several",
         where);
  return flags_for(DetectStage().detect, table, where);
}
std::vector<std::string> evaluate_flags(const Json& table, const std::string& where) {
  return flags_for(EvaluateStage().evaluation, table, where);
}

std::vector<std::pair<std::string, std::string>> take_files(Json& table) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const char* name : {"table", "boxes", "pseudonym_key"}) {
    if (!table.contains(name) || !table[name].is_string()) continue;
    const auto path = table[name].get<std::string>();
    table.erase(name);
    if (!path.empty()) files.emplace_back("--" + dashed(name), path);
  }
  return files;
}

std::optional<std::string> detector_start(const Json& table) {
  std::string init = table.value("init", "imagenet");
  if (init == "imagenet" || init == "random") return std::nullopt;
  return init;
}

std::vector<std::string> cohort_flags(const std::string& command, const Json& table,
                                      const std::string& where) {
  refuse_shard(table, where + ": options");
  const auto found = cohort_commands().find(command);
  if (found != cohort_commands().end()) return found->second(table, where + ": options");
  std::vector<std::string> names;
  for (const auto& [name, flags] : cohort_commands()) names.push_back(name);
  fail(ErrorKind::bad_input, "{}: command: found \"{}\", expected one of {}", where, command,
       fmt::join(names, ", "));
}

Json take_table(Json& table, const std::string& key, const std::string& where) {
  if (!table.contains(key)) return Json::object();
  Json taken = table[key];
  table.erase(key);
  if (!taken.is_object()) JsonView(taken, where + ": " + key).reject("a table");
  return taken;
}

void check_resources(const std::string& file, int threads, int memory_mb) {
  if (threads < 1)
    fail(ErrorKind::bad_input, "{}: threads: found {}, expected 1 or more", file, threads);
  if (memory_mb < 1)
    fail(ErrorKind::bad_input, "{}: memory_mb: found {}, expected 1 or more", file, memory_mb);
}

}  // namespace mammograft
