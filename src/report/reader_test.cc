#include "report/reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <regex>

#include "core/executable.h"
#include "core/files.h"
#include "core/json.h"
#include "core/rng.h"
#include "core/testing.h"
#include "image/image_io.h"
#include "report/assets.h"
#include "report/process.h"

namespace mammograft {
namespace {

ReaderPage some_page(int count) {
  ReaderPage page{"Real <or> not?", "blend", "mammograft test", {}, 5};
  for (int i = 0; i < count; ++i) {
    const cv::Mat picture(16, 16, CV_8UC1, cv::Scalar(10 * i));
    page.items.push_back({encode_png(picture), 0.2, i % 3 == 0, "origin-of-" + std::to_string(i)});
  }
  return page;
}

TEST(Reader, HoldsEveryPictureAndNoAnswerInClear) {
  const std::string html = render_reader(some_page(7));
  const std::regex picture("data:image/png;base64,");
  EXPECT_EQ(std::distance(std::sregex_iterator(html.begin(), html.end(), picture), {}), 7);
  EXPECT_EQ(html.find("origin-of-"), std::string::npos);
  EXPECT_NE(html.find("Real &lt;or&gt; not?"), std::string::npos);
  EXPECT_EQ(html.find("{{"), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos);  // nothing from elsewhere
  EXPECT_EQ(html, render_reader(some_page(7)));
}

TEST(Reader, RefusesPicturesOfOtherKinds) {
  ReaderPage page = some_page(1);
  page.items[0].picture = "GIF89a";
  EXPECT_ERROR(render_reader(page), defect, "neither PNG nor JPEG");
}

// What node prints for a script; skips the test where there is none.
Json run_script(const std::string& script) {
  const TestFolder folder;
  write_file(folder / "script.js", script);
  const ProcessResult result = run_process(find_executable("node"), {"script.js"}, folder.path());
  EXPECT_EQ(result.exit_status, 0) << result.complaint;
  return read_json(folder / "result.json");
}

const char* const kWrite = "require('fs').writeFileSync('result.json', JSON.stringify(result));\n";

// AUC and DeLong's standard error by the definition, pair by pair.
std::array<double, 2> slow_auc(const std::vector<int>& real, const std::vector<int>& synthetic) {
  const auto wins = [](int s, int r) { return s > r ? 1.0 : s == r ? 0.5 : 0.0; };
  const double m = static_cast<double>(synthetic.size()), n = static_cast<double>(real.size());
  double area = 0;
  for (int s : synthetic) {
    for (int r : real) area += wins(s, r) / m / n;
  }
  double of_synthetic = 0, of_real = 0;
  for (int s : synthetic) {
    double place = 0;
    for (int r : real) place += wins(s, r) / n;
    of_synthetic += (place - area) * (place - area) / (m - 1);
  }
  for (int r : real) {
    double place = 0;
    for (int s : synthetic) place += wins(s, r) / m;
    of_real += (place - area) * (place - area) / (n - 1);
  }
  return {area, std::sqrt(of_synthetic / m + of_real / n)};
}

TEST(Reader, ComputesTheAreaAndItsInterval) {
  if (find_executable("node").empty()) GTEST_SKIP() << "no node to run the page's script";
  Rng rng(1);
  for (int round = 0; round < 3; ++round) {
    std::vector<int> real, synthetic;
    for (int i = 0; i < 20 + round; ++i) real.push_back(1 + static_cast<int>(rng.integer(3)));
    for (int i = 0; i < 25 - round; ++i) synthetic.push_back(1 + static_cast<int>(rng.integer(4)));
    const Json result =
        run_script(std::string(assets::rated_auc_js) + "const result = ratedAuc(" +
                   Json(real).dump() + "," + Json(synthetic).dump() + ");\n" + kWrite);
    const auto [area, error] = slow_auc(real, synthetic);
    EXPECT_NEAR(result["auc"].get<double>(), area, 1e-12);
    EXPECT_NEAR(result["low"].get<double>(), std::max(0.0, area - 1.959963984540054 * error), 1e-9);
    EXPECT_NEAR(result["high"].get<double>(), std::min(1.0, area + 1.959963984540054 * error),
                1e-9);
  }
  const Json apart = run_script(std::string(assets::rated_auc_js) +
                                "const result = ratedAuc([1, 1, 2], [3, 4, 4]);\n" + kWrite);
  EXPECT_EQ(apart["auc"], 1);
  EXPECT_TRUE(apart["low"].is_null());  // NaN: no variance is left to tell from
}

// The page's own script against the page's own data, on a document that does nothing.
TEST(Reader, UnveilsItsAnswers) {
  if (find_executable("node").empty()) GTEST_SKIP() << "no node to run the page's script";
  const std::string html = render_reader(some_page(7));
  const size_t measure = html.find("<script id=\"measure\">") + 21;
  const size_t script = html.find("<script>") + 8;
  const std::string code = html.substr(measure, html.find("</script>", measure) - measure) +
                           html.substr(script, html.find("</script>", script) - script);
  const Json result = run_script(
      "const nothing = () => new Proxy(function () {}, {get: (t, k) => k === Symbol.iterator ? "
      "function* () {} : nothing(), apply: () => nothing(), set: () => true});\n"
      "globalThis.document = nothing();\n" +
      code +
      "\nfor (let i = 0; i < 7; ++i) { ratings.push(i % 3 === 0 ? 4 : 1); seconds.push(1); }" +
      "\nconst rows = answered(), result = {rows, ...ratedAuc(split(rows).real, " +
      "split(rows).synthetic)};\n" + kWrite);
  ASSERT_EQ(result["rows"].size(), 7u);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(result["rows"][i]["truth"], i % 3 == 0 ? "synthetic" : "real");
    EXPECT_EQ(result["rows"][i]["origin"], "origin-of-" + std::to_string(i));
  }
  EXPECT_EQ(result["auc"], 1);
}

}  // namespace
}  // namespace mammograft
