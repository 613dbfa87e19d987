// metrics.json keeps to its published schema.
#include <gtest/gtest.h>

#include "core/options.h"
#include "core/schema_testing.h"
#include "evaluate/evaluate.h"

namespace mammograft {
namespace {

const Json& published() {
  static const Json schema =
      read_json(std::string(MAMMOGRAFT_SOURCE_DIR) + "/docs/metrics.schema.json");
  return schema;
}

// A patient an image, every other one with a mass that is found in three of four cases.
Json metrics_of(int patients, int systems) {
  Cohort truth;
  truth.categories = {{1, "mass"}};
  std::vector<NamedDetections> files(static_cast<size_t>(systems));
  for (int p = 1; p <= patients; ++p) {
    ImageRecord image;
    image.id = p;
    image.file_name = image.patient_id = std::to_string(p);
    image.width = image.height = 100;
    truth.images.push_back(image);
    for (size_t s = 0; s < files.size(); ++s) {
      files[s].name = std::to_string(s);
      files[s].detections.push_back({p, 1, {60, 60, 80, 80}, 0.001 * p, std::nullopt, ""});
      if (p % 8 != 0)
        files[s].detections.push_back({p, 1, {10, 10, 30, 30}, 0.002 * p, std::nullopt, ""});
    }
    if (p % 2) continue;
    Annotation mass;
    mass.id = mass.image_id = p;
    mass.bbox = {10, 10, 30, 30};
    truth.annotations.push_back(mass);
  }
  EvaluateOptions options;
  options.bootstrap.resamples = options.permutations = 40;
  options.power_gain = patients > 1 ? 0.05 : 0;
  return metrics_json(evaluate(truth, files, options));
}

TEST(MetricsJson, KeepsToItsSchema) {
  EXPECT_EQ(violation(metrics_of(40, 2), published(), "metrics"), "");
  EXPECT_EQ(violation(metrics_of(1, 1), published(), "metrics"), "") << "nothing is known";
}

// The seed is the run's and no option; all options stand there too.
TEST(MetricsJson, SaysFromWhatSeedWasDrawn) {
  Progress silent;
  Json json = options_json(for_run({}, {7, 1, "cpu", silent}));
  EXPECT_EQ(json["bootstrap"]["seed"], 7);
  json["bootstrap"].erase("seed");
  EXPECT_EQ(json, to_json(EvaluateOptions()));
  EXPECT_EQ(metrics_of(8, 1)["options"]["bootstrap"]["seed"], 1);
}

// The check itself can fail.
TEST(MetricsJson, IsNoticedWhereItDoesNot) {
  Json metrics = metrics_of(8, 1);
  metrics["results"][0]["counts"]["masses"] = "four";
  EXPECT_EQ(violation(metrics, published(), "metrics"),
            "metrics.results[].counts.masses: \"four\"");
  metrics = metrics_of(8, 1);
  metrics["systems"][0].erase("figures");
  EXPECT_EQ(violation(metrics, published(), "metrics"), "metrics.systems[]: no figures");
  metrics["more"] = 1;
  EXPECT_NE(violation(metrics, published(), "metrics"), "");
}

}  // namespace
}  // namespace mammograft
