#include "prepare/mias.h"

#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>

#include "cohort/annotation_index.h"
#include "image/image_io.h"
#include "prepare/test_folder.h"

namespace mammograft {
namespace {

const char* kInfo =
    "mdb stands for the database\n"  // prose
    "mdb001 G CIRC B 535 425 197\r\n"
    "mdb002 D NORM \n"
    "mdb005 F CIRC B 477 133 30\n"
    "mdb005 F CIRC B 500 168 26\n"
    "mdb059 F CIRC B\n"
    "mdb216 D CALC M *NOTE 3* \n"
    "mdb223 D CALC B 523 482 29\n";

class MiasTest : public FolderTest {
 protected:
  void write_info(const std::string& text) { write_file(folder_ / "Info.txt", text); }

  // A film of 1024 x 1024 with a bright half disc as breast.
  void write_film(int number, int side = 1024) {
    cv::Mat film(side, side, CV_8UC1, cv::Scalar(0));
    cv::ellipse(film, {0, side / 2}, {side / 2, side / 3}, 0, -90, 90, cv::Scalar(120), cv::FILLED);
    write_png(folder_ / fmt::format("mdb{:03}.png", number), film);
  }
  void write_films() {
    for (const int number : {1, 2, 5, 59, 216, 223}) write_film(number);
  }
  Cohort prepare(const MiasOptions& options = {}) {
    Progress progress;
    return prepare_mias(folder_, folder_ / "out", options, progress);
  }
  std::string message_of(const std::string& info) {
    write_info(info);
    return error_of(ErrorKind::bad_input, [&] { read_mias_info(folder_ / "Info.txt"); });
  }
};

TEST_F(MiasTest, ReadsEveryKindOfRow) {
  write_info(kInfo);
  const auto rows = read_mias_info(folder_ / "Info.txt");
  ASSERT_EQ(rows.size(), 7u);
  EXPECT_EQ(rows[0].place->radius, 197);
  EXPECT_EQ(rows[1].kind, "NORM");
  EXPECT_FALSE(rows[4].place);
  EXPECT_EQ(rows[5].note, "NOTE 3");
}

TEST_F(MiasTest, RefusesWhatIsNotInfoTxt) {
  for (const std::string& text :
       {std::string("hello\n"), std::string(), std::string("\0\1\xff", 3)})
    EXPECT_CONTAINS(message_of(text), "expected the Info.txt of mini-MIAS");
  EXPECT_CONTAINS(message_of("mdb001 X NORM\n"), "Info.txt: line 1: found tissue X");
  EXPECT_CONTAINS(message_of("mdb001 G\n"), "line 1: found a row cut short");
  EXPECT_CONTAINS(message_of("mdb001 G CYST B\n"), "found class CYST");
  EXPECT_CONTAINS(message_of("\nmdb001 G CIRC X 1 2 3\n"), "line 2: found severity \"X\"");
  EXPECT_CONTAINS(message_of("mdb001 G CIRC B 535 425\n"), "found an incomplete place");
  EXPECT_CONTAINS(message_of("mdb001 G CIRC B 535 1024 9\n"), "found y \"1024\"");
  EXPECT_CONTAINS(message_of("mdb001 G CIRC B 535 -4 9\n"), "found y \"-4\"");
  EXPECT_CONTAINS(message_of("mdb001 G CIRC B 535 NaN 9\n"), "found y \"NaN\"");
  EXPECT_CONTAINS(message_of("mdb001 G CIRC B 535 425 0\n"), "found radius \"0\"");
  EXPECT_CONTAINS(message_of("mdb001 G NORM\nmdb001 G CIRC B 5 5 5\n"), "line 2: found mdb001");
  EXPECT_CONTAINS(message_of("mdb400 G NORM\n"), "found mdb400");
}

TEST_F(MiasTest, MakesACohort) {
  write_info(kInfo);
  write_films();
  const Cohort cohort = prepare();
  const Cohort again = read_cohort(folder_ / "out");
  ASSERT_EQ(again.images.size(), 6u);
  EXPECT_EQ(again.images.size(), cohort.images.size());
  const std::map<int, Status> expected = {{1, Status::mass},    {2, Status::normal},
                                          {5, Status::mass},    {59, Status::other},
                                          {216, Status::other}, {223, Status::other}};
  for (const auto& [number, status] : expected) EXPECT_EQ(again.image(number).status, status);
  EXPECT_EQ(again.image(1).patient_id, again.image(2).patient_id);
  EXPECT_EQ(again.image(1).patient_id, "mias/001");
  EXPECT_EQ(again.image(59).patient_id, "mias/030");
  EXPECT_EQ(again.image(1).laterality, "L");
  EXPECT_EQ(again.image(2).laterality, "R");
  EXPECT_EQ(again.image(1).view, "MLO");
  EXPECT_EQ((*again.image(1).pixel_spacing_mm)[0], 0.2);
  EXPECT_EQ(again.image(223).acquisition["findings"][0]["class"], "CALC");
  EXPECT_EQ(again.image(1).acquisition["original_bits"], 8);
  EXPECT_EQ(again.image(1).acquisition["tissue"], "G");
  ASSERT_EQ(again.annotations.size(), 3u);
  const AnnotationIndex annotations(again);
  ASSERT_TRUE(annotations.any(5));
  const Annotation& mass = *annotations.of(5)[0];
  EXPECT_EQ(mass.bbox, (Box{447.5, 860.5, 507.5, 920.5}));  // row 1023 - 133 = 890, radius 30
  EXPECT_EQ(mass.mask_origin, MaskOrigin::circle);
  EXPECT_DOUBLE_EQ(*mass.size_mm, 12);
  EXPECT_NEAR(double(area(annotation_mask(mass, again.image(5)))), 3.14159 * 900, 30);
  const cv::Mat pixels = read_pixels(again, again.image(1));
  EXPECT_EQ(pixels.at<uint16_t>(512, 5), 120 * 257);
  EXPECT_EQ(pixels.at<uint16_t>(512, 1000), 0);
  EXPECT_NEAR(again.image(1).breast_bbox->x1, 512, 12);
}

TEST_F(MiasTest, SameInputSameBytesWithOneThreadOrTwo) {
  write_info(kInfo);
  write_films();
  MiasOptions options;
  options.threads = 1;
  prepare(options);
  const std::string first = read_file(folder_ / "out/cohort.json");
  options.threads = 2;
  prepare(options);
  EXPECT_EQ(read_file(folder_ / "out/cohort.json"), first);
}

TEST_F(MiasTest, StopsOrSkipsAtABadImage) {
  write_info(kInfo);
  write_films();
  write_film(5, 1000);                              // another size
  write_file(folder_ / "mdb002.png", "not a PNG");  // not an image
  fs::remove(folder_ / "mdb059.png");               // missing
  EXPECT_THROW(prepare(), Error);
  EXPECT_FALSE(fs::exists(folder_ / "out/cohort.json"));
  MiasOptions options;
  options.keep_going = true;
  const Cohort cohort = prepare(options);
  EXPECT_EQ(cohort.images.size(), 3u);
  EXPECT_EQ(cohort.annotations.size(), 1u);
  ASSERT_EQ(cohort.info["skipped"].size(), 3u);
  EXPECT_EQ(cohort.info["skipped"][0]["file_name"], "mdb002.png");
  EXPECT_CONTAINS(cohort.info["skipped"][1]["reason"].get<std::string>(), "found 1000 x 1000");
}

TEST_F(MiasTest, PassesOverWhatOtherSystemsLeave) {
  write_info(kInfo);
  write_films();
  write_file(folder_ / "._mdb001.pgm", "AppleDouble");
  write_file(folder_ / ".mdb002.pgm", "hidden");
  write_file(folder_ / "Thumbs.db", "thumbnails");
  EXPECT_EQ(prepare().images.size(), 6u);
}

TEST_F(MiasTest, KeepGoingSkipsImagesWithWrongRowsOrTwoFiles) {
  write_info(
      "mdb001 G CIRC B 535 sixty 197\nmdb002 D NORM\nmdb005 F CIRC B 477 133 30\n"
      "mdb005 F NORM\nmdb059 F CIRC B\nmdb216 D NORM\n");
  write_films();
  fs::copy(folder_ / "mdb059.png", folder_ / "mdb059.pgm");
  MiasOptions options;
  options.keep_going = true;
  const Cohort cohort = prepare(options);
  ASSERT_EQ(cohort.images.size(), 2u);
  EXPECT_EQ(cohort.images[0].id, 2);
  EXPECT_EQ(cohort.images[1].id, 216);
  std::vector<std::string> reasons;
  for (const Json& skipped : cohort.info["skipped"]) reasons.push_back(skipped["reason"]);
  ASSERT_EQ(reasons.size(), 3u);
  EXPECT_CONTAINS(reasons[0], "line 1: found y \"sixty\"");
  EXPECT_CONTAINS(reasons[1], "line 4: found mdb005 a second time");
  EXPECT_CONTAINS(reasons[2], "mdb059.pgm and mdb059.png");
}

TEST_F(MiasTest, RefusesTwoImagesWithOneName) {
  write_info(kInfo);
  write_films();
  fs::copy(folder_ / "mdb001.png", folder_ / "mdb001.pgm");
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { prepare(); }), "two images with one name");
}

TEST_F(MiasTest, CancelLeavesNoCohort) {
  write_info(kInfo);
  write_films();
  request_cancel();
  EXPECT_NE(error_of(ErrorKind::cancelled, [&] { prepare(); }), "");
  clear_cancel();
  EXPECT_FALSE(fs::exists(folder_ / "out/cohort.json"));
  EXPECT_EQ(prepare().images.size(), 6u);  // the same command starts over
}

TEST_F(MiasTest, WantsInfoTxt) {
  EXPECT_CONTAINS(error_of(ErrorKind::io, [&] { prepare(); }), "Info.txt: missing");
  Progress progress;
  error_of(ErrorKind::io,
           [&] { prepare_mias(folder_ / "none", folder_ / "out", MiasOptions(), progress); });
}

// The whole database, where it lies beside the project; about 20 s of a core, hence "Slow".
TEST_F(MiasTest, SlowSharedDatabase) {
  const fs::path shared = fs::path(MAMMOGRAFT_SOURCE_DIR) / "../shared/data/mini-mias";
  if (!fs::exists(shared / "Info.txt")) GTEST_SKIP() << "../shared/data/mini-mias is not there";
  Progress progress;
  const Cohort cohort = prepare_mias(shared, folder_ / "out", MiasOptions(), progress);
  std::map<Status, int> images;
  std::map<std::string, int> patients;
  for (const ImageRecord& image : cohort.images) {
    ++images[image.status];
    ++patients[image.patient_id];
  }
  EXPECT_EQ(images[Status::mass], 55);
  EXPECT_EQ(images[Status::normal], 207);
  EXPECT_EQ(images[Status::other], 60);
  EXPECT_EQ(cohort.annotations.size(), 58u);
  EXPECT_EQ(patients.size(), 161u);
}

}  // namespace
}  // namespace mammograft
