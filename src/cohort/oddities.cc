#include "cohort/oddities.h"

#include <algorithm>
#include <map>
#include <opencv2/core.hpp>
#include <set>

#include "cohort/annotation_index.h"
#include "cohort/double_findings.h"

namespace mammograft {

namespace {

constexpr double kSmallestMm = 3;        // smaller than any mass of MIAS (6.8 mm) or INbreast
constexpr double kLargestMm = 100;       // as wide as a breast
constexpr double kSmallestShare = 0.01;  // of the image's longer side, where no size is known
constexpr double kLargestShare = 0.5;
constexpr double kSeenShare = 0.25;     // of a finding's box, within what it sees
constexpr double kOutsideShare = 0.25;  // of a finding's pixels outside the breast
constexpr double kNetworkSide = 512;    // px: the longer side of what a detector sees by default
constexpr double kSeenMargin = 4;       // px of the image that it sees around the breast's box
constexpr double kBreastLow = 0.05, kBreastHigh = 0.9;  // of the image's area

class Collector {
 public:
  void add(const std::string& what, const std::string& example) {
    if (index_.emplace(what, odd_.size()).second) odd_.push_back({what, 0, {}});
    Oddity& oddity = odd_[index_[what]];
    ++oddity.count;
    if (oddity.examples.size() < 5) oddity.examples.push_back(example);
  }
  std::vector<Oddity> take() && { return std::move(odd_); }

 private:
  std::map<std::string, size_t> index_;
  std::vector<Oddity> odd_;
};

void check_status(const ImageRecord& image, bool has_mass, Collector& odd) {
  if (image.status == Status::mass && !has_mass) {
    odd.add("images of status mass without a finding", image.file_name);
  }
  if (image.status == Status::normal && has_mass) {
    odd.add("images of status normal with a finding", image.file_name);
  }
  if (image.patient_id.empty()) odd.add("images without a patient", image.file_name);
}

void check_breast(const ImageRecord& image, double share, Collector& odd) {
  if (share < kBreastLow) odd.add("breast masks below 5 % of the image", image.file_name);
  if (share > kBreastHigh) odd.add("breast masks above 90 % of the image", image.file_name);
}

void check_size(const Annotation& annotation, const ImageRecord& image, Collector& odd) {
  const double longest = std::max(annotation.bbox.width(), annotation.bbox.height());
  const double share = longest / std::max(image.width, image.height);
  const bool small =
      annotation.size_mm ? *annotation.size_mm < kSmallestMm : share < kSmallestShare;
  const bool large = annotation.size_mm ? *annotation.size_mm > kLargestMm : share > kLargestShare;
  if (small) {
    odd.add("very small findings (below 3 mm, or 1 % of the image's longer side)", image.file_name);
  }
  if (large) {
    odd.add("very large findings (above 100 mm, or half the image's longer side)", image.file_name);
  }
}

// As near as it can be known without a network: a training leaves such images out.
void check_seen(const Annotation& annotation, const ImageRecord& image, Collector& odd) {
  Box seen{0, 0, double(image.width), double(image.height)};
  if (const std::optional<Box>& breast = image.breast_bbox) {
    seen = intersection(seen, {breast->x0 - kSeenMargin, breast->y0 - kSeenMargin,
                               breast->x1 + kSeenMargin, breast->y1 + kSeenMargin});
  }
  const Box box = intersection(annotation.bbox, seen);
  const double pixel = std::max(seen.width(), seen.height()) / kNetworkSide;
  const bool cut_off = box.area() < kSeenShare * annotation.bbox.area();
  if (cut_off || std::min(box.width(), box.height()) < pixel) {
    odd.add(
        "findings that a network does not see (below one pixel of an image of 512 px, or "
        "outside of the breast's box)",
        image.file_name);
  }
}

void check_place(const Annotation& annotation, const ImageRecord& image, const cv::Mat& breast,
                 Collector& odd) {
  const cv::Mat mask = decode_rle(annotation_mask(annotation, image));
  const int total = cv::countNonZero(mask);
  if (total == 0) {
    odd.add("findings whose mask holds no pixel", image.file_name);
    return;
  }
  const int inside = cv::countNonZero(mask & breast);
  if (total - inside > kOutsideShare * total) {
    odd.add("findings that leave the breast mask by more than a quarter", image.file_name);
  }
}

void check_image(const ImageRecord& image, Annotations annotations, Collector& odd) {
  const bool has_mass = std::any_of(annotations.begin(), annotations.end(),
                                    [](const Annotation* item) { return !item->ignore; });
  check_status(image, has_mass, odd);
  for (const Annotation* annotation : annotations) {
    if (annotation->ignore) continue;
    check_size(*annotation, image, odd);
    check_seen(*annotation, image, odd);
  }
  if (image.breast_contour.empty()) return;
  const Rle breast = rasterize(image.breast_contour, image.height, image.width);
  check_breast(image, double(area(breast)) / (double(image.width) * image.height), odd);
  if (!has_mass) return;
  const cv::Mat breast_mask = decode_rle(breast);
  for (const Annotation* annotation : annotations) {
    if (!annotation->ignore) check_place(*annotation, image, breast_mask, odd);
  }
}

// A breast shown in one view only, in a cohort that has several views; patients with one image.
void check_views(const Cohort& cohort, Collector& odd) {
  std::set<std::string> all_views;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> views_of_breast;
  std::map<std::string, std::vector<const ImageRecord*>> images_of;
  for (const ImageRecord& image : cohort.images) {
    if (!image.view.empty()) all_views.insert(image.view);
    if (!image.laterality.empty()) {
      views_of_breast[{image.patient_id, image.laterality}].insert(image.view);
    }
    images_of[image.patient_id].push_back(&image);
  }
  for (const auto& [breast, views] : views_of_breast) {
    if (all_views.size() > 1 && views.size() == 1) {
      odd.add("breasts shown in one view only", breast.first + " " + breast.second);
    }
  }
  for (const auto& [patient, images] : images_of) {
    if (images.size() == 1 && !patient.empty()) odd.add("patients with one image", patient);
  }
}

std::string wall_of(const ImageRecord& image, const char* key) {
  const auto found = image.acquisition.find(key);
  return found != image.acquisition.end() && found->is_string() ? found->get<std::string>() : "";
}

// A release hangs nearly all its left breasts the same way, and the right ones the other way: what
// hangs otherwise has a wrong side, was mirrored, or its breast was not recognised.
void check_sides(const Cohort& cohort, Collector& odd) {
  std::map<std::string, std::map<std::string, std::vector<const ImageRecord*>>> by_side_and_wall;
  for (const ImageRecord& image : cohort.images) {
    const std::string wall = wall_of(image, "chest_wall");
    const std::string by_header = wall_of(image, "chest_wall_by_header");
    if (!by_header.empty() && by_header != wall)
      odd.add("images whose chest wall lies elsewhere than Patient Orientation has it",
              image.file_name);
    if (!wall.empty() && !image.laterality.empty())
      by_side_and_wall[image.laterality][wall].push_back(&image);
  }
  for (auto& [side, walls] : by_side_and_wall) {
    auto &left = walls["left"], &right = walls["right"];
    const auto& fewer = left.size() < right.size() ? left : right;
    if (4 * fewer.size() > left.size() + right.size()) continue;  // no habit
    for (const ImageRecord* image : fewer)
      odd.add("images whose chest wall lies on the other side than most of that laterality",
              image->file_name);
  }
}

void check_doubles(const Cohort& cohort, Collector& odd) {
  std::map<int64_t, const ImageRecord*> image_of;
  for (const ImageRecord& image : cohort.images) image_of[image.id] = &image;
  for (const DoubleFinding& pair : find_double_findings(cohort))
    odd.add("findings that are held twice", image_of.at(pair.first->image_id)->file_name);
}

void check_spacing(const Cohort& cohort, Collector& odd) {
  for (const ImageRecord& image : cohort.images) {
    if (!image.pixel_spacing_mm) odd.add("images without pixel spacing", image.file_name);
  }
}

}  // namespace

std::vector<Oddity> find_oddities(const Cohort& cohort) {
  const AnnotationIndex annotations(cohort);
  Collector odd;
  for (const ImageRecord& image : cohort.images) {
    check_image(image, annotations.of(image.id), odd);
  }
  check_views(cohort, odd);
  check_sides(cohort, odd);
  check_doubles(cohort, odd);
  check_spacing(cohort, odd);
  return std::move(odd).take();
}

}  // namespace mammograft
