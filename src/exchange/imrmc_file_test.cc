#include "exchange/imrmc_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/files.h"
#include "core/testing.h"
#include "exchange/study_testing.h"

namespace mammograft {
namespace {

// By hand, after iMRMC's manual and its InputFile.java.
const char* const kExpected =
    "Two detectors; five cases\n"
    "N0:2\nN1:3\nNR:2\nNM:2\nBEGIN DATA:\n"
    "-1,a,truth,0\n-1,e,truth,0\n-1,b,truth,1\n-1,c,truth,1\n-1,d%20d,truth,1\n"
    "seed%201,a,plain,0.5\nseed%201,e,plain,-2000\nseed%201,b,plain,0.75\n"
    "seed%201,c,plain,-2000\nseed%201,d%20d,plain,0.5\n"
    "seed%202,a,plain,0.0625\nseed%202,e,plain,-2000\nseed%202,b,plain,0.75\n"
    "seed%202,c,plain,1e-05\nseed%202,d%20d,plain,0.5\n"
    "seed%201,a,grafts%2C%202x,0.0625\nseed%201,e,grafts%2C%202x,-2000\n"
    "seed%201,b,grafts%2C%202x,0.75\nseed%201,c,grafts%2C%202x,1e-05\n"
    "seed%201,d%20d,grafts%2C%202x,0.5\n"
    "seed%202,a,grafts%2C%202x,0.5\nseed%202,e,grafts%2C%202x,-2000\n"
    "seed%202,b,grafts%2C%202x,0.75\nseed%202,c,grafts%2C%202x,-2000\n"
    "seed%202,d%20d,grafts%2C%202x,0.5\n";

TEST(ImrmcFile, HoldsTruthAndTheHighestMarkOfEveryCase) {
  const TestFolder folder;
  const ReaderStudy study = make_reader_study(small_results());
  write_imrmc_file(folder / "study.imrmc", study, "Two detectors:\nfive cases");
  EXPECT_EQ(read_file(folder / "study.imrmc"), kExpected);
}

TEST(ImrmcFile, IsTheSameForShuffledCases) {
  std::vector<StudyResult> results = small_results();
  for (StudyResult& result : results) std::reverse(result.cases.begin(), result.cases.end());
  EXPECT_EQ(imrmc_text(make_reader_study(results), "x"),
            imrmc_text(make_reader_study(small_results()), "x"));
}

TEST(ImrmcFile, RefusesAMarkThatWouldLookLikeNone) {
  std::vector<StudyResult> results = small_results();
  results[2].cases[4].false_marks = {-2000};
  EXPECT_ERROR(imrmc_text(make_reader_study(results), "x"), bad_input,
               "case 'e': score: found -2000, expected more than -2000");
}

TEST(ImrmcFile, RefusesAStudyWithoutNormalCasesAndTheNameOfTruth) {
  std::vector<StudyResult> results = small_results();
  for (StudyResult& result : results) {
    for (MarkedCase& one : result.cases) one.lesions = {{0.5, 1}};
  }
  EXPECT_ERROR(imrmc_text(make_reader_study(results), "x"), bad_input, "no normal case");
  results = small_results();
  for (StudyResult& result : results) {
    if (result.reader == "seed 1") result.reader = "-1";
  }
  EXPECT_ERROR(imrmc_text(make_reader_study(results), "x"), bad_input, "reader '-1'");
}

}  // namespace
}  // namespace mammograft
