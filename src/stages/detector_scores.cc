#include "stages/detector_scores.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "assess/assess.h"
#include "cohort/detections.h"
#include "core/error.h"
#include "evaluate/leak.h"

namespace mammograft {
namespace {

std::set<int64_t> searched_images(const DetectionsMeta& meta, const Cohort& cohort,
                                  const std::string& file) {
  std::set<int64_t> known;
  for (const ImageRecord& image : cohort.images) known.insert(image.id);
  for (const int64_t id : meta.image_ids) {
    if (!known.count(id)) {
      fail(ErrorKind::bad_input, "{}: found image {}, which is not in {}", file, id,
           cohort.folder.string());
    }
  }
  return {meta.image_ids.begin(), meta.image_ids.end()};
}

void check_unseen(const Cohort& cohort, const std::set<int64_t>& searched,
                  const DetectionsMeta& meta, const std::string& file) {
  const Leak leak = find_leak(cohort, searched, meta);
  if (leak.patients == 0) return;
  fail(ErrorKind::bad_input,
       "{}: the detector learnt from {} of the {} patients that it searched (for example {}), "
       "expected none",
       file, leak.patients, leak.of, leak.example);
}

}  // namespace

void attach_detector_scores(const std::filesystem::path& detections, Cohort& cohort) {
  const std::string file = detections.string();
  const auto meta = read_detections_meta(detections);
  if (!meta) fail_without_meta(detections);
  check_same_images(cohort, *meta, file);
  const std::set<int64_t> searched = searched_images(*meta, cohort, file);
  check_unseen(cohort, searched, *meta, file);
  std::map<int64_t, std::vector<Detection>> found;
  for (Detection& one : read_detections(detections)) found[one.image_id].push_back(std::move(one));
  for (Annotation& mass : cohort.annotations) {
    if (mass.ignore || !searched.count(mass.image_id)) continue;
    if (mass.attributes.contains(kDetectorScore)) {
      fail(ErrorKind::bad_input, "{}: image {} of {} was searched before, in another file", file,
           mass.image_id, cohort.folder.string());
    }
    double best = 0;
    for (const Detection& one : found[mass.image_id]) {
      if (mass.bbox.contains(one.bbox.center())) best = std::max(best, one.score);
    }
    mass.attributes[kDetectorScore] = best;
  }
}

}  // namespace mammograft
