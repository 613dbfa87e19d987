#include "stages/carry_out.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "core/folder_lock.h"
#include "core/testing.h"
#include "stages/request.h"

namespace mammograft {
namespace {

// Writes what its option says into OUT/result.txt, or into the file OUT.
class CopyStage : public Stage {
 public:
  fs::path from, out;
  int times = 1;
  bool to_file = false;
  ErrorKind failure{};  // thrown after a folder was made
  bool writes_first = false;
  enum class Death { none, first, last } death = Death::none;  // of its process
  int runs = 0;

  std::string name() const override { return "copy"; }
  Output output() const override { return {out, to_file ? "" : "result.txt"}; }
  std::vector<fs::path> inputs() const override { return {from}; }
  Json options() const override { return {{"times", times}, {"group", {{"inner", times}}}}; }
  void check() const override {
    if (times < 0) fail(ErrorKind::usage, "times: found {}, expected 0 or more", times);
  }
  std::vector<std::string> unfinished() const override { return {"begun.txt", "parts/0.txt"}; }
  void run(const RunContext&) override {
    ++runs;
    if (!to_file) create_folder(out / "parts" / "inner");
    if (writes_first) write_file(out / "parts" / "1.txt", "new");
    if (death == Death::first) ::_exit(1);
    if (failure != ErrorKind{}) fail(failure, "failed");
    std::string text;
    for (int i = 0; i < times; ++i) text += read_file(from);
    write_file(output().marked(), text);
    if (death == Death::last) ::_exit(1);
  }
};

// As on a full disk: nothing is written as long as it lives.
class FullDisk {
 public:
  FullDisk() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit none{0, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*handler_)(int);
  rlimit limit_{};
};

struct StageTest : testing::Test {
  TestFolder folder;
  Progress progress;
  CopyStage stage;
  StageTest() {
    stage.from = folder.path() / "in.txt";
    stage.out = folder.path() / "deep" / "out";
    write_file(stage.from, "abc");
  }
  RunContext context(uint64_t seed = 1) { return {seed, 1, "cpu", progress}; }
  void kill_forced(CopyStage::Death death) {
    const pid_t process = ::fork();
    if (process == 0) {
      CopyStage dying = stage;
      dying.death = death;
      (void)error_message([&] { carry_out(dying, context(), /*force=*/true); });
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(process, &status, 0), process);
    ASSERT_EQ(WEXITSTATUS(status), 1);
  }
  // A forced run that ends before it has written anything.
  void fail_forced() {
    CopyStage failing = stage;
    failing.failure = ErrorKind::bad_input;
    failing.writes_first = false;
    EXPECT_ERROR(carry_out(failing, context(), /*force=*/true), bad_input, "failed");
  }
  bool anything_aside() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
      if (entry.path().extension() == ".former" || entry.path().filename() == ".former")
        return true;
    return false;
  }
};

TEST_F(StageTest, IsMadeOnceAndThenFinished) {
  EXPECT_FALSE(finished(stage, 1));
  EXPECT_EQ(carry_out(stage, context()), StageOutcome::made);
  EXPECT_TRUE(finished(stage, 1));
  EXPECT_FALSE(finished(stage, 2)) << "another seed";
  EXPECT_EQ(carry_out(stage, context()), StageOutcome::finished_before);
  EXPECT_EQ(stage.runs, 1);
  EXPECT_EQ(carry_out(stage, context(), /*force=*/true), StageOutcome::made);
  EXPECT_EQ(stage.runs, 2);
}

TEST_F(StageTest, WhereAnotherOneWritesNothingBegins) {
  fs::create_directories(stage.out);
  std::optional<FolderLock> another(std::in_place, stage.out);
  EXPECT_ERROR(carry_out(stage, context()), usage, "out: another command writes into it");
  EXPECT_ERROR(carry_out(stage, context(), /*force=*/true), usage, "another command writes");
  EXPECT_EQ(stage.runs, 0);
  EXPECT_TRUE(fs::is_empty(stage.out));
  another.reset();
  EXPECT_EQ(carry_out(stage, context()), StageOutcome::made);
}

TEST_F(StageTest, AFileIsAnOutputToo) {
  stage.to_file = true;
  stage.out = folder.path() / "folds.json";
  EXPECT_EQ(carry_out(stage, context()), StageOutcome::made);
  EXPECT_TRUE(fs::exists(folder.path() / "folds.stage.json"));
  EXPECT_EQ(carry_out(stage, context()), StageOutcome::finished_before);
}

TEST_F(StageTest, AnythingElseIsAnErrorThatNamesTheDifference) {
  carry_out(stage, context());
  stage.times = 2;
  EXPECT_ERROR(carry_out(stage, context()), usage,
               "result.txt: exists (options.group.inner: found 1, expected 2); choose another");
  stage.times = 1;
  EXPECT_ERROR(carry_out(stage, context(7)), usage, "seed: found 1, expected 7");
  write_file(stage.from, "xyz");
  EXPECT_ERROR(carry_out(stage, context()), usage, "in.txt: is not what it was");
  EXPECT_EQ(carry_out(stage, context(), /*force=*/true), StageOutcome::made);
  EXPECT_EQ(read_file(stage.out / "result.txt"), "xyz");
}

TEST_F(StageTest, AnOutputThatNobodyDescribedIsNotReplaced) {
  carry_out(stage, context());
  fs::remove(stage.out / "stage.json");
  EXPECT_FALSE(finished(stage, 1));
  EXPECT_ERROR(carry_out(stage, context()), usage, "or --force to replace it");
}

// Somebody's images are not moved aside for a file of the same name.
TEST_F(StageTest, AFolderIsNoFileToReplace) {
  stage.to_file = true;
  stage.out = folder.path() / "mine";
  create_folder(stage.out);
  write_file(stage.out / "scan.png", "pixels");
  for (const bool force : {false, true}) {
    EXPECT_ERROR(carry_out(stage, context(), force), usage, "mine: found a folder");
    EXPECT_EQ(read_file(stage.out / "scan.png"), "pixels");
  }
}

// Killed before the marker: the next run goes on from what is there. Force begins anew.
TEST_F(StageTest, AnUnfinishedOutputIsContinuedUnlessForced) {
  carry_out(stage, context());
  fs::remove(stage.out / "result.txt");
  write_file(stage.out / "begun.txt", "half");
  EXPECT_EQ(carry_out(stage, context()), StageOutcome::made);
  EXPECT_TRUE(fs::exists(stage.out / "begun.txt"));
  EXPECT_EQ(carry_out(stage, context(), /*force=*/true), StageOutcome::made);
  EXPECT_FALSE(fs::exists(stage.out / "begun.txt"));
}

// The results of a search in texts may change without a change of their sizes.
TEST_F(StageTest, TextsInAnInputFolderCountByWhatTheySay) {
  create_folder(folder.path() / "in");
  const auto digest = [&] { return digest_of(folder.path() / "in"); };
  write_file(folder.path() / "in" / "a.txt", "0.50");
  write_file(folder.path() / "in" / "a.png", "pixels");
  const std::string before = digest();
  write_file(folder.path() / "in" / "a.png", "PIXELS");
  EXPECT_EQ(digest(), before) << "of an archive of images nobody reads every byte twice";
  write_file(folder.path() / "in" / "a.txt", "0.99");
  EXPECT_NE(digest(), before);
}

// A trained model is not lost to a mistyped path.
TEST_F(StageTest, WhatForceWouldReplaceStaysUnlessTheStageWritesSomething) {
  carry_out(stage, context());
  write_file(stage.out / "begun.txt", "half");
  write_file(stage.out / "parts" / "0.txt", "old");
  fail_forced();
  EXPECT_EQ(read_file(stage.out / "result.txt"), "abc");
  EXPECT_EQ(read_file(stage.out / "begun.txt"), "half");
  EXPECT_EQ(read_file(stage.out / "parts" / "0.txt"), "old");
  EXPECT_TRUE(finished(stage, 1));
  EXPECT_FALSE(anything_aside());

  stage.failure = ErrorKind::bad_input;
  stage.writes_first = true;
  EXPECT_ERROR(carry_out(stage, context(), /*force=*/true), bad_input, "failed");
  EXPECT_FALSE(fs::exists(stage.out / "result.txt"));
  EXPECT_FALSE(fs::exists(stage.out / "parts" / "0.txt"));
  EXPECT_FALSE(anything_aside());
}

TEST_F(StageTest, WhatForceWouldReplaceStaysOnAFullDisk) {
  for (const bool to_file : {false, true}) {
    stage.to_file = to_file;
    stage.out = folder.path() / "full" / (to_file ? "folds.json" : "out");
    carry_out(stage, context());
    const auto on_full_disk = [&] {
      const FullDisk full;
      carry_out(stage, context(), /*force=*/true);
    };
    EXPECT_ERROR(on_full_disk(), io, "cannot write");
    EXPECT_EQ(read_file(stage.output().marked()), "abc");
    EXPECT_TRUE(finished(stage, 1));
    EXPECT_FALSE(anything_aside());
  }
}

TEST_F(StageTest, AFileThatForceWouldReplaceKeepsWhatItWasMadeFrom) {
  stage.to_file = true;
  carry_out(stage, context());
  fail_forced();
  EXPECT_TRUE(finished(stage, 1));
}

// The request of the run that failed is not that of the result.
TEST_F(StageTest, AResultThatNobodyDescribedComesBackWithoutADescription) {
  carry_out(stage, context());
  fs::remove(stage.out / "stage.json");
  fail_forced();
  EXPECT_EQ(read_file(stage.out / "result.txt"), "abc");
  EXPECT_FALSE(finished(stage, 1));
}

TEST_F(StageTest, WhatAKilledRunLeftAsideGoesWithTheNextThatFinishes) {
  carry_out(stage, context());
  kill_forced(CopyStage::Death::first);
  EXPECT_FALSE(finished(stage, 1));
  EXPECT_TRUE(anything_aside());
  EXPECT_EQ(carry_out(stage, context()), StageOutcome::made);
  EXPECT_FALSE(anything_aside());
  kill_forced(CopyStage::Death::last);
  EXPECT_TRUE(anything_aside());
  EXPECT_EQ(carry_out(stage, context()), StageOutcome::finished_before);
  EXPECT_FALSE(anything_aside());
}

TEST_F(StageTest, WhatAKilledRunLeftAsideComesBackUnlessThatHadWrittenSomething) {
  carry_out(stage, context());
  write_file(stage.out / "begun.txt", "half");
  kill_forced(CopyStage::Death::first);
  fail_forced();
  EXPECT_EQ(read_file(stage.out / "begun.txt"), "half");
  EXPECT_TRUE(finished(stage, 1));
  stage.writes_first = true;
  kill_forced(CopyStage::Death::first);
  fail_forced();
  EXPECT_FALSE(fs::exists(stage.out / "result.txt"));
  EXPECT_FALSE(anything_aside());
}

TEST_F(StageTest, ARefusedStageLeavesNothing) {
  stage.times = -1;
  EXPECT_ERROR(carry_out(stage, context()), usage, "times");
  EXPECT_FALSE(fs::exists(folder.path() / "deep"));
  stage.times = 1;
  stage.failure = ErrorKind::bad_input;
  EXPECT_ERROR(carry_out(stage, context()), bad_input, "failed");
  EXPECT_FALSE(fs::exists(folder.path() / "deep"));
}

TEST_F(StageTest, AFailedStageLeavesWhatWasThereBefore) {
  create_folder(stage.out);
  write_file(stage.out / "mine.txt", "keep");
  stage.failure = ErrorKind::bad_input;
  EXPECT_ERROR(carry_out(stage, context()), bad_input, "failed");
  EXPECT_EQ(read_file(stage.out / "mine.txt"), "keep");
}

TEST(Digest, KnowsFilesByTheirBytesAndFoldersByTheirListing) {
  TestFolder folder;
  const fs::path scans = folder.path() / "scans";
  create_folder(scans / "a");
  write_file(scans / "a" / "1.png", "12345");
  const std::string before = digest_of(scans);
  EXPECT_EQ(digest_of(scans), before);
  write_file(scans / "a" / "1.png", "123456");
  EXPECT_NE(digest_of(scans), before);
  EXPECT_EQ(digest_of(scans / "a" / "1.png"), hash_hex("123456"));
  EXPECT_EQ(digest_of(folder.path() / "nowhere"), "");
}

TEST(Digest, KnowsACohortByItsDescription) {
  TestFolder folder;
  write_file(folder.path() / "cohort.json", "{}");
  const std::string before = digest_of(folder.path());
  write_file(folder.path() / "1.png", "pixels");
  EXPECT_EQ(digest_of(folder.path()), before);
  write_file(folder.path() / "cohort.json", "{ }");
  EXPECT_NE(digest_of(folder.path()), before);
}

// `prepare --images scans --out scans/cohort`: what is written there is no other input.
TEST(Digest, LeavesOutAnOutputInsideOfItsInput) {
  TestFolder folder;
  write_file(folder.path() / "1.png", "12345");
  const std::string before = digest_of(folder.path(), folder.path() / "out");
  create_folder(folder.path() / "out" / "images");
  write_file(folder.path() / "out" / "images" / "1.png", "67890");
  EXPECT_EQ(digest_of(folder.path(), folder.path() / "." / "out"), before);
  EXPECT_NE(digest_of(folder.path()), before);
}

TEST(RequestFile, ComesBackAsItWasWritten) {
  TestFolder folder;
  const Output output{folder.path(), "cohort.json"};
  EXPECT_FALSE(read_request(output).has_value());
  const Request request{
      "phantom", "1.0", 18446744073709551615ull, {{"a", 1.5}}, {{"x.json", "00ff"}}};
  write_request(output, request);
  const Request read = read_request(output).value();
  EXPECT_EQ(difference(read, request), "");
  EXPECT_EQ(read.inputs[0].path, "x.json");
}

}  // namespace
}  // namespace mammograft
