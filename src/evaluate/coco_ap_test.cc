#include "evaluate/coco_ap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/json.h"
#include "core/rng.h"
#include "core/testing.h"
#include "evaluate/coco_overlap.h"

namespace mammograft {
namespace {

// Made by tests/golden/evaluate/make_coco_ap.py with pycocotools.
const Json& golden_coco() {
  static const Json golden =
      read_json(std::string(MAMMOGRAFT_SOURCE_DIR) + "/tests/golden/evaluate/coco_ap.json");
  return golden;
}

Box coco_box(const Json& xywh) {
  const double x = xywh[0], y = xywh[1];
  return {x, y, x + xywh[2].get<double>(), y + xywh[3].get<double>()};
}

std::vector<Polygon> coco_polygons(const Json& lists) {
  std::vector<Polygon> polygons;
  for (const Json& list : lists) {
    Polygon& polygon = polygons.emplace_back();
    for (size_t i = 0; i < list.size(); i += 2) polygon.push_back({list[i], list[i + 1]});
  }
  return polygons;
}

struct CocoCase {
  std::string name;
  Cohort cohort;
  std::vector<Detection> detections;
  CocoApOptions options;
};

const ImageRecord& image_of(const Cohort& cohort, int64_t id) {
  return *std::find_if(cohort.images.begin(), cohort.images.end(),
                       [&](const ImageRecord& image) { return image.id == id; });
}

Annotation annotation_from(const Json& row, const Cohort& cohort) {
  Annotation annotation;
  annotation.id = row[0];
  annotation.image_id = row[1];
  annotation.category_id = row[2];
  annotation.bbox = coco_box(row[3]);
  annotation.ignore = row[5] == 1;
  const ImageRecord& image = image_of(cohort, annotation.image_id);
  if (row[4].is_string())
    annotation.segmentation = rle_from_string(row[4], image.height, image.width);
  if (row[4].is_array()) annotation.segmentation = coco_polygons(row[4]);
  return annotation;
}

Detection detection_from(const Json& row, const Cohort& cohort) {
  Detection detection{row[0], row[1], coco_box(row[2]), row[3], std::nullopt, ""};
  const ImageRecord& image = image_of(cohort, detection.image_id);
  if (row[4].is_string()) detection.mask = rle_from_string(row[4], image.height, image.width);
  return detection;
}

CocoCase case_from(const Json& json) {
  CocoCase result;
  result.name = json["name"];
  for (const Json& row : json["images"]) {
    ImageRecord& image = result.cohort.images.emplace_back();
    image.id = row[0];
    image.height = row[1];
    image.width = row[2];
  }
  for (const Json& row : json["truth"]) {
    result.cohort.annotations.push_back(annotation_from(row, result.cohort));
  }
  for (const Json& row : json["detections"]) {
    result.detections.push_back(detection_from(row, result.cohort));
  }
  result.options.max_detections = json["max_detections"];
  result.options.by_area = true;
  result.options.threads = 1;
  return result;
}

void expect_figure(double value, const Json& expected, const std::string& where) {
  if (expected.is_null()) {
    EXPECT_TRUE(std::isnan(value)) << where << ": " << value;
  } else {
    EXPECT_NEAR(value, expected.get<double>(), 1e-12) << where;
  }
}

void expect_figures(const CocoAp& found, const Json& expected, const std::string& where) {
  for (size_t t = 0; t < kCocoThresholds; ++t) {
    expect_figure(found.areas[0].precision[t], expected["precision"][t], where);
    expect_figure(found.areas[0].recall[t], expected["recall"][t], where);
  }
  ASSERT_EQ(found.categories.size(), expected["categories"].size()) << where;
  for (size_t area = 0; area < kCocoAreas; ++area) {
    expect_figure(found.areas[area].ap(), expected["areas"][area][0], where);
    expect_figure(found.areas[area].ar(), expected["areas"][area][1], where);
    for (size_t c = 0; c < found.categories.size(); ++c) {
      const Json& rows = expected["categories"][c][1];
      const int64_t id = expected["categories"][c][0];
      EXPECT_EQ(found.categories[c].category_id, id) << where;
      const CocoFigures& figures = found.categories[c].areas[area];
      expect_figure(figures.ap(), rows[area][0], where);
      expect_figure(figures.ap50(), rows[area][1], where);
      expect_figure(figures.ap75(), rows[area][2], where);
      expect_figure(figures.ar(), rows[area][3], where);
    }
  }
}

TEST(CocoAp, EqualsPycocotools) {
  ASSERT_GE(golden_coco()["cases"].size(), 200u);
  for (const Json& json : golden_coco()["cases"]) {
    CocoCase item = case_from(json);
    const Truth truth = index_truth(item.cohort);
    for (bool masks : {false, true}) {
      item.options.masks = masks;
      expect_figures(coco_ap(truth, item.detections, item.options), json[masks ? "masks" : "boxes"],
                     item.name + (masks ? ", masks" : ", boxes"));
    }
  }
}

// Every figure as it is in memory, NaN too.
std::string bytes_of(const CocoAp& result) {
  std::string bytes;
  const auto add = [&](const std::vector<CocoFigures>& areas) {
    for (const CocoFigures& f : areas) {
      bytes.append(reinterpret_cast<const char*>(f.precision.data()), sizeof f.precision);
      bytes.append(reinterpret_cast<const char*>(f.recall.data()), sizeof f.recall);
    }
  };
  add(result.areas);
  for (const CocoCategory& category : result.categories) add(category.areas);
  return bytes;
}

TEST(CocoAp, TheOrderOfTheInputHasNoSay) {
  Rng rng(3);
  for (const Json& json : golden_coco()["cases"]) {
    CocoCase item = case_from(json);
    item.options.masks = rng.chance(0.5);
    const std::string before =
        bytes_of(coco_ap(index_truth(item.cohort), item.detections, item.options));
    rng.shuffle(item.cohort.images);
    rng.shuffle(item.cohort.annotations);
    rng.shuffle(item.detections);
    item.options.threads = 2;
    EXPECT_EQ(before, bytes_of(coco_ap(index_truth(item.cohort), item.detections, item.options)))
        << item.name;
  }
}

TEST(CocoAp, EventsOfOneCategoryGiveItsFigures) {
  for (const Json& json : golden_coco()["cases"]) {
    const CocoCase item = case_from(json);
    const Truth truth = index_truth(item.cohort);
    const CocoMatching matching(truth, item.detections, item.options);
    const std::vector<int> patients(truth.images.size(), 0);
    for (const CocoCategory& category : matching.figures().categories) {
      for (size_t t : {0u, 5u, 9u}) {
        const auto curve = matching.curve(t, patients, 1, category.category_id);
        EXPECT_EQ(curve.value(), category.areas[0].precision[t]) << item.name;
        EXPECT_EQ(curve.recall(), category.areas[0].recall[t]) << item.name;
      }
    }
  }
}

// A bootstrap's patient who counts twice is as good as two patients with the same images.
TEST(CocoAp, CountsAPatientTwiceAsIfTheImagesWereThereTwice) {
  for (const Json& json : golden_coco()["cases"]) {
    CocoCase item = case_from(json);
    const Truth truth = index_truth(item.cohort);
    if (truth.masses.empty() || std::ssize(item.cohort.images) > 20) continue;
    std::sort(item.detections.begin(), item.detections.end(),
              [](const Detection& a, const Detection& b) { return a.score < b.score; });
    for (size_t i = 0; i < item.detections.size(); ++i) {  // no ties but those of copies
      item.detections[i].score = static_cast<double>(i);
    }
    TimesBlock times(truth.images.size());
    std::vector<int> patients;
    Cohort repeated;
    std::vector<Detection> detections;
    int64_t next_id = 1;
    for (int i = 0; i < static_cast<int>(truth.images.size()); ++i) {
      patients.push_back(i);
      times.set(7, i, (i + 1) % 3);
      for (int copy = 0; copy < (i + 1) % 3; ++copy) {
        repeated.images.push_back(*truth.images[i]);
        repeated.images.back().id = next_id;
        for (Annotation annotation : item.cohort.annotations) {
          if (annotation.image_id != truth.images[i]->id) continue;
          annotation.id = std::ssize(repeated.annotations) + 1;
          annotation.image_id = next_id;
          repeated.annotations.push_back(annotation);
        }
        for (Detection detection : item.detections) {
          if (detection.image_id != truth.images[i]->id) continue;
          detection.image_id = next_id;
          detections.push_back(detection);
        }
        ++next_id;
      }
    }
    const Truth twice = index_truth(repeated);
    const std::vector<int> together(twice.images.size(), 0);
    const CocoMatching once(truth, item.detections, item.options);
    const CocoMatching again(twice, detections, item.options);
    for (const CocoCategory& category : again.figures().categories) {
      EXPECT_NEAR(once.curve(2, patients, std::ssize(patients), category.category_id).at(times)[7],
                  category.areas[0].precision[2], 1e-12)
          << item.name;
    }
  }
}

TEST(CocoAp, EventsSayWhatBecameOfEachDetection) {
  Cohort cohort;
  cohort.images.resize(2);
  for (int i : {0, 1}) {
    cohort.images[i].id = 10 - i;
    cohort.images[i].height = cohort.images[i].width = 100;
  }
  cohort.annotations.resize(3);
  for (int i : {0, 1, 2}) {
    Annotation& annotation = cohort.annotations[i];
    annotation.id = i + 1;
    annotation.image_id = i < 2 ? 10 : 9;
    annotation.category_id = i < 2 ? 1 : 2;
    annotation.bbox = {40.0 * i, 0, 40.0 * i + 20, 20};
  }
  cohort.annotations[1].ignore = true;
  const std::vector<Detection> detections = {
      {10, 1, {0, 0, 20, 20}, 0.5, std::nullopt, ""},   // hits
      {10, 1, {45, 5, 55, 15}, 0.9, std::nullopt, ""},  // in the crowd
      {10, 1, {0, 0, 20, 19}, 0.4, std::nullopt, ""},   // again
      {9, 2, {80, 0, 100, 20}, 0.5, std::nullopt, ""},  // hits; ties: the smaller image id first
      {9, 1, {80, 0, 100, 20}, 0.1, std::nullopt, ""},  // another category
      {9, 7, {80, 0, 100, 20}, 0.1, std::nullopt, ""},  // of which there is no mass
  };
  const Truth truth = index_truth(cohort);
  std::vector<size_t> order;
  std::vector<Outcome> outcomes;
  for (const CocoEvent& event : CocoMatching(truth, detections).events(0)) {
    order.push_back(event.detection);
    outcomes.push_back(event.outcome);
    EXPECT_EQ(event.score, detections[event.detection].score);
    EXPECT_EQ(truth.images[event.image]->id, detections[event.detection].image_id);
  }
  EXPECT_EQ(order, (std::vector<size_t>{1, 3, 0, 2, 4}));
  EXPECT_EQ(outcomes, (std::vector<Outcome>{Outcome::ignored, Outcome::hit, Outcome::hit,
                                            Outcome::false_positive, Outcome::false_positive}));
}

TEST(CocoAp, RefusesMasksOfAnotherSizeAndNoDetections) {
  CocoCase item = case_from(golden_coco()["cases"][7]);
  item.options.masks = true;
  const Truth truth = index_truth(item.cohort);
  item.detections.at(0).mask = Rle{3, 4, {12}};
  EXPECT_ERROR(coco_ap(truth, item.detections, item.options), bad_input,
               "found a mask of 4 x 3 pixels, expected 50 x 40");
  item.options.max_detections = 0;
  EXPECT_ERROR(coco_ap(truth, item.detections, item.options), usage, "max_detections: found 0");
}

TEST(CocoOverlap, EqualsPycocotools) {
  for (const Json& item : golden_coco()["overlaps"]["boxes"]) {
    for (size_t d = 0; d < item["detections"].size(); ++d) {
      for (size_t r = 0; r < item["regions"].size(); ++r) {
        EXPECT_NEAR(coco_overlap(coco_box(item["detections"][d]), coco_box(item["regions"][r]),
                                 item["crowd"][r] == 1),
                    item["iou"][d][r].get<double>(), 1e-15);
      }
    }
  }
  for (const Json& item : golden_coco()["overlaps"]["masks"]) {
    const auto mask = [&](const Json& text) {
      return rle_from_string(text, item["size"][0], item["size"][1]);
    };
    for (size_t d = 0; d < item["detections"].size(); ++d) {
      for (size_t r = 0; r < item["regions"].size(); ++r) {
        EXPECT_NEAR(coco_overlap(mask(item["detections"][d]), mask(item["regions"][r]),
                                 item["crowd"][r] == 1),
                    item["iou"][d][r].get<double>(), 1e-15);
      }
    }
  }
}

}  // namespace
}  // namespace mammograft
