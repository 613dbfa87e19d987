#include "evaluate/pooling.h"

#include <algorithm>

#include "core/error.h"

namespace mammograft {
namespace {

// The list may be empty: of a shard, or of a fold, to which no image fell.
bool has_list(const NamedDetections& file) { return file.meta.has_value(); }

void check_images(const std::set<int64_t>& known, const NamedDetections& file) {
  if (has_list(file)) {
    for (int64_t id : file.meta->image_ids) {
      if (!known.count(id)) {
        fail(ErrorKind::bad_input,
             "{}: searched images: image {} is not in the truth (other truth file?)", file.name,
             id);
      }
    }
  }
  const std::set<int64_t> searched = searched_images(file);
  for (size_t i = 0; i < file.detections.size(); ++i) {
    const int64_t id = file.detections[i].image_id;
    if (!known.count(id)) {
      fail(ErrorKind::bad_input, "{}: [{}].image_id: found {}, which is no image of the truth",
           file.name, i, id);
    }
    if (!searched.count(id)) {
      fail(ErrorKind::bad_input,
           "{}: [{}].image_id: found {}, which its meta file does not list as searched", file.name,
           i, id);
    }
  }
}

// The first image that two files share, with both files; nothing when all are disjoint.
struct Shared {
  int64_t image;
  const NamedDetections *first, *second;
};
std::optional<Shared> shared_image(const std::vector<NamedDetections>& files) {
  std::map<int64_t, const NamedDetections*> owner;
  for (const NamedDetections& file : files) {
    for (int64_t id : searched_images(file)) {
      const auto [place, fresh] = owner.emplace(id, &file);
      if (!fresh) return Shared{id, place->second, &file};
    }
  }
  return std::nullopt;
}

Pool make_pool(const std::set<int64_t>& known, std::string name,
               std::vector<const NamedDetections*> files) {
  Pool pool{name, name, std::move(files), {}};
  for (const NamedDetections* file : pool.files) {
    if (!has_list(*file)) {
      pool.images = known;
      return pool;
    }
    pool.images.merge(searched_images(*file));
  }
  return pool;
}

}  // namespace

std::set<int64_t> searched_images(const NamedDetections& file) {
  std::set<int64_t> images;
  if (has_list(file)) {
    images.insert(file.meta->image_ids.begin(), file.meta->image_ids.end());
  } else {
    for (const Detection& detection : file.detections) images.insert(detection.image_id);
  }
  return images;
}

std::vector<Pool> make_pools(const Cohort& truth, const std::vector<NamedDetections>& files,
                             const std::string& pool) {
  if (files.empty()) fail(ErrorKind::usage, "evaluate: no detections were given");
  std::set<int64_t> known;
  for (const ImageRecord& image : truth.images) known.insert(image.id);
  for (const NamedDetections& file : files) check_images(known, file);

  const auto shared = shared_image(files);
  if (pool == "yes" && shared) {
    fail(ErrorKind::bad_input, "{}: image {} was searched in {} too; files to pool share no image",
         shared->second->name, shared->image, shared->first->name);
  }
  // A file that is empty and has no list could be a fold or a detector that found nothing.
  const bool clear = std::none_of(files.begin(), files.end(), [](const NamedDetections& file) {
    return !has_list(file) && file.detections.empty();
  });
  std::vector<Pool> pools;
  if (files.size() > 1 && (pool == "yes" || (pool == "auto" && !shared && clear))) {
    std::vector<const NamedDetections*> all;
    for (const NamedDetections& file : files) all.push_back(&file);
    pools.push_back(
        make_pool(known, fmt::format("{} files, pooled", files.size()), std::move(all)));
  } else {
    std::set<std::string> names;
    for (const NamedDetections& file : files) {
      if (!names.insert(file.name).second)
        fail(ErrorKind::usage, "detections: {} is given twice", file.name);
      pools.push_back(make_pool(known, file.name, {&file}));
    }
  }
  return pools;
}

std::vector<Pool> make_pools(const Cohort& truth, const std::vector<SystemRun>& runs) {
  std::map<std::string, int> runs_of, number;
  for (const SystemRun& run : runs) ++runs_of[run.system];
  std::vector<Pool> pools;
  for (const SystemRun& run : runs) {
    Pool pool = make_pools(truth, run.files, "yes").front();
    pool.name = pool.system = run.system;
    if (runs_of[run.system] > 1) pool.name += fmt::format(", run {}", ++number[run.system]);
    pools.push_back(std::move(pool));
  }
  return pools;
}

}  // namespace mammograft
