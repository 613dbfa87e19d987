#include "stages/request.h"

#include <algorithm>
#include <set>

#include "core/json_difference.h"
#include "core/text.h"
#include "core/utf8.h"
#include "core/version.h"
#include "image/image_files.h"

namespace mammograft {
namespace {

bool same_place(const fs::path& a, const fs::path& b) {
  return !b.empty() && fs::weakly_canonical(a) == fs::weakly_canonical(b);
}

// What says of images what they are: read in no time, and changed without a change of its size.
bool is_text(const fs::path& file) {
  static const std::set<std::string> kinds = {".csv", ".json", ".tsv", ".txt",
                                              ".xls", ".xlsx", ".xml"};
  return kinds.contains(lower_case(file.extension().string()));
}

std::string digest_of_listing(const fs::path& folder, const fs::path& except) {
  std::vector<std::string> lines;
  constexpr auto kReadable = fs::directory_options::skip_permission_denied;
  for (auto at = fs::recursive_directory_iterator(folder, kReadable);
       at != fs::recursive_directory_iterator(); ++at) {
    if (is_left_beside(at->path())) {
      at.disable_recursion_pending();
      continue;
    }
    if (at->is_directory() && same_place(at->path(), except)) at.disable_recursion_pending();
    if (!at->is_regular_file()) continue;
    const std::string contents =
        is_text(at->path()) ? hash_hex(read_file(at->path())) : std::to_string(at->file_size());
    lines.push_back(
        fmt::format("{} {}\n", at->path().lexically_relative(folder).string(), contents));
  }
  std::sort(lines.begin(), lines.end());
  std::string listing;
  for (const std::string& line : lines) listing += line;
  return hash_hex(listing);
}

Request request_from(const JsonView& view) {
  Request request;
  request.stage = view.string("stage");
  request.version = view.string("version");
  request.seed = static_cast<uint64_t>(view.integer("seed"));
  request.options = view.at("options").json();
  const JsonView inputs = view.at("inputs");
  for (size_t i = 0; i < inputs.size(); ++i)
    request.inputs.push_back({inputs.at(i).string("path"), inputs.at(i).string("digest")});
  return request;
}

}  // namespace

Request request_of(const Stage& stage, uint64_t seed) {
  Request request{stage.name(), MAMMOGRAFT_VERSION, seed, stage.options(), {}};
  for (const fs::path& path : stage.inputs()) {
    request.inputs.push_back({path.string(), digest_of(path, stage.output().path)});
  }
  return request;
}

std::string digest_of(const fs::path& path, const fs::path& except) {
  if (fs::is_regular_file(path / "cohort.json")) return hash_hex(read_file(path / "cohort.json"));
  if (fs::is_directory(path)) return digest_of_listing(path, except);
  return fs::is_regular_file(path) ? hash_hex(read_file(path)) : "";
}

fs::path request_path(const Output& output) {
  if (!output.marker.empty()) return output.path / "stage.json";
  return fs::path(output.path).replace_extension(".stage.json");
}

void write_request(const Output& output, const Request& request) {
  Json inputs = Json::array();
  for (const Request::Input& input : request.inputs)
    inputs.push_back({{"path", readable(input.path)}, {"digest", input.digest}});
  write_json(request_path(output), {{"stage", request.stage},
                                    {"version", MAMMOGRAFT_VERSION},
                                    {"seed", static_cast<int64_t>(request.seed)},
                                    {"options", request.options},
                                    {"inputs", inputs}});
}

std::optional<Request> read_request(const Output& output) {
  const fs::path path = request_path(output);
  if (!fs::exists(path)) return std::nullopt;
  const Json json = read_json(path);
  return request_from(JsonView(json, path.string()));
}

Request read_request_in(const fs::path& folder) {
  const fs::path path = folder / "stage.json";
  const Json json = read_json(path);
  return request_from(JsonView(json, path.string()));
}

std::string digest_of_whole(const fs::path& folder) {
  Request request = read_request_in(folder);
  request.options.erase("shard");
  std::string text = fmt::format("{}\n{}\n{}\n{}\n", request.stage, request.version, request.seed,
                                 request.options.dump());
  for (const Request::Input& input : request.inputs) text += input.digest + "\n";
  return hash_hex(text);
}

std::string difference(const Request& found, const Request& expected) {
  const auto say = [](const char* what, const auto& before, const auto& now) {
    return fmt::format("{}: found {}, expected {}", what, before, now);
  };
  if (found.stage != expected.stage) return say("stage", found.stage, expected.stage);
  const std::string options = difference("options", found.options, expected.options);
  if (!options.empty()) return options;
  if (found.seed != expected.seed) return say("seed", found.seed, expected.seed);
  if (found.inputs.size() != expected.inputs.size())
    return say("inputs", found.inputs.size(), expected.inputs.size());
  for (size_t i = 0; i < found.inputs.size(); ++i) {
    if (found.inputs[i].digest == expected.inputs[i].digest) continue;
    return fmt::format("{}: is not what it was, or another than {}", expected.inputs[i].path,
                       found.inputs[i].path);
  }
  return "";
}

}  // namespace mammograft
