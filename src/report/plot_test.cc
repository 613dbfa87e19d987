#include "report/plot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "core/error.h"
#include "core/executable.h"
#include "core/files.h"
#include "report/process.h"

namespace mammograft {
namespace {

Plot example() {
  Plot plot;
  plot.name = "curve";
  plot.x_label = "the reader's axis";
  plot.y_label = "y_axis";
  plot.log_x = true;
  Series series;
  series.label = "fold, \"one\"";
  series.x = {0.1, 1, 10};
  series.y = {0.2, 0.5, 0.9};
  series.low = {0.1, 0.4, 0.8};
  series.high = {0.3, 0.6, 1.0};
  series.steps = true;
  plot.series = {series};
  return plot;
}

fs::path fresh_folder(const std::string& name) {
  const fs::path folder = fs::path(testing::TempDir()) / ("plot_test_" + name);
  fs::remove_all(folder);
  return folder;
}

TEST(Plot, CsvHoldsLinesAndBands) {
  const std::string csv = plot_csv(example());
  EXPECT_EQ(csv.substr(0, csv.find('\n')), "series,kind,x,y,low,high,label");
  EXPECT_NE(csv.find("0,line,1,0.5,,,\"fold, \"\"one\"\"\"\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find("0,band,10,,0.8,1,\"fold, \"\"one\"\"\"\n"), std::string::npos) << csv;
}

TEST(Plot, ScriptQuotesText) {
  const std::string script = plot_script(example());
  EXPECT_NE(script.find("set xlabel 'the reader''s axis'"), std::string::npos);
  EXPECT_NE(script.find("set logscale x"), std::string::npos);
}

TEST(Plot, RefusesSeriesOfUnequalLength) {
  Plot plot = example();
  plot.series[0].y.pop_back();
  EXPECT_THROW(plot_csv(plot), Error);
}

TEST(Plot, WritesThreeFilesThatGnuplotCanReadAgain) {
  if (find_executable("gnuplot").empty()) GTEST_SKIP() << "gnuplot is not installed";
  const fs::path folder = fresh_folder("write");
  const std::string svg = write_plot(example(), folder);
  EXPECT_NE(svg.find("<svg"), std::string::npos);
  EXPECT_NE(svg.find("the reader"), std::string::npos) << "the label is drawn";
  EXPECT_NE(svg.find("y_axis"), std::string::npos) << "an underscore is no subscript";
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"curve.csv", "curve.gp", "curve.svg"}));
  EXPECT_EQ(write_plot(example(), folder), svg) << "same input, same bytes";
}

TEST(Plot, SaysWhatIsMissingOrWrong) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nonexistent", 1);
  std::string message;
  try {
    write_plot(example(), fresh_folder("missing"));
  } catch (const Error& error) {
    message = error.what();
  }
  setenv("PATH", path.c_str(), 1);
  EXPECT_NE(message.find("gnuplot-nox"), std::string::npos) << message;
  EXPECT_FALSE(fs::exists(fs::path(testing::TempDir()) / "plot_test_missing"));
  if (find_executable("gnuplot").empty()) GTEST_SKIP() << "gnuplot is not installed";
  Plot broken = example();
  broken.y_range = {1, 1};
  broken.log_y = true;
  broken.series[0].y = {-1, -1, -1};
  broken.series[0].low.clear();
  broken.series[0].high.clear();
  EXPECT_THROW(write_plot(broken, fresh_folder("broken")), Error);
  EXPECT_FALSE(fs::exists(fs::path(testing::TempDir()) / "plot_test_broken" / "curve.svg"));
}

TEST(Process, ReportsTheExitStatusAndTheComplaint) {
  const fs::path folder = fresh_folder("process");
  create_folder(folder);
  const auto result =
      run_process("/bin/sh", {"-c", "echo 'error: no such thing' >&2; exit 3"}, folder);
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_EQ(result.complaint, "error: no such thing");
}

}  // namespace
}  // namespace mammograft
