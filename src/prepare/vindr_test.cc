#include "prepare/vindr.h"

#include <map>
#include <opencv2/imgproc.hpp>

#include "dicom/testing.h"
#include "image/image_io.h"
#include "prepare/test_folder.h"
#include "prepare/vindr_tables.h"

namespace mammograft {
namespace {

constexpr int kVindrHeight = 240, kVindrWidth = 160;

const char* kVindrHeader =
    "image_id,study_id,series_id,laterality,view_position,height,width,breast_birads,"
    "breast_density,finding_categories,finding_birads,xmin,ymin,xmax,ymax,split\n";

// What stands before the finding in a row of image `id`.
std::string vindr_row(const std::string& id, const std::string& birads = "1") {
  return id + ",study" + id.substr(0, 1) + ",s1,L,CC,240,160,BI-RADS " + birads + ",DENSITY C,";
}

std::string no_finding(const std::string& id, const std::string& birads = "1") {
  return vindr_row(id, birads) + "['No Finding'],,,,,,training\n";
}

std::string mass_row(const std::string& id, const std::string& box = "20,60,60.5,100") {
  return vindr_row(id, "4") + "['Mass'],BI-RADS 4," + box + ",test\n";
}

cv::Mat vindr_pixels() {
  cv::Mat pixels(kVindrHeight, kVindrWidth, CV_16UC1, cv::Scalar(0));
  cv::ellipse(pixels, {0, kVindrHeight / 2}, {110, 90}, 0, -90, 90, cv::Scalar(2000), cv::FILLED);
  return pixels;
}

// Pixels of the image whose centres lie in the ellipse inscribed in a box.
int slow_ellipse_area(const Box& box) {
  int count = 0;
  for (int y = 0; y < kVindrHeight; ++y) {
    for (int x = 0; x < kVindrWidth; ++x) {
      const double across = (x + 0.5 - box.center().x) / (box.width() / 2);
      const double down = (y + 0.5 - box.center().y) / (box.height() / 2);
      count += across * across + down * down <= 1;
    }
  }
  return count;
}

class VindrTest : public FolderTest {
 protected:
  fs::path file_of(const std::string& id, const std::string& suffix = ".dicom") const {
    return folder_ / "images" / ("study" + id.substr(0, 1)) / (id + suffix);
  }
  NewDicom dicom(const cv::Mat& pixels = vindr_pixels()) { return new_mammogram(pixels, 12); }
  void write(const std::string& id, NewDicom made) {
    create_folder(file_of(id).parent_path());
    made.write(file_of(id), transfer_syntax::kExplicitLittleEndian);
  }
  void write_findings(const std::string& rows) {
    write_file(folder_ / "finding_annotations.csv", kVindrHeader + rows);
  }
  const VindrOptions usual_;

  Cohort prepare() { return prepare(usual_); }
  Cohort prepare(const VindrOptions& options) {
    Progress progress;
    return prepare_vindr(folder_, folder_ / "out", options, progress);
  }
  // The status of the only image.
  Status status_of_rows(const std::string& rows) { return status_of_rows(rows, usual_); }
  Status status_of_rows(const std::string& rows, const VindrOptions& options) {
    write_findings(rows);
    return prepare(options).images.at(0).status;
  }
  std::string bad_rows(const std::string& rows) {
    write_findings(rows);
    return error_of(ErrorKind::bad_input, [&] { prepare(); });
  }
};

TEST_F(VindrTest, MakesACohort) {
  write_findings(no_finding("a1") + mass_row("b1") + vindr_row("b1", "4") +
                 "\"['Suspicious Calcification', 'Mass']\",BI-RADS 5,70,80,90,120,test\n" +
                 vindr_row("c1", "3") + "['Asymmetry'],BI-RADS 3,1,2,30,40,training\n");
  for (const char* id : {"a1", "b1", "c1"}) write(id, dicom());
  prepare();
  const Cohort cohort = read_cohort(folder_ / "out");
  ASSERT_EQ(cohort.images.size(), 3u);
  const ImageRecord& mass = cohort.images[1];
  EXPECT_EQ(mass.file_name, "images/studyb/b1.png");
  EXPECT_EQ(mass.patient_id, "vindr-mammo/studyb");
  EXPECT_EQ(mass.laterality + mass.view + mass.split, "LCCtest");
  EXPECT_EQ(mass.acquisition["birads"], "4");
  EXPECT_EQ(mass.acquisition["breast_density"], "C");
  EXPECT_EQ(mass.acquisition["source_file"], "images/studyb/b1.dicom");
  EXPECT_EQ(mass.acquisition["original_bits"], 12);
  EXPECT_EQ(cohort.images[0].status, Status::normal);
  EXPECT_EQ(mass.status, Status::mass);
  EXPECT_EQ(cohort.images[2].status, Status::other);
  EXPECT_EQ(cohort.images[0].split, "train");
  EXPECT_EQ(cohort.images[2].acquisition["findings"][0]["categories"], Json::array({"Asymmetry"}));
  ASSERT_EQ(cohort.annotations.size(), 2u);
  EXPECT_EQ(cohort.annotations[0].bbox, (Box{20, 60, 60.5, 100}));
  EXPECT_EQ(cohort.annotations[0].mask_origin, MaskOrigin::box);
  EXPECT_EQ(cohort.annotations[1].attributes["birads"], "5");
  EXPECT_EQ(cohort.annotations[1].image_id, mass.id);
  EXPECT_EQ(cohort.info["tables"]["masses"], 2);
  EXPECT_EQ(cohort.info["tables"]["images_of_the_release"], 20000);
}

TEST_F(VindrTest, OnlyMarkedFreeImagesOfGradeOneAreNormal) {
  write("a1", dicom());
  VindrOptions two;
  two.normal_birads = {"1", "2"};
  EXPECT_EQ(status_of_rows(no_finding("a1")), Status::normal);
  EXPECT_EQ(status_of_rows(no_finding("a1", "2")), Status::unknown);
  EXPECT_EQ(status_of_rows(no_finding("a1", "2"), two), Status::normal);
  EXPECT_EQ(status_of_rows(no_finding("a1", "4"), two), Status::unknown);
  const std::string thick = vindr_row("a1") + "['Skin Thickening'],,1,1,5,5,training\n";
  EXPECT_EQ(status_of_rows(thick), Status::other);
  EXPECT_EQ(status_of_rows(no_finding("a1") + thick), Status::other);
  VindrOptions four;
  four.normal_birads = {"4"};
  EXPECT_CONTAINS(error_of(ErrorKind::usage, [&] { prepare(four); }), "normal_birads");
}

TEST_F(VindrTest, ImagesThatTheFindingsDoNotKnowAreUnknown) {
  write_findings(no_finding("a1"));
  write_file(folder_ / "breast-level_annotations.csv",
             "study_id,series_id,image_id,laterality,view_position,height,width,breast_birads,"
             "breast_density,split\n"
             "studya,s1,a1,L,CC,240,160,BI-RADS 1,DENSITY C,training\n"
             "studya,s1,a2,R,CC,240,160,BI-RADS 1,DENSITY C,training\n");
  write("a1", dicom());
  write("a2", dicom());
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.images.at(0).status, Status::normal);
  EXPECT_EQ(cohort.images.at(1).status, Status::unknown);
  EXPECT_EQ(cohort.images[1].laterality, "R");  // the header says L
  EXPECT_CONTAINS(cohort.images[1].acquisition["warnings"][0].get<std::string>(),
                  "laterality is L in the header, R in the table");
  EXPECT_FALSE(cohort.images[0].acquisition.contains("warnings"));
}

TEST_F(VindrTest, TablesThatContradictEachOtherAreAnError) {
  write_findings(no_finding("a1"));
  write_file(folder_ / "breast-level_annotations.csv",
             "study_id,series_id,image_id,laterality,view_position,height,width,breast_birads,"
             "breast_density,split\n"
             "studya,s1,a1,L,CC,240,160,BI-RADS 1,DENSITY C,test\n");
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { prepare(); }),
                  "breast-level_annotations.csv: row 1: contradicts an earlier row of image a1");
}

TEST_F(VindrTest, CutsBoxesAtTheBorderAndRefusesThoseBeyond) {
  write("b1", dicom());
  write_findings(mass_row("b1", "-0.7,200,40,242.3"));
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.annotations.at(0).bbox, (Box{0, 200, 40, 240}));
  const Rle mask = annotation_mask(cohort.annotations[0], cohort.images[0]);
  EXPECT_NEAR(double(area(mask)), slow_ellipse_area({-0.7, 200, 40, 242.3}), 15);
  read_cohort(folder_ / "out");
  EXPECT_CONTAINS(bad_rows(mass_row("b1", "160,10,190,40")), "lies outside the image of 160 x 240");
}

TEST_F(VindrTest, ReadsListsAsPythonWritesThem) {
  const auto read = [](const char* text) { return python_list(text, "here"); };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(read("['Mass', 'Skin Retraction']"), (Texts{"Mass", "Skin Retraction"}));
  EXPECT_EQ(read("[\"Mass\",'Nipple Retraction']"), (Texts{"Mass", "Nipple Retraction"}));
  EXPECT_EQ(read(" [ \"Paget's\" ] "), (Texts{"Paget's"}));
  EXPECT_EQ(read("[]"), Texts{});
  for (const char* text :
       {"", "Mass", "['Mass'", "['Mass", "[Mass]", "['A' 'B']", "['A',]", "['A']x"})
    EXPECT_ERROR(read(text), bad_input, "here: found \"" + std::string(text) + "\"");
}

TEST_F(VindrTest, RefusesRowsThatBreakTheRules) {
  write("a1", dicom());
  const std::string at = vindr_row("a1", "4");
  EXPECT_CONTAINS(bad_rows(at + "['Mass'],,,,,,test\n"), "row 1: found a mass without a box");
  EXPECT_CONTAINS(bad_rows(at + "['Mass'],,1,2,3,,test\n"), "found 3 of its coordinates");
  EXPECT_CONTAINS(bad_rows(at + "['Mass'],,9,2,3,4,test\n"), "expected more than nothing");
  EXPECT_CONTAINS(bad_rows(at + "['Mass'],,nan,2,3,4,test\n"), "xmin: found \"nan\"");
  EXPECT_CONTAINS(bad_rows(at + "\"['Mass', 'No Finding']\",,1,2,3,4,test\n"), "No Finding alone");
  EXPECT_CONTAINS(bad_rows(at + "[],,,,,,test\n"), "at least one category");
  EXPECT_CONTAINS(bad_rows(at + "['Mass'],high,1,2,3,4,test\n"), "expected BI-RADS and its grade");
  EXPECT_CONTAINS(bad_rows(at + "['Mass'],,1,2,3,4,validation\n"), "expected training or test");
  EXPECT_CONTAINS(
      bad_rows("../a,studya" + at.substr(at.find(",s1")) + "['No Finding'],,,,,,test\n"),
      "image_id: found \"../a\"");
  EXPECT_CONTAINS(bad_rows(""), "no row");
  EXPECT_FALSE(fs::exists(folder_ / "out/cohort.json"));
}

TEST_F(VindrTest, KeepGoingLeavesOutWhatIsWrong) {
  write_findings(no_finding("a1") + mass_row("b1") + vindr_row("b1", "4") + "['Mass'],,,,,,test\n" +
                 mass_row("c1", "170,10,190,40") + no_finding("d1") + no_finding("e1"));
  for (const char* id : {"a1", "b1", "c1"}) write(id, dicom());
  write("d1", dicom(cv::Mat(100, 100, CV_16UC1, cv::Scalar(7))));  // another size
  create_folder(file_of("e1").parent_path());
  write_file(file_of("e1"), "not DICOM");
  EXPECT_THROW(prepare(), Error);
  VindrOptions options;
  options.keep_going = true;
  const Cohort cohort = prepare(options);
  ASSERT_EQ(cohort.images.size(), 1u);
  std::map<std::string, std::string> reasons;
  for (const Json& skipped : cohort.info["skipped"])
    reasons[skipped["file_name"].get<std::string>()] = skipped["reason"].get<std::string>();
  ASSERT_EQ(reasons.size(), 4u);
  EXPECT_CONTAINS(reasons["b1"], "row 3: found a mass without a box");
  EXPECT_CONTAINS(reasons["c1.dicom"], "lies outside the image");
  EXPECT_CONTAINS(reasons["d1.dicom"], "found 100 x 100 pixels, expected 160 x 240");
  EXPECT_CONTAINS(reasons["e1.dicom"], "expected a PNG");
}

TEST_F(VindrTest, LeavesOutRawAndSpecialImagesAndSaysSo) {
  write_findings(no_finding("a1") + no_finding("b1"));
  write("a1", dicom());
  NewDicom raw = dicom();
  raw.data().set(tags::kPresentationIntentType, "FOR PROCESSING");
  write("b1", std::move(raw));
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.images.size(), 1u);
  EXPECT_CONTAINS(cohort.info["skipped"][0]["reason"].get<std::string>(), "is FOR PROCESSING");
}

TEST_F(VindrTest, TakesAPartAndPictures) {
  write_findings(no_finding("a1") + no_finding("b1") + no_finding("c1"));
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { prepare(); }),
                  "none of the 3 images of the tables is there, first studya/a1.dicom");
  create_folder(file_of("b1").parent_path());
  write_png(file_of("b1", ".png"), vindr_pixels());
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.images.at(0).patient_id, "vindr-mammo/studyb");
  EXPECT_EQ(cohort.info["images_not_there"], 2);
}

// MONOCHROME1 and 2, with a window and without: one picture (D1, D32).
TEST_F(VindrTest, PolarityComesOutRight) {
  const cv::Mat pixels = vindr_pixels();
  const cv::Mat turned = cv::Mat(4095 - pixels);
  std::string rows;
  for (const char* id : {"a1", "b1", "c1", "d1"}) {
    rows += no_finding(id);
    const bool first = id[0] < 'c', window = id[0] == 'b' || id[0] == 'd';
    NewDicom made;
    made.data().set(tags::kPhotometricInterpretation, first ? "MONOCHROME1" : "MONOCHROME2");
    made.data().set(tags::kSopClassUid, kMammographyForPresentation);
    made.data().set(tags::kSopInstanceUid, uid_from(id));
    if (window) {
      made.data().set(tags::kWindowCenter, "2048");
      made.data().set(tags::kWindowWidth, "4096");
    }
    made.set_pixels({first ? turned : pixels, 12});
    write(id, std::move(made));
  }
  write_findings(rows);
  const Cohort cohort = prepare();
  ASSERT_EQ(cohort.images.size(), 4u);
  for (const ImageRecord& image : cohort.images) {
    const cv::Mat found = read_pixels(cohort, image);
    EXPECT_EQ(found.at<uint16_t>(120, 150), 0) << image.file_name;
    EXPECT_NEAR(found.at<uint16_t>(120, 20), 2000 * 65535 / 4095, 16) << image.file_name;
  }
}

TEST_F(VindrTest, WantsItsTable) {
  EXPECT_CONTAINS(error_of(ErrorKind::io, [&] { prepare(); }), "finding_annotations.csv: missing");
}

}  // namespace
}  // namespace mammograft
