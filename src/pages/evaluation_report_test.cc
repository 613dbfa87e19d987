#include "pages/evaluation_report.h"

#include <gtest/gtest.h>

#include "core/executable.h"
#include "core/files.h"
#include "core/testing.h"
#include "pages/evaluation_tables.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

TEST(EvaluationReport, WritesThePageAndTheFilesBesideIt) {
  if (find_executable("gnuplot").empty()) GTEST_SKIP() << "gnuplot is not installed";
  const TestFolder folder;
  EvaluationBackground background;
  background.training = training_curves({{"loss", {1, 2}, {2, 1}}});
  const EvaluateResult result = hand_made_evaluation();
  const fs::path out = folder / "report";
  write_evaluation_report(result, out, {}, background);
  EXPECT_EQ(read_file(out / "operating_points.csv"), to_csv(operating_table(result)));
  EXPECT_EQ(read_file(out / "groups.csv"), to_csv(group_table(result)));
  EXPECT_EQ(read_file(out / "curve.csv"), to_csv(curve_table(result)));
  EXPECT_EQ(read_file(out / "masses.csv"), to_csv(mass_table(result)));
  EXPECT_EQ(read_file(out / "detections.csv"), to_csv(detection_table(result)));
  EXPECT_EQ(read_json(out / "metrics.json")["results"].size(), 1u);
  EXPECT_TRUE(fs::exists(out / "froc.svg"));
  EXPECT_TRUE(fs::exists(out / "training.svg"));
  EXPECT_FALSE(fs::exists(out / "learning_rate.svg"));
  const std::string html = read_file(out / "report.html");
  EXPECT_NE(html.find("50.0 %"), std::string::npos);
  EXPECT_NE(html.find("<svg role=\"img\""), std::string::npos);
}

}  // namespace
}  // namespace mammograft
