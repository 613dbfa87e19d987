#include "prepare/dicom.h"

#include "core/sha256.h"
#include "core/text.h"
#include "dicom/measurement_sr.h"
#include "dicom/segmentation.h"
#include "dicom/testing.h"
#include "image/image_io.h"
#include "image/value_bits.h"
#include "prepare/test_folder.h"

namespace mammograft {
namespace {

const std::string kKey = "a key of the user's, long enough";

class DicomFolderTest : public FolderTest {
 protected:
  void SetUp() override { write_file(folder_ / "key", kKey + "\n"); }

  using Change = std::function<void(DataSetWriter)>;
  static NewDicom made(const std::string& instance, const Change& change) {
    cv::Mat values(120, 80, CV_16UC1, cv::Scalar(0));
    values(cv::Rect(0, 10, 50, 100)) = cv::Scalar(2000);
    NewDicom made = new_mammogram(values, 12);
    made.data().set(tags::kSopInstanceUid, uid_from(instance));
    if (change) change(made.data());
    return made;
  }
  void write(const std::string& name, const Change& change = {},
             const char* syntax = transfer_syntax::kExplicitLittleEndian) const {
    const fs::path file = folder_ / "study" / name;
    create_folder(file.parent_path());
    made(name, change).write(file, syntax);
  }
  Cohort prepare() const { return prepare(DicomOptions()); }
  Cohort prepare(DicomOptions options) const {
    if (options.pseudonyms.pseudonym_key.empty())
      options.pseudonyms.pseudonym_key = (folder_ / "key").string();
    Progress progress;
    return prepare_dicom(folder_ / "study", folder_ / "out", options, progress);
  }
};

TEST_F(DicomFolderTest, RefusesOptionsThatNoImportCanFollow) {
  write("a/IM1");
  DicomOptions options;
  options.dataset = "a/b";
  EXPECT_ERROR(prepare(options), usage, "--dataset: found \"a/b\", expected a name");
  options = {};
  options.breast.threshold_floor = 47;  // a percentage, thought of as one
  EXPECT_ERROR(prepare(options), usage, "breast.threshold_floor: found 47, expected 0 to 1");
}

TEST_F(DicomFolderTest, TakesMammogramsAndCallsPatientsByCodes) {
  write("a/IM1", [](DataSetWriter d) { d.set(tags::kPixelSpacing, "0.07\\0.07"); });
  write(
      "a/IM2.dcm", [](DataSetWriter d) { d.set(tags::kImageLaterality, "R"); },
      transfer_syntax::kJpeg2000Lossless);
  const Cohort cohort = prepare();
  ASSERT_EQ(cohort.images.size(), 2u);
  const ImageRecord& first = cohort.images[0];
  EXPECT_EQ(first.patient_id, "dicom/" + hmac_sha256_hex(kKey, "p1").substr(0, 16));
  EXPECT_EQ(first.file_name,
            "images/" + hmac_sha256_hex(kKey, uid_from("a/IM1")).substr(0, 16) + ".png");
  EXPECT_EQ(first.laterality, "L");
  EXPECT_EQ(cohort.images[1].laterality, "R");
  EXPECT_EQ(first.view, "CC");
  EXPECT_EQ((*first.pixel_spacing_mm)[0], 0.07);
  EXPECT_EQ(first.status, Status::unknown);
  EXPECT_EQ(first.acquisition.at("original_bits"), 12);
  EXPECT_EQ(first.acquisition.at("transfer_syntax"), "explicit little endian");
  const cv::Mat pixels = read_pixels(cohort, first);
  EXPECT_EQ(from_full_scale(pixels, 12).at<uint16_t>(50, 20), 2000);
}

// The breast of made() lies on the left.
TEST_F(DicomFolderTest, TheSideIsCheckedAgainstThePixels) {
  write("right", [](DataSetWriter d) { d.set(tags::kPatientOrientation, "A\\R"); });
  write("wrong", [](DataSetWriter d) { d.set(tags::kPatientOrientation, "P\\L"); });
  int warned = 0;
  for (const ImageRecord& image : prepare().images) {
    EXPECT_EQ(image.acquisition["chest_wall"], "left");
    const bool wrong = image.acquisition["chest_wall_by_header"] == "right";
    const std::string warnings = image.acquisition.value("warnings", Json()).dump();
    EXPECT_EQ(warnings.find("the chest wall on the right") != std::string::npos, wrong);
    warned += wrong;
  }
  EXPECT_EQ(warned, 1);
}

TEST_F(DicomFolderTest, LeavesOutTheRestAndSaysWhy) {
  write("IM1");
  write("raw", [](DataSetWriter d) { d.set(tags::kPresentationIntentType, "FOR PROCESSING"); });
  write("slices", [](DataSetWriter d) { d.set(tags::kNumberOfFrames, 40); });
  write("report",
        [](DataSetWriter d) { d.set(tags::kSopClassUid, "1.2.840.10008.5.1.4.1.1.88.11"); });
  write("._IM1");
  fs::copy_file(folder_ / "study" / "IM1", folder_ / "study" / "copy");
  write_file(folder_ / "study" / "notes.txt", std::string(500, 'n'));
  EXPECT_EQ(prepare().images.size(), 1u);
  const std::string table = read_file(folder_ / "out" / "left_out.csv");
  EXPECT_CONTAINS(table, "raw\",\"is FOR PROCESSING");
  EXPECT_CONTAINS(table, "slices\",\"has 40 frames");
  EXPECT_CONTAINS(table, "report\",\"is no mammogram but BasicTextSRStorage");
  EXPECT_CONTAINS(table, "is a copy of");
  EXPECT_EQ(table.find("notes"), std::string::npos);
  EXPECT_EQ(table.find("._IM1"), std::string::npos);
}

TEST_F(DicomFolderTest, StudiesArePatientsWhereThePatientIdIsNobodys) {
  for (const char* name : {"a", "b"}) {
    write(name, [&](DataSetWriter d) {
      d.set(tags::kPatientId, "removed");
      d.set(tags::kStudyInstanceUid, uid_from(name));
    });
  }
  const Cohort by_id = prepare();
  EXPECT_EQ(by_id.images[0].patient_id, by_id.images[1].patient_id);
  DicomOptions options;
  options.patient_from = "study";
  options.pseudonyms.pseudonym_key = (folder_ / "key").string();
  Progress progress;
  const Cohort by_study = prepare_dicom(folder_ / "study", folder_ / "by-study", options, progress);
  EXPECT_NE(by_study.images[0].patient_id, by_study.images[1].patient_id);
}

TEST_F(DicomFolderTest, BoxesComeFromATable) {
  write("IM1");
  write("IM2.dcm");
  write("IM3");
  write_file(folder_ / "boxes.csv", "image,x,y,width,height,status\nIM1,10,20,15,25,\n" +
                                        uid_from("IM2.dcm") + ",,,,,normal\nelsewhere,1,1,5,5,\n");
  DicomOptions options;
  options.boxes = (folder_ / "boxes.csv").string();
  const Cohort cohort = prepare(options);
  ASSERT_EQ(cohort.annotations.size(), 1u);
  EXPECT_EQ(cohort.annotations[0].bbox.x1, 25);
  EXPECT_EQ(cohort.annotations[0].mask_origin, MaskOrigin::box);
  EXPECT_EQ(cohort.images[0].status, Status::mass);
  EXPECT_EQ(cohort.images[1].status, Status::normal);
  EXPECT_EQ(cohort.images[2].status, Status::unknown);
  write_file(folder_ / "boxes.csv", "image,x,y,width,height\nIM9,1,1,5,5\n");
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { prepare(options); }),
                  "names none of the images, first IM9");
  write_file(folder_ / "boxes.csv", "image,x,y,width,height\nIM1,1,,5,5\n");
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { prepare(options); }),
                  "row 2: found half a box");
}

TEST_F(DicomFolderTest, AFolderWithoutDicomIsSaidToBeOne) {
  create_folder(folder_ / "study");
  write_file(folder_ / "study" / "notes.txt", "nothing");
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [this] { prepare(); }), "holds no DICOM file");
}

TEST_F(DicomFolderTest, OneDamagedFileStopsUnlessToldOtherwise) {
  write("IM1");
  write("IM2", {}, transfer_syntax::kJpeg2000Lossless);
  const fs::path file = folder_ / "study" / "IM2";
  const std::string bytes = read_file(file);
  write_file(file, bytes.substr(0, bytes.size() - bytes.size() / 8));
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { prepare(); }), "IM2");
  DicomOptions options;
  options.keep_going = true;
  const Cohort cohort = prepare(options);
  EXPECT_EQ(cohort.images.size(), 1u);
  const std::string code = hmac_sha256_hex(kKey, file.string()).substr(0, 16);
  EXPECT_EQ(cohort.info.at("skipped")[0].at("file_name"), code) << "a path may name somebody";
  const std::string reason = cohort.info.at("skipped")[0].at("reason");
  EXPECT_CONTAINS(reason, code);
  EXPECT_EQ(reason.find("IM2"), std::string::npos);
  EXPECT_CONTAINS(read_file(folder_ / "out" / "left_out.csv"), "IM2");
}

// Archives call files by their UIDs.
TEST_F(DicomFolderTest, ATableMayNameAnImageByAUidThatIsItsFileName) {
  const std::string uid = uid_from("somebody's");
  write(uid + ".dcm", [&](DataSetWriter d) { d.set(tags::kSopInstanceUid, uid); });
  write_file(folder_ / "boxes.csv", "image,x,y,width,height\n" + uid + ",10,20,15,25\n");
  DicomOptions options;
  options.boxes = (folder_ / "boxes.csv").string();
  EXPECT_EQ(prepare(options).annotations.size(), 1u);
}

TEST_F(DicomFolderTest, AnImageThatIsCalledNormalHasNoMass) {
  write("IM1");
  DicomOptions options;
  options.boxes = (folder_ / "boxes.csv").string();
  for (const char* rows : {"IM1,10,20,15,25,\nIM1,,,,,normal\n",
                           "IM1,,,,,normal\nIM1,10,20,15,25,\n", "IM1,10,20,15,25,normal\n"}) {
    write_file(folder_ / "boxes.csv", std::string("image,x,y,width,height,status\n") + rows);
    EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { prepare(options); }),
                    "an image that is called normal has a mass");
  }
}

// A mask and a region as our own detections would be written, on an image of the study.
TEST_F(DicomFolderTest, SegmentationsAndReportsAreAnnotations) {
  write("IM1");
  write("IM2");
  const DicomFile first(folder_ / "study" / "IM1"), second(folder_ / "study" / "IM2");
  const Polygon outline = {{10, 20}, {30, 20}, {30, 45}, {10, 45}};
  Finding finding{{10, 20, 30, 45}, {outline}, 0.9, std::nullopt};
  const ContentTime time{"20260131", "120000"};
  Algorithm algorithm;
  algorithm.version = "1";
  write_segmentation(folder_ / "study" / "seg", searched_image(first, {finding}), algorithm, time);
  write_measurement_sr(folder_ / "study" / "sr",
                       {searched_image(first, {finding}), searched_image(second, {finding})},
                       algorithm, time);
  DicomOptions automatic;
  automatic.automatic_marks = true;
  const Cohort cohort = prepare(automatic);
  ASSERT_EQ(cohort.images.size(), 2u);
  ASSERT_EQ(cohort.annotations.size(), 2u) << "the first image's mass is in both objects";
  for (const Annotation& mass : cohort.annotations) {
    EXPECT_NEAR(mass.bbox.x0, 10, 0.01);
    EXPECT_NEAR(mass.bbox.y1, 45, 0.01);
    EXPECT_EQ(area(annotation_mask(mass, cohort.images[0])), 20 * 25);
  }
  EXPECT_EQ(cohort.images[1].status, Status::mass);
  DicomOptions options;
  options.marks = false;
  Progress progress;
  options.pseudonyms.pseudonym_key = (folder_ / "key").string();
  EXPECT_TRUE(
      prepare_dicom(folder_ / "study", folder_ / "without", options, progress).annotations.empty());
}

// What a detector found is not the truth.
TEST_F(DicomFolderTest, MarksOfAProgramAreLeftOutUnlessAskedFor) {
  write("IM1");
  const DicomFile image(folder_ / "study" / "IM1");
  const Finding finding{{10, 20, 30, 45}, {}, 0.9, std::nullopt};
  Algorithm algorithm;
  algorithm.version = "1";
  const ContentTime time{"20260131", "120000"};
  write_segmentation(folder_ / "study" / "seg", searched_image(image, {finding}), algorithm, time);
  write_measurement_sr(folder_ / "study" / "sr", {searched_image(image, {finding})}, algorithm,
                       time);
  const Cohort cohort = prepare();
  EXPECT_TRUE(cohort.annotations.empty());
  EXPECT_EQ(cohort.images.front().status, Status::unknown);
  const std::string table = read_file(folder_ / "out" / "left_out.csv");
  EXPECT_CONTAINS(table, "seg\",\"holds marks of a program");
  EXPECT_CONTAINS(table, "sr\",\"holds marks of a program");
}

TEST_F(DicomFolderTest, AMaskOfAnotherSizeThanItsImageIsPassedOver) {
  write("IM1");
  NewDicom half = new_mammogram(cv::Mat(60, 40, CV_16UC1, cv::Scalar(1000)), 12);
  half.data().set(tags::kSopInstanceUid, uid_from("IM1"));
  half.write(folder_ / "half", transfer_syntax::kExplicitLittleEndian);
  Algorithm algorithm;
  algorithm.version = "1";
  const Finding finding{{10, 20, 30, 45}, {}, 0.9, std::nullopt};
  write_segmentation(folder_ / "study" / "seg",
                     searched_image(DicomFile(folder_ / "half"), {finding}), algorithm,
                     {"20260131", "120000"});
  DicomOptions options;
  options.automatic_marks = true;
  options.unmarked = "normal";
  write("IM2");
  const Cohort cohort = prepare(options);
  ASSERT_EQ(cohort.images.size(), 2u);
  EXPECT_TRUE(cohort.annotations.empty());
  EXPECT_EQ(cohort.images[0].status, Status::unknown) << "somebody saw something there";
  EXPECT_EQ(cohort.images[1].status, Status::normal);
}

TEST_F(DicomFolderTest, AnUnmarkedImageIsNormalUnlessItsRowSaysUnknown) {
  write("IM1");
  write("IM2");
  write("IM3");
  write_file(folder_ / "boxes.csv", "image,x,y,width,height,status\nIM1,,,,,unknown\nIM2,,,,,\n");
  DicomOptions options;
  options.boxes = (folder_ / "boxes.csv").string();
  options.unmarked = "normal";
  const Cohort cohort = prepare(options);
  EXPECT_EQ(cohort.images[0].status, Status::unknown);
  EXPECT_EQ(cohort.images[1].status, Status::normal) << "its row says nothing";
  EXPECT_EQ(cohort.images[2].status, Status::normal);
}

// What cannot be read may be of every image of its study; so may marks of a raw image, say.
TEST_F(DicomFolderTest, HiddenMarksKeepTheirStudyFromBeingNormal) {
  const auto of_study = [](const char* study) {
    return [study](DataSetWriter d) { d.set(tags::kStudyInstanceUid, uid_from(study)); };
  };
  write("1", of_study("with a report"));
  write("2", of_study("with a raw image"));
  write("3", of_study("of which nothing is said"));
  write("report", [&](DataSetWriter d) {
    of_study("with a report")(d);
    d.set(tags::kSopClassUid, "1.2.840.10008.5.1.4.1.1.88.33");
  });
  write("raw", [&](DataSetWriter d) {
    of_study("with a raw image")(d);
    d.set(tags::kPresentationIntentType, "FOR PROCESSING");
  });
  Algorithm algorithm;
  algorithm.version = "1";
  const Finding finding{{10, 20, 30, 45}, {}, 0.9, std::nullopt};
  write_segmentation(folder_ / "study" / "seg",
                     searched_image(DicomFile(folder_ / "study" / "raw"), {finding}), algorithm,
                     {"20260131", "120000"});
  DicomOptions options;
  options.automatic_marks = true;
  options.unmarked = "normal";
  const Cohort cohort = prepare(options);
  ASSERT_EQ(cohort.images.size(), 3u);
  EXPECT_EQ(cohort.images[0].status, Status::unknown);
  EXPECT_EQ(cohort.images[1].status, Status::unknown);
  EXPECT_EQ(cohort.images[2].status, Status::normal);
}

TEST_F(DicomFolderTest, AFileThatCannotBeReadMayMarkAnyImage) {
  write("IM1");
  std::string damaged(132, '\0');
  damaged.replace(128, 4, "DICM");
  write_file(folder_ / "study" / "seg", damaged);
  DicomOptions options;
  options.keep_going = true;
  options.unmarked = "normal";
  EXPECT_EQ(prepare(options).images.at(0).status, Status::unknown);
  Progress progress;
  options.marks = false;
  options.pseudonyms.pseudonym_key = (folder_ / "key").string();
  const Cohort without_marks =
      prepare_dicom(folder_ / "study", folder_ / "without", options, progress);
  EXPECT_EQ(without_marks.images.at(0).status, Status::normal);
}

TEST_F(DicomFolderTest, ATableMayNameTheCopyOfAnImage) {
  write("IM1");
  fs::copy_file(folder_ / "study" / "IM1", folder_ / "study" / "copy");
  write_file(folder_ / "boxes.csv", "image,x,y,width,height\nIM1,10,20,15,25\ncopy,1,1,5,5\n");
  DicomOptions options;
  options.boxes = (folder_ / "boxes.csv").string();
  EXPECT_EQ(prepare(options).annotations.size(), 2u);
}

// Names in every text element, private ones too: nothing of them in what is written.
TEST_F(DicomFolderTest, NothingThatIdentifiesIsWritten) {
  const std::string kName = "Planted^Person";
  write("IM1", [&](DataSetWriter d) {
    d.set(tags::kPatientId, kName);
    for (const Tag tag : std::vector<Tag>{{0x0008, 0x0080},
                                          {0x0008, 0x0090},
                                          {0x0008, 0x1030},
                                          {0x0008, 0x103E},
                                          {0x0008, 0x0050},
                                          {0x0010, 0x0010},
                                          {0x0010, 0x4000},
                                          {0x0018, 0x1030},
                                          {0x0020, 0x4000},
                                          {0x0032, 0x1060},
                                          {0x0040, 0x0254},
                                          tags::kManufacturer,
                                          tags::kManufacturerModelName,
                                          tags::kViewPosition,
                                          tags::kVoiLutFunction,
                                          tags::kBodyPartExamined,
                                          tags::kPresentationLutShape}) {
      d.set(tag, kName);
    }
    d.set(tags::kWindowCenter, "2000");
    d.set(tags::kWindowWidth, "3000");
    d.set_private("SOMEBODY", 0x10, kName);
  });
  DicomOptions options;
  options.verify = true;
  prepare(options);
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "out")) {
    EXPECT_EQ(entry.path().string().find("lanted"), std::string::npos);
    if (entry.is_regular_file()) {
      const std::string text = upper_case(read_file(entry.path()));
      EXPECT_EQ(text.find("PLANTED"), std::string::npos) << entry.path();
    }
  }
}

TEST(PseudonymsOf, DependOnTheKeyAndKeepNothing) {
  TestFolder folder;
  PseudonymOptions options;
  options.pseudonym_key = (folder.path() / "new" / "key").string();
  const Pseudonyms made(options);
  EXPECT_EQ(made.of("p1"), Pseudonyms(options).of("p1")) << "the key is kept";
  EXPECT_EQ(made.of("p1").size(), 16u);
  const auto mode = fs::status(options.pseudonym_key).permissions();
  EXPECT_EQ(mode & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
  write_file(folder.path() / "short", "abc\n");
  options.pseudonym_key = (folder.path() / "short").string();
  EXPECT_ERROR(Pseudonyms(options).of(""), bad_input,
               "found a key of 3 bytes, expected 16 or more");
  options.identifiers = "keep";
  EXPECT_EQ(Pseudonyms(options).of("p1"), "p1");
}

}  // namespace
}  // namespace mammograft
