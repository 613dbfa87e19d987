#include "core/training_log.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

using Numbers = std::vector<double>;

TEST(TrainingLog, EveryNumberIsASeries) {
  const TestFolder folder;
  const fs::path log = folder / "log.jsonl";
  write_file(log,
             "{\"step\":2,\"learning_rate\":0.5,\"loss\":3,\"note\":\"x\"}\n"
             "\n"
             "{\"note\":1}\n"
             "{\"step\":4,\"learning_rate\":0.25,\"loss\":2,\"loss_mask\":1}\n");
  const std::vector<LogSeries> series = read_log(log);
  ASSERT_EQ(series.size(), 3u);
  EXPECT_EQ(series[0].name, "learning_rate");
  EXPECT_EQ(series[1].name, "loss");
  EXPECT_EQ(series[1].step, (Numbers{2, 4}));
  EXPECT_EQ(series[1].value, (Numbers{3, 2}));
  EXPECT_EQ(series[2].name, "loss_mask");
  EXPECT_EQ(series[2].step, (Numbers{4}));
}

TEST(TrainingLog, AStepThatWasRepeatedCountsTheLastTime) {
  const TestFolder folder;
  const fs::path log = folder / "log.jsonl";
  write_file(log,
             "{\"step\":1,\"loss\":9}\n{\"step\":2,\"loss\":8}\n{\"step\":1,\"loss\":7}\n"
             "{\"step\":3,\"loss\":6}\n");
  const LogSeries loss = read_log(log).at(0);
  EXPECT_EQ(loss.step, (Numbers{1, 2, 3}));
  EXPECT_EQ(loss.value, (Numbers{7, 8, 6}));
}

TEST(TrainingLog, ALineCutShortIsLeftOutAndGarbageIsNamed) {
  const TestFolder folder;
  const fs::path log = folder / "a.jsonl";
  write_file(log, "{\"step\":1,\"loss\":2}\n{\"step\":2,\"lo");
  EXPECT_EQ(read_log(log).at(0).step, (Numbers{1}));
  cut_log(log, 1);
  EXPECT_EQ(read_file(log), "{\"step\":1,\"loss\":2}\n");
  for (const char* garbage : {"nonsense\n", "[1]\n"}) {
    write_file(log, std::string("{\"step\":1}\n\n") + garbage);
    EXPECT_ERROR(read_log(log), bad_input, "a.jsonl: line 3: expected a JSON object");
    EXPECT_ERROR(cut_log(log, 1), bad_input, "a.jsonl: line 3");
  }
  EXPECT_ERROR(read_log(folder / "none.jsonl"), io, "none.jsonl");
}

TEST(TrainingLog, LinesAfterAStepAreCutOff) {
  const TestFolder folder;
  const fs::path log = folder / "log.jsonl";
  const std::string first = "{\"step\":5,\"loss\":2}\n", second = "{\"step\":10,\"loss\":1}\n";
  write_file(log, first + second);
  cut_log(log, 10);
  EXPECT_EQ(read_file(log), first + second);
  cut_log(log, 9);
  EXPECT_EQ(read_file(log), first);
  cut_log(log, 0);
  EXPECT_EQ(read_file(log), "");
  cut_log(folder / "none.jsonl", 0);
  EXPECT_FALSE(fs::exists(folder / "none.jsonl"));
}

}  // namespace
}  // namespace mammograft
