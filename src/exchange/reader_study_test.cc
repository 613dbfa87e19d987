#include "exchange/reader_study.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/testing.h"
#include "exchange/study_testing.h"

namespace mammograft {
namespace {

TEST(ReaderStudy, PutsNormalCasesFirstThenSortsByName) {
  const ReaderStudy study = make_reader_study(small_results());
  EXPECT_EQ(study.modalities, (std::vector<std::string>{"plain", "grafts, 2x"}));
  EXPECT_EQ(study.readers, (std::vector<std::string>{"seed 1", "seed 2"}));
  ASSERT_EQ(study.cases(), 5u);
  EXPECT_EQ(study.normal, 2u);
  EXPECT_EQ(study.diseased(), 3u);
  std::vector<std::string> names;
  for (const MarkedCase& one : study.truth()) names.push_back(one.name);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "e", "b", "c", "d d"}));
}

TEST(ReaderStudy, KeepsTheOrderOfSystemsButNotOfTheirResults) {
  std::vector<StudyResult> results = small_results();
  std::swap(results[1], results[3]);
  const ReaderStudy study = make_reader_study(results);
  EXPECT_EQ(study.of(1, 1)[0].false_marks,
            make_reader_study(small_results()).of(1, 1)[0].false_marks);
}

void expect_refused(const std::function<void(std::vector<StudyResult>&)>& change,
                    const std::string& words) {
  std::vector<StudyResult> results = small_results();
  change(results);
  EXPECT_ERROR(make_reader_study(results), bad_input, words);
}

using Results = std::vector<StudyResult>;

TEST(ReaderStudy, RefusesResultsThatAreNotOfTheSameCases) {
  expect_refused([](Results& r) { r[1].cases.pop_back(); },
                 "modality 'plain', reader 'seed 2': found 4 cases, expected the 5");
  expect_refused([](Results& r) { r[1].cases[0].name = "z"; }, "found case 'e' with 0 lesions");
  expect_refused([](Results& r) { r[1].cases[1].lesions.push_back({1, 0}); },
                 "expected case 'b' with 2");
  expect_refused([](Results& r) { r[2].cases[1].lesions[0].weight = 0.3; }, "weighing alike");
  expect_refused([](Results& r) { r[0].cases[4].name = "a"; }, "case 'a': found twice");
}

TEST(ReaderStudy, RefusesWhatIsNoStudy) {
  expect_refused([](Results& r) { r.clear(); }, "found no result or no case");
  expect_refused([](Results& r) { r[0].cases.clear(); }, "found no result or no case");
  expect_refused([](Results& r) { r.pop_back(); },
                 "modality 'grafts, 2x', reader 'seed 2': missing");
  expect_refused([](Results& r) { r[1].reader = "seed 1"; }, "given twice");
  expect_refused([](Results& r) { r[1].modality.clear(); }, "expected a name of both");
  expect_refused(
      [](Results& r) {
        for (StudyResult& result : r) {
          for (MarkedCase& one : result.cases) one.lesions.clear();
        }
      },
      "no case with a lesion");
}

TEST(ReaderStudy, RefusesScoresThatAreNotFinite) {
  expect_refused([](Results& r) { r[3].cases[0].false_marks = {NAN}; }, "score: found nan");
  expect_refused([](Results& r) { r[0].cases[1].lesions[0].rating = INFINITY; }, "found inf");
  expect_refused([](Results& r) { r[0].cases[0].false_marks = {kUnmarked}; }, "found -inf");
}

TEST(ReaderStudy, WritesNamesSoThatNothingSplitsThem) {
  EXPECT_EQ(study_id("P_00001/left.png"), "P_00001/left.png");
  EXPECT_EQ(study_id("a b,c%\n\xc3\xbc"), "a%20b%2Cc%25%0A%C3%BC");
}

}  // namespace
}  // namespace mammograft
