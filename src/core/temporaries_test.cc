#include "core/temporaries.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "core/files.h"
#include "core/testing.h"

namespace mammograft {
namespace {

// A process that calls body() and then waits to be killed; body's last act is visible outside
// before the constructor returns.
class Child {
 public:
  explicit Child(const std::function<void()>& body) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    process_ = ::fork();
    if (process_ == 0) {
      body();
      const bool told = ::write(ends[1], "x", 1) == 1;
      while (told) ::pause();
      ::_exit(1);
    }
    char ready = 0;
    EXPECT_EQ(::read(ends[0], &ready, 1), 1);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  ~Child() { kill(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  pid_t process() const { return process_; }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  pid_t process_ = -1;
};

pid_t process_that_is_gone() {
  Child child([] {});
  const pid_t process = child.process();
  child.kill();
  return process;
}

class TemporariesTest : public testing::Test {
 protected:
  // What `process` would have called its temporary on this machine.
  std::string name_of(pid_t process) const {
    const Temporary example = create_temporary(folder_ / "a.png");
    std::string name = example.path.filename().string();
    fs::remove(example.path);
    const std::string own = fmt::format("-{}-", ::getpid());
    return name.replace(name.find(own), own.size(), fmt::format("-{}-", process));
  }
  fs::path put(const std::string& name, int hours_old = 0) const {
    const fs::path path = folder_ / name;
    std::ofstream(path) << "half";
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(hours_old));
    return path;
  }
  bool survives(const fs::path& path) const {
    remove_abandoned_temporaries(folder_.path());
    return fs::exists(path);
  }

  const TestFolder folder_;
};

TEST_F(TemporariesTest, StayWhileTheirProcessLives) {
  const auto begin = [&] { new AtomicFile(folder_ / "model.safetensors"); };
  Child child(begin);
  const fs::path half = fs::directory_iterator(folder_.path())->path();
  fs::last_write_time(half, fs::file_time_type::clock::now() - std::chrono::hours(1000));
  EXPECT_TRUE(survives(half)) << "a suspended process may come back";
  child.kill();
  EXPECT_FALSE(survives(half));
}

TEST_F(TemporariesTest, OfThisProcessStay) {
  const AtomicFile file(folder_ / "a.png");
  const Temporary sub = create_temporary_folder(folder_.path());
  EXPECT_TRUE(survives(file.temporary()));
  EXPECT_TRUE(fs::exists(sub.path));
}

TEST_F(TemporariesTest, OfAProcessThatIsGoneGo) {
  const pid_t gone = process_that_is_gone();
  EXPECT_FALSE(survives(put(name_of(gone))));
  EXPECT_FALSE(survives(put(fmt::format(".mammograft-{}-0.tmp.safetensors", gone))))
      << "the name that earlier versions gave";
  const fs::path sub = folder_ / fmt::format(".mammograft-{}-1.tmp", gone);
  fs::create_directory(sub);
  std::ofstream(sub / "plot.svg") << "half";
  EXPECT_FALSE(survives(sub));
}

// A number that lives again says nothing: in a container it is always 1.
TEST_F(TemporariesTest, NumbersThatWereGivenAgain) {
  EXPECT_FALSE(survives(put(name_of(::getpid()))));
  const Child other([] {});
  EXPECT_TRUE(survives(put(name_of(other.process()))));
  EXPECT_FALSE(survives(put(name_of(other.process()), 25)));
}

TEST_F(TemporariesTest, OfAnotherMachineStayForADay) {
  const std::string name = fmt::format(".mammograft-00000000-{}-0.tmp.png", process_that_is_gone());
  EXPECT_TRUE(survives(put(name, 23)));
  const fs::path old = put(name, 25);
  {
    const Descriptor held(::open(old.c_str(), O_RDONLY));
    ASSERT_EQ(::flock(held.get(), LOCK_EX), 0);
    EXPECT_TRUE(survives(old)) << "its process holds the lock";
  }
  EXPECT_FALSE(survives(old));
}

TEST_F(TemporariesTest, OtherFilesStay) {
  for (const char* name :
       {".mammograft-notes.tmp", ".mammograft-12-3.png", ".mammograft-x-12-3.txt",
        "mammograft-1-2.tmp", ".mammograft-0-1.tmp", ".mammograft--1-1.tmp"}) {
    EXPECT_TRUE(survives(put(name, 1000))) << name;
  }
  EXPECT_NO_THROW(remove_abandoned_temporaries(folder_ / "nowhere"));
}

TEST_F(TemporariesTest, TheFirstWriteIntoAFolderClearsIt) {
  const std::string half = fmt::format(".mammograft-{}-0.tmp.png", process_that_is_gone());
  fs::create_directory(folder_ / "in");
  fs::create_directory(folder_ / "other");
  put("in/" + half);
  put("other/" + half);
  write_file(folder_ / "in" / "a.png", "whole");
  EXPECT_FALSE(fs::exists(folder_ / "in" / half));
  EXPECT_TRUE(fs::exists(folder_ / "other" / half)) << "nothing was written there";
  EXPECT_EQ(read_file(folder_ / "in" / "a.png"), "whole");
}

// Several processes write into one folder and clear it at the same time: nothing is lost.
TEST_F(TemporariesTest, ManyProcessesInOneFolder) {
  std::vector<pid_t> writers;
  for (int w = 0; w < 4; ++w) {
    const pid_t process = ::fork();
    if (process == 0) {
      try {
        for (int i = 0; i < 100; ++i) {
          remove_abandoned_temporaries(folder_.path());
          write_file(folder_ / fmt::format("{}-{}.txt", w, i), "whole");
        }
      } catch (const Error&) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    writers.push_back(process);
  }
  for (const pid_t process : writers) {
    int status = 0;
    ASSERT_EQ(::waitpid(process, &status, 0), process);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 400);
}

}  // namespace
}  // namespace mammograft
