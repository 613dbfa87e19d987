#include "prepare/import.h"

#include "image/image_io.h"
#include "image/value_bits.h"
#include "prepare/test_folder.h"

namespace mammograft {
namespace {

class ImportTest : public FolderTest {
 protected:
  MaskOrigin origin_ = MaskOrigin::contour;

  void SetUp() override {
    for (int i = 1; i <= 5; ++i) write_film(i);
  }
  fs::path film(int number) const { return folder_ / fmt::format("{}.png", number); }
  void write_film(int number) {
    cv::Mat pixels(60, 40, CV_16UC1, cv::Scalar(0));
    pixels(cv::Rect(0, 5, 25, 50)) = cv::Scalar(20000 + 100 * number);
    write_png(film(number), pixels);
  }
  Import plan() const {
    Import import;
    import.info = {{"importer", "test"}};
    import.categories = {{1, "mass"}};
    import.resize = {20, 30};
    for (int i = 1; i <= 5; ++i) {
      SourceImage image;
      image.file = film(i);
      image.record.id = i;
      image.record.file_name = fmt::format("images/{}.png", i);
      image.record.width = 40;
      image.record.height = 60;
      image.record.patient_id = "t/" + std::to_string(i);
      Annotation mass;
      mass.bbox = {4, 10, 16, 30};
      mass.mask_origin = origin_;
      image.annotations.push_back(mass);
      import.images.push_back(image);
    }
    return import;
  }
  Cohort import_to(const std::string& name, ImportOptions options = {}) {
    options.threads = 1;  // in order
    Progress progress;
    return run_import(plan(), folder_ / name, options, progress);
  }
  // Readable at its beginning, so that the check before the work passes it.
  void damage(int number) {
    const std::string bytes = read_file(film(number));
    write_file(film(number), bytes.substr(0, bytes.size() / 2));
  }
  static std::map<std::string, std::string> contents(const fs::path& folder) {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file())
        found[entry.path().lexically_relative(folder).string()] = read_file(entry.path());
    }
    return found;
  }
};

// One that stopped half-way goes on and ends in the same bytes; what was done is not done again.
TEST_F(ImportTest, GoesOnWhereItStopped) {
  import_to("whole");
  const std::string good = read_file(film(4));
  damage(4);
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { import_to("again"); }), "4.png");
  EXPECT_TRUE(fs::exists(folder_ / "again" / "import.jsonl"));
  EXPECT_FALSE(fs::exists(folder_ / "again" / "cohort.json"));
  write_file(film(4), good);
  const auto first = folder_ / "again" / "images" / "1.png";
  const auto time = fs::last_write_time(first);
  append_line(folder_ / "again" / "import.jsonl", R"({"image": 2, "acq)");  // cut short by a kill
  std::string journal = read_file(folder_ / "again" / "import.jsonl");
  write_file(folder_ / "again" / "import.jsonl", journal.substr(0, journal.size() - 1));
  import_to("again");
  EXPECT_EQ(fs::last_write_time(first), time);
  EXPECT_EQ(contents(folder_ / "again"), contents(folder_ / "whole"));
}

// Outlines are not in the journal: they are found anew in the pixels that were written.
TEST_F(ImportTest, RefinesOutlinesTheSameWhereItGoesOn) {
  origin_ = MaskOrigin::box;
  for (int i = 1; i <= 5; ++i) {
    cv::Mat pixels(60, 40, CV_16UC1, cv::Scalar(0));
    pixels(cv::Rect(0, 5, 25, 50)) = cv::Scalar(20000);
    if (i != 2) pixels.setTo(40000, decode_rle(rasterize(ellipse({5, 11, 15, 29}), 60, 40)));
    write_png(film(i), pixels);
  }
  ImportOptions options;
  options.outlines = "refine";
  const Cohort cohort = import_to("whole", options);
  EXPECT_EQ(cohort.annotations[0].mask_origin, MaskOrigin::refined);
  EXPECT_EQ(cohort.annotations[0].bbox, (Box{2, 5, 8, 15}));
  EXPECT_EQ(cohort.annotations[1].mask_origin, MaskOrigin::box);
  EXPECT_TRUE(cohort.annotations[1].attributes["outline"].contains("kept"));
  EXPECT_EQ(import_to("kept").annotations[0].mask_origin, MaskOrigin::box);
  const std::string good = read_file(film(4));
  damage(4);
  EXPECT_THROW(import_to("again", options), Error);
  write_file(film(4), good);
  import_to("again", options);
  EXPECT_EQ(contents(folder_ / "again"), contents(folder_ / "whole"));
}

TEST_F(ImportTest, BeginsAnewWithAnotherPlanAndReadsChangedFilesAgain) {
  const std::string good = read_file(film(4));
  damage(4);
  error_of(ErrorKind::bad_input, [&] { import_to("again"); });
  write_film(2);
  fs::last_write_time(film(2), fs::file_time_type::clock::now() + std::chrono::seconds(5));
  const auto first = folder_ / "again" / "images" / "1.png";
  const auto second = folder_ / "again" / "images" / "2.png";
  const auto first_time = fs::last_write_time(first), second_time = fs::last_write_time(second);
  error_of(ErrorKind::bad_input, [&] { import_to("again"); });
  EXPECT_EQ(fs::last_write_time(first), first_time);
  EXPECT_NE(fs::last_write_time(second), second_time);
  write_file(film(4), good);
  ImportOptions other;
  other.breast.threshold_floor += 0.01;
  import_to("again", other);
  EXPECT_NE(fs::last_write_time(first), first_time);
  EXPECT_FALSE(fs::exists(folder_ / "again" / "import.jsonl"));
}

// Of an archive, reading all headers once more takes as long as planning did.
TEST_F(ImportTest, LooksOnlyAtFilesWhoseSizeThePlanHasNotRead) {
  struct Labels : Progress {
    std::vector<std::string> started;
    void start(const std::string& label, int64_t total) override {
      started.push_back(fmt::format("{} {}", label, total));
    }
  };
  Labels all, missing;
  ImportOptions options;
  options.threads = 1;
  Import import = plan();
  import.images[0].size_is_read = true;
  run_import(import, folder_ / "all", options, all);
  EXPECT_EQ(all.started, (std::vector<std::string>{"sizes 4", "images 5"}));
  for (SourceImage& image : import.images) image.size_is_read = true;
  fs::remove(film(5));
  EXPECT_ERROR(run_import(import, folder_ / "missing", options, missing), io, "5.png");
  EXPECT_EQ(missing.started, (std::vector<std::string>{"images 5"}));
}

TEST_F(ImportTest, VerifyReadsBackWhatWasWritten) {
  ImportOptions options;
  options.verify = true;
  const Cohort cohort = import_to("out", options);
  EXPECT_EQ(cohort.images.size(), 5u);
}

}  // namespace
}  // namespace mammograft
