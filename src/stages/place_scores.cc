#include "stages/place_scores.h"

#include <algorithm>
#include <array>
#include <map>

#include "cohort/chest_wall.h"
#include "cohort/patients.h"

namespace mammograft {
namespace {

constexpr size_t kParts = 5;

// As the import recorded it, else the side of the image that the breast is nearer to.
bool chest_wall_left(const ImageRecord& image, const Box& breast) {
  if (const auto recorded = recorded_chest_wall_left(image)) return *recorded;
  return breast.x0 <= image.width - breast.x1;
}

std::optional<BreastFrame> frame_of(const ImageRecord& image) {
  if (!image.breast_bbox || image.breast_bbox->empty()) return std::nullopt;
  return BreastFrame(*image.breast_bbox, chest_wall_left(image, *image.breast_bbox));
}

// Of every image where its breast lies, its view, and the part that its patients are in.
class BreastPlaces {
 public:
  explicit BreastPlaces(const Cohort& cohort) {
    std::map<std::string, size_t> parts;
    for (const ImageRecord& image : cohort.images) {
      const auto patients = patients_of(image);
      const std::string patient = patients.empty() ? image.own_name() : *patients.begin();
      const size_t part = parts.emplace(patient, parts.size() % kParts).first->second;
      of_image_.emplace(image.id, Of{frame_of(image), image.view, part});
    }
  }
  bool known(const Detection& detection) const { return at(detection).frame.has_value(); }
  size_t part(const Detection& detection) const { return at(detection).part; }
  PlacedMark mark(const Detection& detection, bool positive) const {
    const Of& image = at(detection);
    return {detection.score, image.frame->to_breast(detection.bbox.center()), image.view, positive};
  }

 private:
  struct Of {
    std::optional<BreastFrame> frame;
    std::string view;
    size_t part;
  };
  const Of& at(const Detection& detection) const { return of_image_.at(detection.image_id); }

  std::map<int64_t, Of> of_image_;
};

struct Marks {
  std::vector<PlacedMark> all;
  std::array<std::vector<PlacedMark>, kParts> without;  // a part

  void add(const PlacedMark& mark, size_t part) {
    all.push_back(mark);
    for (size_t other = 0; other < kParts; ++other)
      if (other != part) without[other].push_back(mark);
  }
  // Whether every fit has a mark of each kind.
  bool suffice() const {
    for (const auto& marks : without) {
      const auto hits = std::count_if(marks.begin(), marks.end(),
                                      [](const PlacedMark& mark) { return mark.positive; });
      if (hits == 0 || hits == std::ssize(marks)) return false;
    }
    return true;
  }
};

}  // namespace

bool breasts_known(const SetResult& set) {
  const BreastPlaces places(*set.cohort);
  return std::all_of(set.detections.begin(), set.detections.end(),
                     [&](const Detection& one) { return places.known(one); });
}

std::optional<PlaceScores> place_scores(const SetResult& set,
                                        const std::vector<NamedDetections>& detections) {
  const BreastPlaces places(*set.cohort);
  Marks marks;
  for (size_t i = 0; i < set.detections.size(); ++i) {
    const Detection& one = set.detections[i];
    const Outcome outcome = set.matches[i].outcome;
    if (outcome == Outcome::hit || outcome == Outcome::false_positive)
      marks.add(places.mark(one, outcome == Outcome::hit), places.part(one));
  }
  if (!marks.suffice()) return std::nullopt;
  std::array<PlaceFit, kParts> fits;
  for (size_t part = 0; part < kParts; ++part) fits[part] = fit_place(marks.without[part]);
  PlaceScores scores{fit_place(marks.all), detections};
  for (NamedDetections& file : scores.cross_fitted) {
    for (Detection& one : file.detections) {
      if (!places.known(one)) continue;  // of a category that is not scored
      const PlacedMark mark = places.mark(one, false);
      one.score = fits[places.part(one)].at(mark.score, mark.at, mark.view);
    }
  }
  return scores;
}

}  // namespace mammograft
