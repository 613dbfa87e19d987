#include "stages/merged_detections.h"

#include <unordered_map>

#include "cohort/detections.h"
#include "core/error.h"
#include "core/files.h"
#include "core/json_elements.h"
#include "stages/merged_files.h"
#include "stages/placed_json.h"
#include "stages/request.h"

namespace mammograft {
namespace {

class DetectionsMerger {
 public:
  void add(const ShardFolder& shard) {
    const fs::path file = shard.folder / "detections.json";
    std::optional<DetectionsMeta> meta = read_detections_meta(file);
    const std::string where = detections_meta_path(file).string();
    if (!meta) fail(ErrorKind::io, "{}: missing", where);
    check_common(*meta, where, shard);
    take_images(*meta, where, shard.record);
    take_detections(file);
  }

  DetectionsMeta take_meta() {
    if (images_.empty())
      fail(ErrorKind::bad_input, "{}: not one image could be searched", first_.string());
    std::sort(images_.begin(), images_.end());
    for (const auto& [place, id] : images_) meta_.image_ids.push_back(id);
    if (!dicom_.empty()) meta_.dicom = list_of(std::move(dicom_));
    return std::move(meta_);
  }
  Json take_detections() { return list_of(std::move(detections_)); }

 private:
  void check_common(const DetectionsMeta& meta, const std::string& where,
                    const ShardFolder& shard) {
    if (first_.empty()) {
      first_ = shard.folder;
      meta_.model = meta.model;
      meta_.images_digest = 0;
      meta_.patients_hashed = meta.patients_hashed;
    }
    const std::string text = difference("model", meta.model, meta_.model);
    if (!text.empty()) fail(ErrorKind::bad_input, "{}: {}, as in {}", where, text, first_.string());
    if (meta.patients_hashed == meta_.patients_hashed) return;
    fail(ErrorKind::bad_input, "{}: {}: found others than in {}", where, PatientSet::kKey,
         first_.string());
  }

  void take_images(DetectionsMeta& meta, const std::string& where, const ShardRecord& record) {
    if (meta.image_ids.size() != record.places.size())
      fail(ErrorKind::bad_input, "{}: image_ids: found {}, expected {} as in shard.json", where,
           meta.image_ids.size(), record.places.size());
    place_of_.clear();
    for (size_t i = 0; i < record.places.size(); ++i) {
      place_of_[meta.image_ids[i]] = record.places[i];
      images_.emplace_back(record.places[i], meta.image_ids[i]);
    }
    if (!meta.images_digest) meta_.images_digest.reset();
    if (meta_.images_digest) *meta_.images_digest += *meta.images_digest;
    take_dicom(meta.dicom, where);
  }

  // Of files that are no longer to be read too: those have no place.
  void take_dicom(Json& dicom, const std::string& where) {
    const JsonView view(dicom, where + ": dicom", /*root=*/false);
    if (dicom.is_null()) return;
    for (size_t i = 0; i < view.size(); ++i) {
      const int64_t id = view.at(i).integer("image_id");
      dicom_.push_back({id, std::move(dicom[i])});
    }
  }

  void take_detections(const fs::path& file) {
    static const JsonArrayPlace place = {{}, "an array of detections, as detect writes it"};
    for_each_element(read_file(file), file.string(), place, [&](const JsonView& view) {
      const JsonView image = view.at("image_id");
      const auto found = place_of_.find(image.integer());
      if (found == place_of_.end()) image.reject("an image that was searched");
      detections_.push_back({found->second, view.json()});
    });
  }

  fs::path first_;  // the shard with which others are compared
  DetectionsMeta meta_;
  std::vector<std::pair<int64_t, int64_t>> images_;  // place, id
  std::vector<PlacedJson> detections_, dicom_;
  std::unordered_map<int64_t, int64_t> place_of_;  // by image id, of the shard that is added
};

}  // namespace

void merge_detections(const std::vector<ShardFolder>& shards, const fs::path& out,
                      Progress& progress) {
  DetectionsMerger merger;
  for (const ShardFolder& shard : shards) merger.add(shard);
  const DetectionsMeta meta = merger.take_meta();
  const LeftOutFiles left_out = left_out_of(shards);
  merge_files_of_searches(shards, out, progress);
  left_out.write(out / "left_out.csv");
  const fs::path file = out / "detections.json";
  write_detections_meta(file, meta);
  write_json(file, merger.take_detections());
}

}  // namespace mammograft
