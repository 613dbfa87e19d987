#include "pages/case_gallery.h"

#include <cmath>
#include <filesystem>

#include "evaluate/cases.h"
#include "pages/case_marks.h"

namespace mammograft {
namespace {

Box place_of(const SetResult& set, const Case& item) {
  if (item.mass >= 0) return set.truth.masses[item.mass].annotation->bbox;
  return set.detections[item.detection].bbox;
}

std::string caption_of(const SetResult& set, const Case& item) {
  const ImageRecord& image = *set.truth.images[set.truth.index_of.at(item.image_id)];
  std::string caption = image.patient_id.empty() ? image.file_name : image.patient_id;
  if (!image.laterality.empty() || !image.view.empty()) {
    caption += fmt::format(" · {} {}", image.laterality, image.view);
  }
  if (item.mass >= 0) {
    const Annotation& mass = *set.truth.masses[item.mass].annotation;
    if (mass.size_mm) caption += fmt::format(" · {:.0f} mm", *mass.size_mm);
    if (mass.attributes.is_object() && mass.attributes.contains("conspicuity")) {
      const Json& value = mass.attributes["conspicuity"];
      caption += " · " + (value.is_string() ? value.get<std::string>() : value.dump());
    }
  } else {
    caption += fmt::format(" · status {}", to_string(image.status));
  }
  if (item.detection < 0) return caption + " · never found";
  caption += fmt::format(" · score {:.3f}", item.score);
  if (item.mass >= 0) caption += fmt::format(" · IoU {:.2f}", set.matches[item.detection].overlap);
  return caption;
}

Gallery gallery_of(const SetResult& set, const std::string& heading, const std::string& text,
                   const std::vector<Case>& cases) {
  Gallery gallery{heading, text, {}};
  for (const Case& item : cases) {
    const ImageRecord& image = set.cohort->image(item.image_id);
    const cv::Mat pixels = read_pixels(*set.cohort, image);
    Picture picture;
    picture.bytes = case_tile_jpeg(pixels, case_marks(set, item), place_of(set, item),
                                   image.breast_bbox.value_or(Box{}));
    picture.caption = caption_of(set, item);
    gallery.pictures.push_back(std::move(picture));
  }
  return gallery;
}

bool has_pixels(const SetResult& set) {
  if (set.cohort->images.empty()) return false;
  return std::filesystem::exists(set.cohort->folder / set.cohort->images.front().file_name);
}

}  // namespace

std::vector<Block> case_gallery(const SetResult& set, int cases, double fppi) {
  if (!has_pixels(set)) {
    return {Paragraph{"The truth was given without its images, so there are no pictures to show."}};
  }
  const CaseSelection chosen = select_cases(set, {cases, fppi});
  std::vector<Block> blocks;
  const std::string shown =
      std::isfinite(chosen.threshold)
          ? fmt::format(
                "Shown are the detections that are reported at {:g} false positives per "
                "image (score at or above {:.3f}), and the one that a picture is about.",
                chosen.fppi, chosen.threshold)
          : fmt::format(
                "At {:g} false positives per image nothing is reported: of equal scores too "
                "many are false.",
                chosen.fppi);
  blocks.push_back(Paragraph{
      "Each picture: the breast, and a close view of the place in the white frame. " + shown});
  blocks.push_back(case_legend());
  blocks.push_back(gallery_of(set, "Best", "Masses found with the highest scores.", chosen.best));
  blocks.push_back(
      gallery_of(set, "Typical", "Masses found with scores around the median.", chosen.typical));
  blocks.push_back(gallery_of(set, "Missed",
                              "Masses not found at this operating point, those that no detection "
                              "finds at any score first.",
                              chosen.missed));
  blocks.push_back(gallery_of(set, "Worst false alarms", "False positives with the highest scores.",
                              chosen.false_alarms));
  return blocks;
}

std::vector<Block> disagreement_gallery(const SetResult& first, const SetResult& second, int cases,
                                        double fppi) {
  if (!has_pixels(first)) {
    return {Paragraph{"The truth was given without its images, so there are no pictures to show."}};
  }
  std::vector<Block> blocks;
  blocks.push_back(case_legend());
  const auto add = [&](const SetResult& by, const SetResult& other) {
    blocks.push_back(gallery_of(by, "Only " + by.name,
                                fmt::format("Masses that {} finds at {:g} false positives per "
                                            "image and {} does not; drawn is what {} shows there.",
                                            by.name, fppi, other.name, by.name),
                                only_found(by, other, {cases, fppi})));
  };
  add(first, second);
  add(second, first);
  return blocks;
}

}  // namespace mammograft
