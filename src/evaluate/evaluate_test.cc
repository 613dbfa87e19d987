#include "evaluate/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "evaluate/cases.h"
#include "evaluate/groups.h"

namespace mammograft {
namespace {

// Patients p/1 .. p/n with two images each, the first with a mass at (10, 10, 30, 30).
Cohort cohort_of(int patients) {
  Cohort cohort;
  cohort.categories = {{1, "mass"}};
  for (int p = 1; p <= patients; ++p) {
    for (int view = 0; view < 2; ++view) {
      ImageRecord image;
      image.id = 2 * p - 1 + view;
      image.file_name = std::to_string(image.id) + ".png";
      image.width = image.height = 100;
      image.patient_id = "p/" + std::to_string(p);
      image.view = view ? "MLO" : "CC";
      image.status = view ? Status::normal : Status::mass;
      cohort.images.push_back(image);
    }
    Annotation mass;
    mass.id = p;
    mass.image_id = 2 * p - 1;
    mass.bbox = {10, 10, 30, 30};
    mass.size_mm = 5.0 * p;
    mass.attributes["conspicuity"] = p % 2 ? "obvious" : "subtle";
    cohort.annotations.push_back(mass);
  }
  return cohort;
}

Detection hit(int patient, double score) {
  return {2 * patient - 1, 1, {10, 10, 30, 30}, score, std::nullopt, ""};
}
Detection alarm(int64_t image_id, double score) {
  return {image_id, 1, {60, 60, 80, 80}, score, std::nullopt, ""};
}

EvaluateOptions quick() {
  EvaluateOptions options;
  options.bootstrap.resamples = 50;
  return options;
}

std::string error_of(const Cohort& truth, const std::vector<NamedDetections>& files,
                     const EvaluateOptions& options = quick()) {
  try {
    evaluate(truth, files, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Evaluate, CountsImagesWithoutDetections) {
  const auto result = evaluate(cohort_of(4), {{"a", {hit(1, 0.9), alarm(2, 0.5)}, {}}}, quick());
  const SetResult& set = result.sets.at(0);
  EXPECT_EQ(set.counts.images, 8);
  EXPECT_EQ(set.counts.patients, 4);
  EXPECT_DOUBLE_EQ(set.froc.points.back().fppi, 1 / 8.0);
  EXPECT_DOUBLE_EQ(set.froc.points.back().tpr, 1 / 4.0);
  EXPECT_DOUBLE_EQ(set.operating_points[0].point.fppi, 0) << "0.1 lies below 1/8";
}

TEST(Evaluate, CountsFalsePositivesOverNormalImagesWhenAsked) {
  EvaluateOptions options = quick();
  options.fppi_over = "normal";
  const auto result =
      evaluate(cohort_of(4), {{"a", {hit(1, 0.9), alarm(2, 0.5), alarm(1, 0.6)}, {}}}, options);
  EXPECT_EQ(result.sets[0].froc.images, 4);
  EXPECT_EQ(result.sets[0].froc.points.back().false_positives, 1);
  Cohort none = cohort_of(1);
  none.images[1].status = Status::unknown;
  EXPECT_NE(error_of(none, {{"a", {}, {}}}, options).find("normal"), std::string::npos);
}

TEST(Evaluate, PoolsDisjointFoldsOverTheSearchedImages) {
  const Cohort truth = cohort_of(4);
  // Fold 1 found nothing in its two patients; the last patient was not searched at all.
  const NamedDetections a{"a", {hit(1, 0.9)}, DetectionsMeta{{1, 2}, {}, {}}};
  const NamedDetections b{"b", {}, DetectionsMeta{{3, 4, 5, 6}, {}, {}}};
  const auto pooled = evaluate(truth, {a, b}, quick());
  ASSERT_EQ(pooled.sets.size(), 1u);
  EXPECT_EQ(pooled.sets[0].counts.images, 6);
  EXPECT_EQ(pooled.sets[0].counts.masses, 3);
  EXPECT_DOUBLE_EQ(pooled.sets[0].froc.points.back().tpr, 1 / 3.0);
  EvaluateOptions apart = quick();
  apart.pool = "no";
  EXPECT_EQ(evaluate(truth, {a, b}, apart).sets.size(), 2u);
  const NamedDetections overlapping{"c", {hit(1, 0.5)}, DetectionsMeta{{1, 2, 7}, {}, {}}};
  EXPECT_EQ(evaluate(truth, {a, overlapping}, quick()).sets.size(), 2u) << "two detectors";
  EvaluateOptions together = quick();
  together.pool = "yes";
  EXPECT_NE(error_of(truth, {a, overlapping}, together).find("image 1"), std::string::npos);
}

// A shard to which no image fell has not searched all of them.
TEST(Evaluate, AFileThatSearchedNothingAddsNothingToThePool) {
  const NamedDetections a{"a", {hit(1, 0.9)}, DetectionsMeta{{1, 2}, {}, {}}};
  const NamedDetections none{"none", {}, DetectionsMeta{}};
  const auto pooled = evaluate(cohort_of(4), {a, none}, quick());
  ASSERT_EQ(pooled.sets.size(), 1u);
  EXPECT_EQ(pooled.sets[0].counts.images, 2);
}

// Of ten images without a mass one has a mark of .8; five masses are found from .9 on, five from
// .7.
TEST(Evaluate, SensitivityAtASpecificityCountsThePointThatLiesThere) {
  const int patients = 10;  // each with an image with a mass, and one without
  std::vector<Detection> found = {alarm(2, 0.8)};
  for (int patient = 1; patient <= patients; ++patient)
    found.push_back(hit(patient, patient <= patients / 2 ? 0.9 : 0.7));
  const auto result = evaluate(cohort_of(patients), {{"a", found, {}}}, quick());
  const auto& figures = result.sets[0].figures;
  const auto at = std::find_if(figures.begin(), figures.end(), [](const FigureResult& figure) {
    return figure.name.key == "sensitivity_image_at_0.9";
  });
  ASSERT_NE(at, figures.end());
  EXPECT_EQ(at->value, 1);
}

TEST(Evaluate, GuardsAgainstLeaksAmongTheSearchedPatientsOnly) {
  const Cohort truth = cohort_of(4);
  const auto learnt = [](const std::string& patient) { return PatientSet::of({patient}); };
  // The usual state of folds: the model of this fold learnt from the other one's patients.
  EXPECT_EQ(error_of(truth, {{"a", {hit(1, 0.9)}, DetectionsMeta{{1, 2}, learnt("p/3"), {}}}}), "");
  const NamedDetections leak{"a.json", {hit(1, 0.9)}, DetectionsMeta{{1, 2, 3}, learnt("p/1"), {}}};
  const std::string message = error_of(truth, {leak});
  EXPECT_NE(message.find("a.json: the model learnt from 1 of the 2 patients"), std::string::npos)
      << message;
  EXPECT_NE(message.find("p/1"), std::string::npos);
  EvaluateOptions allow = quick();
  allow.allow_leak = true;
  EXPECT_EQ(evaluate(truth, {leak}, allow).sets[0].leaked_patients, 1);
  // Without a list of images the whole truth was searched.
  EXPECT_NE(error_of(truth, {{"a", {hit(1, 0.9)}, DetectionsMeta{{}, learnt("p/4"), {}}}}), "");
}

// The lesion on an image may be of another patient than the image, who is scored on it as well.
TEST(Evaluate, GuardsAgainstLeaksOfGraftedLesions) {
  Cohort truth = cohort_of(4);
  truth.images[1].source = {.method = "pie",
                            .background = Provenance::Origin{"b.png", "p/1"},
                            .lesion = Provenance::Lesion{{"l.png", "q/7"}, 1}};
  const auto file = [](const std::string& patient) {
    return NamedDetections{"a.json", {}, DetectionsMeta{{1, 2}, PatientSet::of({patient}), {}}};
  };
  const std::string message = error_of(truth, {file("q/7")});
  EXPECT_NE(message.find("learnt from 1 of the 2 patients"), std::string::npos) << message;
  EXPECT_NE(message.find("q/7"), std::string::npos) << message;
  EXPECT_NE(error_of(truth, {file("p/1")}), "");
  EXPECT_EQ(error_of(truth, {file("p/2")}), "") << "not searched";
  truth.images[1].source.reset();
  EXPECT_EQ(error_of(truth, {file("q/7")}), "");
}

TEST(Evaluate, NamesWhatIsWrongWithTheDetections) {
  const Cohort truth = cohort_of(2);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NE(
      error_of(truth, {{"a.json", {alarm(99, 0.1)}, {}}}).find("a.json: [0].image_id: found 99"),
      std::string::npos);
  EXPECT_NE(error_of(truth, {{"a.json", {hit(1, 1), alarm(1, nan)}, {}}}).find("a.json: [1].score"),
            std::string::npos);
  Detection bad_box = hit(1, 0.5);
  bad_box.bbox.x1 = nan;
  EXPECT_NE(error_of(truth, {{"a.json", {bad_box}, {}}}).find("[0].bbox"), std::string::npos);
  Detection bad_category = hit(1, 0.5);
  bad_category.category_id = 7;
  EXPECT_NE(error_of(truth, {{"a.json", {bad_category}, {}}}).find("category_id: found 7"),
            std::string::npos);
  EXPECT_NE(error_of(truth, {{"a", {hit(2, 1)}, DetectionsMeta{{1, 2}, {}, {}}}}), "");
  EXPECT_NE(error_of(truth, {{"a", {}, DetectionsMeta{{1, 77}, {}, {}}}}).find("77"),
            std::string::npos);
  EXPECT_NE(error_of(truth, {}), "");
}

TEST(Evaluate, GroupsAddUpToTheWhole) {
  const Cohort truth = cohort_of(6);
  const auto result = evaluate(
      truth, {{"a", {hit(1, 0.9), hit(2, 0.8), hit(5, 0.7), alarm(2, 0.75)}, {}}}, quick());
  const SetResult& set = result.sets[0];
  std::map<std::string, std::vector<int>> found, masses;
  for (const GroupResult& group : set.groups) {
    found[group.by].push_back(group.found.back());
    masses[group.by].push_back(group.masses);
  }
  EXPECT_EQ(found["conspicuity"], (std::vector<int>{2, 1}));  // obvious before subtle
  // 5 | 10, 15 | 20, 25 | 30 mm
  EXPECT_EQ(masses["size"], (std::vector<int>{1, 2, 2, 1}));
  EXPECT_EQ(found["size"], (std::vector<int>{1, 1, 1, 0}));
  EXPECT_FALSE(found.count("view")) << "all masses lie in one view";
  EvaluateOptions asked = quick();
  asked.groups = {"birads"};
  EXPECT_NE(error_of(truth, {{"a", {}, {}}}, asked).find("birads"), std::string::npos);
}

TEST(Evaluate, WithoutDetectionsAndWithoutMasses) {
  const auto silent = evaluate(cohort_of(3), {{"a", {}, {}}}, quick());
  EXPECT_EQ(silent.sets[0].operating_points.back().point.tpr, 0);
  EXPECT_TRUE(metrics_json(silent)["results"][0]["operating_points"][0]["threshold"].is_null());
  Cohort healthy = cohort_of(3);
  healthy.annotations.clear();
  const auto result = evaluate(healthy, {{"a", {alarm(1, 0.5)}, {}}}, quick());
  EXPECT_TRUE(metrics_json(result)["results"][0]["operating_points"][0]["tpr"].is_null());
}

// Made by tests/golden/evaluate/make_froc.py, an implementation of its own.
TEST(Evaluate, AgreesWithTheGoldenFroc) {
  const Json golden =
      read_json(std::string(MAMMOGRAFT_SOURCE_DIR) + "/tests/golden/evaluate/froc.json");
  const auto box_of = [](const Json& box) { return Box{box[0], box[1], box[2], box[3]}; };
  Cohort truth;
  truth.categories = {{1, "mass"}};
  for (const Json& id : golden["images"]) {
    ImageRecord image;
    image.id = id;
    image.file_name = id.dump();
    image.width = image.height = 200;
    truth.images.push_back(image);
  }
  for (const Json& item : golden["truth"]) {
    Annotation mass;
    mass.id = static_cast<int64_t>(truth.annotations.size()) + 1;
    mass.image_id = item["image"];
    mass.bbox = box_of(item["box"]);
    mass.ignore = item["ignore"];
    truth.annotations.push_back(mass);
  }
  std::vector<Detection> detections;
  for (const Json& item : golden["detections"]) {
    detections.push_back({item["image"], 1, box_of(item["box"]), item["score"], std::nullopt, ""});
  }
  const auto result = evaluate(truth, {{"golden", detections, {}}}, quick());
  const SetResult& set = result.sets[0];
  EXPECT_EQ(set.counts.masses, golden["masses"].get<int>());
  EXPECT_EQ(set.counts.false_positives, golden["false_positives"].get<int>());
  EXPECT_GT(set.counts.ignored, 0);
  EXPECT_GT(set.counts.duplicates, 0);
  ASSERT_EQ(golden["tpr"].size(), 7u);
  for (const auto& [limit, tpr] : golden["tpr"].items()) {
    EXPECT_DOUBLE_EQ(tpr_at(set.froc, std::stod(limit)), tpr.get<double>()) << limit;
  }
}

TEST(Evaluate, SelectsCasesByTheOperatingPoint) {
  const Cohort truth = cohort_of(6);
  // At 0.5 FPPI six false positives on twelve images are allowed.
  std::vector<Detection> detections = {hit(1, 0.9),  hit(2, 0.8),    hit(3, 0.7),
                                       hit(4, 0.05), alarm(2, 0.95), alarm(4, 0.6)};
  for (int i = 0; i < 10; ++i) detections.push_back(alarm(12, 0.3 + 0.01 * i));
  const auto result = evaluate(truth, {{"a", detections, {}}}, quick());
  CaseOptions options;
  options.count = 2;
  const CaseSelection chosen = select_cases(result.sets[0], options);
  EXPECT_DOUBLE_EQ(chosen.threshold, 0.7);
  ASSERT_EQ(chosen.best.size(), 2u);
  EXPECT_EQ(chosen.best[0].image_id, 1);
  EXPECT_EQ(chosen.typical[0].image_id, 5) << "the others are the best";
  ASSERT_EQ(chosen.missed.size(), 2u);
  EXPECT_EQ(chosen.missed[0].detection, -1) << "never found first";
  ASSERT_EQ(chosen.false_alarms.size(), 1u) << "0.6 lies below the threshold";
  EXPECT_EQ(chosen.false_alarms[0].detections, (std::vector<size_t>{1})) << "by image and score";
  options.count = 6;
  const CaseSelection all = select_cases(result.sets[0], options);
  ASSERT_EQ(all.missed.size(), 3u);
  EXPECT_EQ(all.missed[2].image_id, 7) << "found, but with a score below the threshold";
  EXPECT_EQ(all.missed[2].detections, (std::vector<size_t>{5}));
}

std::string said_by_evaluating(const std::vector<Detection>& detections) {
  testing::internal::CaptureStderr();
  evaluate(cohort_of(6), {{"a.json", detections, {}}}, quick());
  return testing::internal::GetCapturedStderr();
}

TEST(Evaluate, WarnsOfCornersInPlaceOfSizes) {
  std::vector<Detection> right, corners;
  for (int64_t id = 1; id <= 6; ++id) {
    right.push_back(alarm(id, 0.9));
    corners.push_back(alarm(id, 0.9));
    corners.back().bbox = {60, 60, 60 + 80, 60 + 80};  // [60, 60, 80, 80] as x, y, width, height
  }
  EXPECT_EQ(said_by_evaluating(right), "");
  const std::string said = said_by_evaluating(corners);
  EXPECT_NE(said.find("warning: a.json: 6 of 6 boxes leave their images"), std::string::npos)
      << said;
}

TEST(Evaluate, WarnsOfFoldsThatShareAPatient) {
  const NamedDetections a{"a", {hit(1, 0.9)}, DetectionsMeta{{1}, {}, {}}};
  const NamedDetections b{"b", {}, DetectionsMeta{{2, 3, 4}, {}, {}}};  // image 2 is patient 1's
  testing::internal::CaptureStderr();
  evaluate(cohort_of(2), {a, b}, quick());
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("1 patients lie in several folds, for example p/1"), std::string::npos)
      << said;
}

TEST(Evaluate, WarnsOfBoxesAmongMasks) {
  Cohort truth = cohort_of(2);
  truth.annotations[0].segmentation =
      std::vector<Polygon>{{{10, 10}, {30, 10}, {30, 30}, {10, 30}}};
  EvaluateOptions options = quick();
  const auto said = [&] {
    testing::internal::CaptureStderr();
    evaluate(truth, {{"a", {hit(1, 0.9)}, {}}}, options);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(said().find("have no mask"), std::string::npos);
  options.matching.rule = "centre-in-mask";
  EXPECT_NE(said().find("a: 1 of 2 masses have no mask and count as their filled box"),
            std::string::npos);
}

TEST(Evaluate, OutlinesOfOthersAreMasks) {
  EvaluateOptions options = quick();
  options.matching.rule = "mask-iou";
  Detection outlined = alarm(1, 0.9);  // whose box misses the mass
  outlined.outline = {{{10, 10}, {30, 10}, {30, 30}, {10, 30}}};
  const SetResult set = evaluate(cohort_of(1), {{"a", {outlined}, {}}}, options).sets.at(0);
  EXPECT_EQ(set.counts.hits, 1);
  EXPECT_EQ(set.counts.without_mask, 0);
}

}  // namespace
}  // namespace mammograft
