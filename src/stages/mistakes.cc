#include "stages/mistakes.h"

#include <algorithm>
#include <set>

#include "core/expect.h"
#include "core/log.h"
#include "evaluate/evaluate.h"
#include "exchange/results_file.h"

namespace mammograft {
namespace {

// What a file says of the part's images.
NamedDetections found_in_part(const std::filesystem::path& path, const Cohort& cohort,
                              const Cohort& part) {
  NamedDetections found = read_results(path, cohort, {});
  if (!found.meta) fail_without_meta(path);
  check_same_images(cohort, *found.meta, path.string());
  std::set<int64_t> ids;
  for (const ImageRecord& image : part.images) ids.insert(image.id);
  std::erase_if(found.detections,
                [&](const Detection& one) { return !ids.contains(one.image_id); });
  std::erase_if(found.meta->image_ids, [&](int64_t id) { return !ids.contains(id); });
  found.meta->images_digest.reset();  // it was of all of them
  if (found.meta->image_ids.empty()) {
    fail(ErrorKind::bad_input, "{}: searched no image of {} that is learnt from", path.string(),
         part.folder.string());
  }
  return found;
}

EvaluateOptions how_judged(int threads) {
  EvaluateOptions judged;
  judged.matching.rule = "centre";
  judged.bootstrap.resamples = 0;
  judged.bootstrap.threads = threads;
  judged.permutations = 0;
  judged.allow_leak = true;  // a detector may look at what it learnt from
  return judged;
}

// The lowest score that gives no more false positives than so many an image.
const FrocPoint& lowest_cut(const Froc& froc, double fppi) {
  const auto beyond = std::find_if(froc.points.begin(), froc.points.end(),
                                   [&](const FrocPoint& point) { return point.fppi > fppi; });
  return *std::prev(beyond);  // the first point has none
}

DrawnOften wrong_in(const SetResult& set, double threshold, int64_t times) {
  DrawnOften often;
  often.times = times;
  for (const Truth::Mass& mass : set.truth.masses) often.lesions.insert(mass.annotation->id);
  for (size_t d = 0; d < set.detections.size(); ++d) {
    if (set.detections[d].score < threshold) continue;
    const Match& match = set.matches[d];
    if (match.outcome == Outcome::hit)
      often.lesions.erase(set.truth.masses[static_cast<size_t>(match.mass)].annotation->id);
    if (match.outcome == Outcome::false_positive)
      often.backgrounds.insert(set.detections[d].image_id);
  }
  return often;
}

}  // namespace

void check(const MistakesOptions& options) {
  expect_above("mistakes.fppi", options.fppi, 0);
  expect_within("mistakes.times", static_cast<double>(options.times), 1, 100);
}

Mistakes find_mistakes(const std::vector<std::filesystem::path>& detections,
                       const MistakesOptions& options, const Cohort& cohort, const Cohort& part,
                       int threads) {
  std::vector<NamedDetections> files;
  Mistakes mistakes;
  for (const std::filesystem::path& path : detections) {
    files.push_back(found_in_part(path, cohort, part));
    mistakes.patients_hashed.merge(files.back().meta->patients_hashed);
  }
  const EvaluateResult result =
      evaluate(part, std::vector<SystemRun>{{"searched", files}}, how_judged(threads));
  const SetResult& set = result.sets.front();
  const FrocPoint& cut = lowest_cut(set.froc, options.fppi);
  mistakes.often = wrong_in(set, cut.threshold, options.times);
  log_info(fmt::format(
      "the detector misses {} of {} masses at {:g} false positives an image, and has false marks "
      "in {} of {} images: these are drawn {} times as often",
      mistakes.often.lesions.size(), set.counts.masses, cut.fppi, mistakes.often.backgrounds.size(),
      set.counts.images, options.times));
  return mistakes;
}

}  // namespace mammograft
