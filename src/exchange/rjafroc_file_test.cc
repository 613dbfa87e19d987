#include "exchange/rjafroc_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <thread>

#include "core/files.h"
#include "core/testing.h"
#include "evaluate/free_response_testing.h"
#include "exchange/imrmc_file.h"
#include "exchange/study_testing.h"

namespace mammograft {
namespace {

std::string rjafroc_bytes(const std::vector<StudyResult>& results) {
  const TestFolder folder;
  write_rjafroc_file(folder / "study.xlsx", make_reader_study(results));
  return read_file(folder / "study.xlsx");
}

TEST(RjafrocFile, HasTheSameBytesWheneverAndInWhateverOrderItIsWritten) {
  const std::string bytes = rjafroc_bytes(small_results());
  EXPECT_EQ(bytes.substr(0, 2), "PK");
  std::vector<StudyResult> results = small_results();
  for (StudyResult& result : results) std::reverse(result.cases.begin(), result.cases.end());
  std::this_thread::sleep_for(std::chrono::milliseconds(2100));  // a zip's clock ticks every 2 s
  EXPECT_EQ(rjafroc_bytes(results), bytes);
  results[0].cases[0].false_marks.push_back(-1);
  EXPECT_NE(rjafroc_bytes(results), bytes);
}

void expect_unwritten(const std::function<void(std::vector<StudyResult>&)>& change,
                      const std::string& words) {
  const TestFolder folder;
  write_file(folder / "study.xlsx", "before");
  std::vector<StudyResult> results = small_results();
  change(results);
  EXPECT_ERROR(write_rjafroc_file(folder / "study.xlsx", make_reader_study(results)), bad_input,
               words);
  EXPECT_EQ(read_file(folder / "study.xlsx"), "before");
}

void drop_false_marks(StudyResult& result) {
  for (MarkedCase& one : result.cases) one.false_marks.clear();
}

void drop_lesion_marks(StudyResult& result) {
  for (MarkedCase& one : result.cases) {
    for (MarkedLesion& lesion : one.lesions) lesion.rating = kUnmarked;
  }
}

using Results = std::vector<StudyResult>;

TEST(RjafrocFile, RefusesWhatRjafrocCannotRead) {
  expect_unwritten([](Results& r) { std::for_each(r.begin(), r.end(), drop_false_marks); },
                   "worksheet FP: found 0 rows, expected at least 1");
  expect_unwritten([](Results& r) { std::for_each(r.begin(), r.end(), drop_lesion_marks); },
                   "worksheet TP: found 0 rows, expected at least 1");
  expect_unwritten(
      [](Results& r) {
        r.resize(1);
        r[0].cases = {{"only", 0, {{0.5, 1}}, {0.25}}};
      },
      "worksheet TRUTH: found 1 rows, expected at least 2");
}

TEST(RjafrocFile, RefusesMoreRowsThanAWorksheetHas) {
  expect_unwritten([](Results& r) { r[0].cases[0].false_marks.resize(1048576, 0.5); },
                   "worksheet FP: found 1048584 rows, a worksheet holds 1048575");
}

// Each as RJafroc 2.1.3 would take one for another: DfReadDataFile.R names the arrays, which follow
// TRUTH, in the order of the marks.
TEST(RjafrocFile, RefusesASystemWhoseNameRjafrocWouldMisplace) {
  expect_unwritten([](Results& r) { drop_false_marks(r[0]); }, "reader 'seed 1': found too few");
  expect_unwritten(
      [](Results& r) {
        drop_false_marks(r[0]);
        drop_false_marks(r[1]);
      },
      "modality 'plain': found too few");
  expect_unwritten(
      [](Results& r) {
        for (const size_t i : {0, 2}) {
          drop_false_marks(r[i]);
          drop_lesion_marks(r[i]);
        }
      },
      "reader 'seed 1': found too few");
  std::vector<StudyResult> harmless = small_results();
  drop_false_marks(harmless[2]);
  EXPECT_NE(rjafroc_bytes(harmless), "");
}

TEST(RjafrocFile, NamesTheFileThatItCannotWrite) {
  const ReaderStudy study = make_reader_study(small_results());
  EXPECT_ERROR(write_rjafroc_file("/nowhere/study.xlsx", study), io, "/nowhere/study.xlsx");
}

// Of two digits, so that names sort as numbers do.
std::vector<StudyResult> results_of_ten_readers() {
  std::vector<StudyResult> results;
  for (int reader = 1; reader <= 10; ++reader) {
    results.push_back({"all", fmt::format("r{}", reader), small_results()[0].cases});
    for (MarkedCase& one : results.back().cases) one.false_marks.resize(reader, -reader);
  }
  return results;
}

// For readers that know nothing of this program: tests/exchange/read_back.py and read_back.R.
TEST(RjafrocFile, WritesTheGoldenDatasetsWhereOthersReadThem) {
  const char* folder = std::getenv("MAMMOGRAFT_STUDY_FOLDER");
  if (folder == nullptr) GTEST_SKIP() << "MAMMOGRAFT_STUDY_FOLDER is not set";
  std::map<std::string, std::vector<StudyResult>> studies;
  for (const RjafrocReader& reader : golden_rjafroc()) {
    studies[reader.dataset].push_back({reader.modality, reader.reader, reader.cases});
  }
  for (const auto& [dataset, results] : studies) {
    const ReaderStudy study = make_reader_study(results);
    write_rjafroc_file(fs::path(folder) / (dataset + ".xlsx"), study);
    write_imrmc_file(fs::path(folder) / (dataset + ".imrmc"), study, dataset);
  }
  write_rjafroc_file(fs::path(folder) / "ten.xlsx", make_reader_study(results_of_ten_readers()));
}

}  // namespace
}  // namespace mammograft
