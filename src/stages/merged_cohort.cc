#include "stages/merged_cohort.h"

#include <unordered_map>
#include <unordered_set>

#include "core/error.h"
#include "core/files.h"
#include "stages/merged_files.h"
#include "stages/placed_json.h"
#include "stages/request.h"

namespace mammograft {
namespace {

class CohortMerger {
 public:
  explicit CohortMerger(const fs::path& out) : out_(out) {}

  void add(const ShardFolder& shard) {
    const fs::path file = shard.folder / "cohort.json";
    Json json = read_json(file);
    const JsonView view(json, file.string());
    check_length(view.at("images"), shard.record.places.size());
    (void)view.at("annotations").size();
    take_skipped(view, json["info"], shard.record);
    take_common(shard, file, json);
    take_images(view, json["images"], shard);
    take_annotations(view, json["annotations"]);
  }

  Json take() {
    if (images_.empty())
      fail(ErrorKind::bad_input, "{}: not one image could be used", out_.string());
    Json info = info_;
    if (Json skipped = list_of(std::move(skipped_)); !skipped.empty()) info["skipped"] = skipped;
    Json annotations = list_of(std::move(annotations_));
    int64_t id = 0;
    for (Json& annotation : annotations) annotation["id"] = ++id;
    return {{"info", info},
            {"categories", categories_},
            {"images", list_of(std::move(images_))},
            {"annotations", std::move(annotations)}};
  }

  // from, to
  const std::vector<std::pair<fs::path, fs::path>>& files() const { return files_; }

 private:
  static void check_length(const JsonView& list, size_t expected) {
    if (list.size() == expected) return;
    fail(ErrorKind::bad_input, "{}: found {}, expected {} as in shard.json", list.where(),
         list.size(), expected);
  }

  // info["skipped"] is each shard's own.
  void take_skipped(const JsonView& view, Json& info, const ShardRecord& record) {
    const bool any = view.at("info").has("skipped");
    if (any) {
      check_length(view.at("info").at("skipped"), record.skipped.size());
      for (size_t i = 0; i < record.skipped.size(); ++i)
        skipped_.push_back({record.skipped[i], std::move(info["skipped"][i])});
      info.erase("skipped");
    } else if (!record.skipped.empty()) {
      view.at("info").at("skipped").reject("those of shard.json");
    }
  }

  // What every shard says of the whole.
  void take_common(const ShardFolder& shard, const fs::path& file, const Json& json) {
    if (first_.empty()) {
      first_ = shard.folder;
      info_ = json.at("info");
      categories_ = json.at("categories");
    }
    std::string text = difference("info", json.at("info"), info_);
    if (text.empty()) text = difference("categories", json.at("categories"), categories_);
    if (!text.empty())
      fail(ErrorKind::bad_input, "{}: {}, as in {}", file.string(), text, first_.string());
  }

  void take_images(const JsonView& view, Json& images, const ShardFolder& shard) {
    place_of_.clear();
    for (size_t i = 0; i < images.size(); ++i) {
      const JsonView image = view.at("images").at(i);
      const std::string name = image.string("file_name");
      if (!names_.insert(name).second)
        fail(ErrorKind::bad_input, "{}.file_name: {}: an image of another shard has that name",
             image.where(), name);
      const int64_t place = shard.record.places[i];
      place_of_[image.integer("id")] = place;
      files_.emplace_back(shard.folder / name, out_ / name);
      images_.push_back({place, std::move(images[i])});
    }
  }

  void take_annotations(const JsonView& view, Json& annotations) {
    for (size_t i = 0; i < annotations.size(); ++i) {
      const JsonView image = view.at("annotations").at(i).at("image_id");
      const auto found = place_of_.find(image.integer());
      if (found == place_of_.end()) image.reject("the id of one of the images");
      annotations_.push_back({found->second, std::move(annotations[i])});
    }
  }

  const fs::path& out_;
  fs::path first_;  // the shard with which others are compared
  Json info_, categories_;
  std::vector<PlacedJson> images_, annotations_, skipped_;
  std::unordered_map<int64_t, int64_t> place_of_;  // by image id, of the shard that is added
  std::unordered_set<std::string> names_;
  std::vector<std::pair<fs::path, fs::path>> files_;
};

void bring_images(const std::vector<std::pair<fs::path, fs::path>>& files, Progress& progress) {
  progress.start("images", std::ssize(files));
  int64_t done = 0;
  fs::path last;
  for (const auto& [from, to] : files) {
    check_cancelled();
    if (to.parent_path() != last) create_folder(to.parent_path());
    last = to.parent_path();
    bring_file(from, to);
    progress.advance(++done);
  }
  progress.finish();
}

}  // namespace

void merge_cohorts(const std::vector<ShardFolder>& shards, const fs::path& out,
                   Progress& progress) {
  CohortMerger merger(out);
  for (const ShardFolder& shard : shards) merger.add(shard);
  const Json whole = merger.take();
  const LeftOutFiles left_out = left_out_of(shards);
  bring_images(merger.files(), progress);
  left_out.write(out / "left_out.csv");
  write_json(out / "cohort.json", whole);
}

}  // namespace mammograft
