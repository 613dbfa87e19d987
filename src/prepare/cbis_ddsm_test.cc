#include "prepare/cbis_ddsm.h"

#include <set>

#include "cohort/annotation_index.h"
#include "prepare/cbis_cases.h"
#include "prepare/cbis_testing.h"
#include "prepare/test_folder.h"

namespace mammograft {
namespace {

constexpr const char* kMassTest = "mass_case_description_test_set.csv";
constexpr const char* kCalcTrain = "calc_case_description_train_set.csv";
constexpr const char* kCalcTest = "calc_case_description_test_set.csv";
constexpr const char* kCalcFacts = "PLEOMORPHIC,CLUSTERED,4,BENIGN,2";

CbisReplica::Row cbis_row(const std::string& patient, int number = 1) {
  CbisReplica::Row row;
  row.patient = patient;
  row.number = number;
  return row;
}

CbisReplica::Row cbis_calc_row(const std::string& patient, const char* table = kCalcTrain) {
  CbisReplica::Row row = cbis_row(patient);
  row.table = table;
  row.facts = kCalcFacts;
  return row;
}

// The bounds of a mask by looking at every pixel.
Box slow_bounds(const cv::Mat& mask) {
  Box box = {double(mask.cols), double(mask.rows), 0, 0};
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      if (mask.at<uchar>(y, x) == 0) continue;
      box = {std::min(box.x0, double(x)), std::min(box.y0, double(y)), std::max(box.x1, x + 1.0),
             std::max(box.y1, y + 1.0)};
    }
  }
  return box;
}

// Where the pixels came from, and what other pixels change, set aside.
Json comparable(const Cohort& cohort) {
  Json result = Json::array();
  const AnnotationIndex annotations(cohort);
  for (const ImageRecord& image : cohort.images) {
    Json entry = {{"id", image.id},
                  {"file_name", image.file_name},
                  {"width", image.width},
                  {"height", image.height},
                  {"split", image.split},
                  {"patient", image.patient_id},
                  {"side", image.laterality},
                  {"view", image.view},
                  {"status", to_string(image.status)}};
    entry["findings"] = image.acquisition["findings"];
    for (const Annotation* annotation : annotations.of(image.id)) {
      const Rle& mask = std::get<Rle>(annotation->segmentation);
      entry["masses"].push_back({{"mask", mask.counts}, {"facts", annotation->attributes}});
    }
    result.push_back(entry);
  }
  return result;
}

class CbisDdsmTest : public FolderTest {
 protected:
  CbisReplica replica_;

  Cohort prepare(const CbisDdsmOptions& options = {}, const fs::path& release = {}) {
    Progress progress;
    return prepare_cbis_ddsm(release.empty() ? folder_ / "in" : release, folder_ / "out", options,
                             progress);
  }
  Cohort write_and_prepare(const CbisDdsmOptions& options = {}) {
    replica_.write(folder_ / "in");
    return prepare(options);
  }
  static CbisDdsmOptions keep_going() {
    CbisDdsmOptions options;
    options.keep_going = true;
    return options;
  }
  std::string bad_input() {
    return error_of(ErrorKind::bad_input, [&] { prepare(); });
  }
  static std::string reason(const Cohort& cohort, size_t i = 0) {
    return cohort.info["skipped"].at(i)["reason"];
  }

  // Two films with a mass, one of them also among the calcifications, and one of these alone.
  void add_four_rows() {
    replica_.add(cbis_row("P_00001"), cbis_mask_pixels({50, 100}));
    replica_.add(cbis_row("P_00001", 2), cbis_mask_pixels({40, 150}, 65535));
    replica_.add(cbis_calc_row("P_00001"), cbis_mask_pixels({60, 60}));
    replica_.add(cbis_calc_row("P_00002", kCalcTest), cbis_mask_pixels({60, 60}));
  }
};

TEST_F(CbisDdsmTest, JoinsTheFindingsOfAFilm) {
  add_four_rows();
  write_and_prepare();
  const Cohort cohort = read_cohort(folder_ / "out");
  ASSERT_EQ(cohort.images.size(), 2u);
  const ImageRecord& film = cohort.images[0];
  EXPECT_EQ(film.file_name, "images/P_00001_LEFT_CC.png");
  EXPECT_EQ(film.patient_id, "cbis-ddsm/P_00001");
  EXPECT_EQ(film.laterality + film.view + film.split, "LCCtrain");
  EXPECT_EQ(film.status, Status::mass);
  EXPECT_FALSE(film.pixel_spacing_mm);
  EXPECT_EQ(film.acquisition["breast_density"], "3");
  ASSERT_EQ(film.acquisition["findings"].size(), 3u);
  EXPECT_EQ(film.acquisition["findings"][2]["calc_type"], "PLEOMORPHIC");
  const AnnotationIndex annotations(cohort);
  const Annotations masses = annotations.of(film.id);
  ASSERT_EQ(masses.size(), 2u);
  const cv::Mat drawn = cbis_mask_pixels({50, 100}), ones = drawn / 255;
  EXPECT_EQ(masses[0]->bbox, slow_bounds(drawn));
  EXPECT_EQ(cv::norm(decode_rle(annotation_mask(*masses[0], film)), ones, cv::NORM_INF), 0);
  EXPECT_EQ(masses[1]->bbox, slow_bounds(cbis_mask_pixels({40, 150})));  // of 16 bits
  EXPECT_EQ(masses[0]->attributes, Json({{"abnormality_id", "1"},
                                         {"shape", "IRREGULAR"},
                                         {"margins", "SPICULATED"},
                                         {"birads", "4"},
                                         {"pathology", "MALIGNANT"},
                                         {"subtlety", 3},
                                         {"lesion_id", "P_00001/LEFT/1"}}));
  EXPECT_EQ(masses[1]->attributes["lesion_id"], "P_00001/LEFT/2");
  EXPECT_FALSE(film.acquisition["findings"][2].contains("lesion_id"));
  EXPECT_EQ(masses[0]->mask_origin, MaskOrigin::contour);
  EXPECT_FALSE(masses[0]->size_mm);
  EXPECT_EQ(cohort.images[1].status, Status::other);
  EXPECT_EQ(cohort.images[1].split, "test");
  EXPECT_FALSE(annotations.any(cohort.images[1].id));
  const cv::Mat pixels = read_pixels(cohort, film);
  EXPECT_EQ(pixels.at<uint16_t>(120, 20), (60 + (120 + 20) / 4) * 257);
}

TEST_F(CbisDdsmTest, AMassIsOneLesionInBothViews) {
  CbisReplica::Row mlo = cbis_row("P_00001");
  mlo.view = "MLO";
  replica_.add(cbis_row("P_00001"), cbis_mask_pixels({50, 100}));
  replica_.add(mlo, cbis_mask_pixels({60, 90}));
  const Cohort cohort = write_and_prepare();
  ASSERT_EQ(cohort.annotations.size(), 2u);
  EXPECT_NE(cohort.images[0].view, cohort.images[1].view);
  for (const Annotation& mass : cohort.annotations)
    EXPECT_EQ(mass.attributes.at("lesion_id"), "P_00001/LEFT/1");
}

TEST_F(CbisDdsmTest, EveryLayoutGivesTheSameCohort) {
  add_four_rows();
  Json expected;
  for (const CbisLayout layout :
       {CbisLayout::old_folders, CbisLayout::dated_folders, CbisLayout::flat, CbisLayout::jpeg}) {
    const fs::path release = folder_ / fmt::format("in{}", static_cast<int>(layout));
    replica_.write(release, layout);
    const Json found = comparable(prepare({}, release));
    if (expected.empty()) expected = found;
    EXPECT_EQ(found, expected) << "layout " << static_cast<int>(layout);
  }
  EXPECT_EQ(expected.size(), 2u);
}

TEST_F(CbisDdsmTest, TellsMasksFromCropsByTheirPixels) {
  const cv::Mat mask = cbis_mask_pixels({50, 100});
  replica_.add(cbis_row("P_00001"), mask);  // as it should be
  replica_.add(cbis_row("P_00002"), mask);
  std::swap(replica_.rows[1].crop, replica_.rows[1].mask);
  replica_.add(cbis_row("P_00003"), mask);  // both in the folder of the mask, none in the crop's
  for (CbisReplica::File& file : replica_.files) {
    if (file.series == replica_.rows[2].crop) file.series = replica_.rows[2].mask;
  }
  replica_.add(cbis_row("P_00004"), mask);
  replica_.add(cbis_row("P_00005"), mask);
  for (CbisReplica::File& file : replica_.files) {
    if (file.series == replica_.rows[3].crop) file.pixels = cbis_film_pixels();  // of equal size
    if (file.series == replica_.rows[4].crop)  // looks like a mask
      file.pixels = cbis_mask_pixels({20, 20}, 255, {44, 40});
  }
  const Cohort cohort = write_and_prepare();
  ASSERT_EQ(cohort.images.size(), 5u);
  ASSERT_EQ(cohort.annotations.size(), 5u);
  for (const Annotation& annotation : cohort.annotations)
    EXPECT_EQ(annotation.bbox, slow_bounds(mask)) << annotation.image_id;
}

TEST_F(CbisDdsmTest, SeveralPicturesThatCouldBeTheMaskLeaveTheFilmOut) {
  replica_.add(cbis_row("P_00001"), cbis_mask_pixels({50, 100}));
  replica_.add(cbis_row("P_00002"), cbis_mask_pixels({50, 100}));
  for (CbisReplica::File& file : replica_.files) {
    if (file.series == replica_.rows[0].crop) file.pixels = cbis_mask_pixels({50, 120});
    if (file.series == replica_.rows[1].crop) file.pixels = cbis_mask_pixels({50, 100});  // a copy
  }
  const Cohort cohort = write_and_prepare();
  ASSERT_EQ(cohort.images.size(), 1u);
  EXPECT_EQ(cohort.images[0].patient_id, "cbis-ddsm/P_00002");
  EXPECT_CONTAINS(reason(cohort), "P_00001_LEFT_CC: ");
  EXPECT_CONTAINS(reason(cohort), "found 2 pictures that could be its mask");
}

TEST_F(CbisDdsmTest, ScalesAMaskOfAnotherSizeWhereTheAspectAgrees) {
  replica_.add(cbis_row("P_00001"), cbis_mask_pixels({60, 120}, 255, {184, 276}));  // 1.15 x
  replica_.add(cbis_row("P_00002"), cbis_mask_pixels({60, 120}, 255, {184, 268}));  // 3 % off
  replica_.add(cbis_row("P_00003"), cbis_mask_pixels({20, 30}, 255, {40, 60}));     // a quarter
  const Cohort cohort = write_and_prepare();
  ASSERT_EQ(cohort.images.size(), 1u);
  const Box box = cohort.annotations.at(0).bbox;
  const Box drawn = slow_bounds(cbis_mask_pixels({60, 120}, 255, {184, 276}));
  EXPECT_NEAR(box.x0, drawn.x0 / 1.15, 1);
  EXPECT_NEAR(box.y0, drawn.y0 / 1.15, 1);
  EXPECT_NEAR(box.x1, drawn.x1 / 1.15, 1);
  EXPECT_NEAR(box.y1, drawn.y1 / 1.15, 1);
  const Rle& mask = std::get<Rle>(cohort.annotations[0].segmentation);
  EXPECT_EQ(mask.width, kCbisWidth);
  ASSERT_EQ(cohort.info["masks_scaled"].size(), 1u);
  EXPECT_EQ(cohort.info["masks_scaled"][0], Json({{"file_name", "images/P_00001_LEFT_CC.png"},
                                                  {"abnormality_id", "1"},
                                                  {"found", "184 x 276"},
                                                  {"expected", "160 x 240"}}));
  ASSERT_EQ(cohort.info["skipped"].size(), 2u);
  EXPECT_EQ(cohort.info["skipped"][0]["file_name"], "P_00002_LEFT_CC");
  EXPECT_CONTAINS(reason(cohort), "184 x 268");
  EXPECT_CONTAINS(reason(cohort), "160 x 240");
  EXPECT_CONTAINS(reason(cohort, 1), "40 x 60");
}

TEST_F(CbisDdsmTest, AMaskThatMarksNothingOrAllLeavesItsFilmOut) {
  const cv::Mat empty(kCbisHeight, kCbisWidth, CV_8UC1, cv::Scalar(0));
  cv::Mat inverted;
  cv::bitwise_not(cbis_mask_pixels({50, 100}), inverted);
  replica_.add(cbis_row("P_00001"), cbis_mask_pixels({50, 100}));
  replica_.add(cbis_row("P_00001", 2), empty);  // takes the first mass with it
  replica_.add(cbis_row("P_00002"), inverted);
  replica_.add(cbis_row("P_00003"), cbis_mask_pixels({50, 100}));
  replica_.add(cbis_row("P_00004"), cbis_mask_pixels({50, 100}));
  replica_.add(cbis_row("P_00004", 2), cbis_mask_pixels({50, 100}));
  const Cohort cohort = write_and_prepare();
  ASSERT_EQ(cohort.images.size(), 1u);
  EXPECT_EQ(cohort.images[0].patient_id, "cbis-ddsm/P_00003");
  EXPECT_EQ(cohort.annotations.size(), 1u);
  ASSERT_EQ(cohort.info["skipped"].size(), 3u);
  EXPECT_CONTAINS(reason(cohort, 0), "train_set.csv: row 2: its mask is empty");
  EXPECT_CONTAINS(reason(cohort, 1), "covers more than half");
  EXPECT_CONTAINS(reason(cohort, 2), "is that of another finding");
}

TEST_F(CbisDdsmTest, FindsFilesByThePatientWhereSeriesWereNamedAnew) {
  add_four_rows();
  const Json expected = comparable(write_and_prepare());
  replica_.other_series = true;
  replica_.write(folder_ / "anew", CbisLayout::flat);
  EXPECT_EQ(comparable(prepare({}, folder_ / "anew")), expected);
}

TEST_F(CbisDdsmTest, ReportsPatientsInBothSplits) {
  CbisReplica::Row row = cbis_row("P_00007");
  row.table = kMassTest;
  replica_.add(row, cbis_mask_pixels({50, 100}));
  replica_.add(cbis_calc_row("P_00007"), cbis_mask_pixels({50, 100}));
  replica_.add(cbis_row("P_00008"), cbis_mask_pixels({50, 100}));
  const Cohort cohort = write_and_prepare();
  EXPECT_EQ(cohort.info["patients_in_both_splits"], Json::array({"P_00007"}));
  EXPECT_EQ(cohort.images[0].split, "test");  // that of the masses
  EXPECT_EQ(cohort.images[1].split, "train");
}

TEST_F(CbisDdsmTest, SaysHowManyFindingsTheReleaseHas) {
  add_four_rows();
  const Cohort cohort = write_and_prepare();
  ASSERT_EQ(cohort.info["tables"].size(), 3u);
  EXPECT_EQ(cohort.info["tables"][0], Json({{"name", "mass train"},
                                            {"findings", 2},
                                            {"patients", 1},
                                            {"findings_of_the_release", 1318},
                                            {"patients_of_the_release", 691}}));
  EXPECT_EQ(cohort.info["tables"][2]["findings_of_the_release"], 326);  // calc test
}

TEST_F(CbisDdsmTest, TakesAPartOfTheFilms) {
  add_four_rows();
  replica_.add(cbis_row("P_00003"), cbis_mask_pixels({50, 100}));
  std::erase_if(replica_.files, [](const CbisReplica::File& file) {
    return file.patient_id.find("P_00003") != file.patient_id.npos;
  });
  EXPECT_EQ(write_and_prepare().info["images_not_there"], 1);
  replica_.files.erase(replica_.files.begin() + 1, replica_.files.end());
  replica_.files[0].patient_id = "Mass-Training_P_00009_LEFT_CC";
  replica_.files[0].series = "another";
  replica_.write(folder_ / "none");
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { prepare({}, folder_ / "none"); }),
                  "none of the 3 images of the tables is there, first P_00001_LEFT_CC");
}

TEST_F(CbisDdsmTest, AFilmWithoutTheFilesOfItsMaskIsAnError) {
  add_four_rows();
  replica_.add(cbis_row("P_00003"), cbis_mask_pixels({50, 100}));
  std::erase_if(replica_.files, [&](const CbisReplica::File& file) {
    return file.patient_id == "Mass-Training_P_00003_LEFT_CC_1";
  });
  replica_.write(folder_ / "in");
  EXPECT_CONTAINS(bad_input(), "row 3: no file of its mask, expected one of Series Instance UID");
  EXPECT_FALSE(fs::exists(folder_ / "out/cohort.json"));
  const Cohort cohort = prepare(keep_going());
  EXPECT_EQ(cohort.images.size(), 2u);
  EXPECT_EQ(cohort.info["skipped"][0]["file_name"], "P_00003_LEFT_CC");
}

TEST_F(CbisDdsmTest, PassesOverWhatHasNoPixelsAndStopsAtDamage) {
  add_four_rows();
  replica_.write(folder_ / "in");
  NewDicom report;  // SR, presentation states: no Pixel Data
  report.data().set(tags::kSopClassUid, "1.2.840.10008.5.1.4.1.1.88.11");
  report.data().set(tags::kSopInstanceUid, uid_from("report"));
  report.write(folder_ / "in/report.dcm", transfer_syntax::kExplicitLittleEndian);
  write_file(folder_ / "in/._1-1.dcm", "AppleDouble");
  write_file(folder_ / "in/LICENSE", "text");
  EXPECT_EQ(prepare().images.size(), 2u);
  write_file(folder_ / "in/cut.dcm", "not DICOM");
  EXPECT_CONTAINS(bad_input(), "cut.dcm: is no DICOM file");
  const Cohort cohort = prepare(keep_going());
  EXPECT_EQ(cohort.images.size(), 2u);
  EXPECT_EQ(cohort.info["skipped"][0]["file_name"], "cut.dcm");
}

TEST_F(CbisDdsmTest, SpacingIsThatOfTheOptionOrNone) {
  replica_.add(cbis_row("P_00001"), cbis_mask_pixels({50, 100}));
  CbisDdsmOptions options;
  options.mm_per_px = {0.05, 0.04};
  const Cohort cohort = write_and_prepare(options);
  EXPECT_EQ(*cohort.images[0].pixel_spacing_mm, (std::array<double, 2>{0.05, 0.04}));
  EXPECT_GT(*cohort.annotations[0].size_mm, 0);
  options.mm_per_px = {0.05, -1};
  EXPECT_CONTAINS(error_of(ErrorKind::usage, [&] { prepare(options); }), "mm_per_px");
}

TEST_F(CbisDdsmTest, NamesOfPatientsGoNowhere) {
  add_four_rows();
  for (const CbisLayout layout : {CbisLayout::flat, CbisLayout::jpeg}) {
    const fs::path release = folder_ / fmt::format("in{}", static_cast<int>(layout));
    replica_.write(release, layout);
    prepare({}, release);
    EXPECT_EQ(read_file(folder_ / "out/cohort.json").find("Doe"), std::string::npos);
  }
}

TEST_F(CbisDdsmTest, SameInputSameBytesWithOneThreadOrTwo) {
  add_four_rows();
  CbisDdsmOptions options;
  options.threads = 1;
  write_and_prepare(options);
  const std::string first = read_file(folder_ / "out/cohort.json");
  options.threads = 2;
  prepare(options);
  EXPECT_EQ(read_file(folder_ / "out/cohort.json"), first);
}

TEST_F(CbisDdsmTest, ABadRowStopsOrTakesItsFilm) {
  replica_.add(cbis_row("P_00001"), cbis_mask_pixels({50, 100}));
  replica_.add(cbis_row("P_00001", 2), cbis_mask_pixels({50, 150}));
  replica_.add(cbis_row("P_00002"), cbis_mask_pixels({50, 100}));
  replica_.write(folder_ / "in");
  const fs::path table = folder_ / "in/mass_case_description_train_set.csv";
  std::string text = read_file(table);
  const std::string second = "P_00001,3,LEFT,CC,2,mass";
  text.replace(text.find(second), second.size(), "P_00001,3,LEFT,CC,2,cyst");
  write_file(table, text);
  EXPECT_CONTAINS(bad_input(), "row 2: abnormality type: found \"cyst\", expected MASS");
  const Cohort cohort = prepare(keep_going());
  ASSERT_EQ(cohort.images.size(), 1u);  // with one mass of two P_00001 would mislead
  EXPECT_EQ(cohort.images[0].patient_id, "cbis-ddsm/P_00002");
  EXPECT_CONTAINS(reason(cohort), "cyst");
}

TEST_F(CbisDdsmTest, RefusesWhatIsNoRelease) {
  create_folder(folder_ / "in");
  EXPECT_CONTAINS(bad_input(), "found no table of CBIS-DDSM");
  replica_.add(cbis_row("P_00001"), cbis_mask_pixels({50, 100}));
  replica_.write(folder_ / "in", CbisLayout::jpeg);
  fs::remove(folder_ / "in/csv/dicom_info.csv");
  EXPECT_CONTAINS(bad_input(), "csv/dicom_info.csv");
  fs::copy(folder_ / "in/csv/mass_case_description_train_set.csv", folder_ / "in");
  EXPECT_CONTAINS(bad_input(), "found one table twice");
  error_of(ErrorKind::io, [&] { prepare({}, folder_ / "nowhere"); });
}

TEST_F(CbisDdsmTest, RefusesRowsThatBreakTheRules) {
  const fs::path table = folder_ / "calc_case_description_test_set.csv";
  const std::string header =
      "patient_id,breast density,left or right breast,image view,abnormality id,abnormality type,"
      "calc type,calc distribution,assessment,pathology,subtlety,image file path,cropped image "
      "file path,ROI mask file path\n";
  const auto message = [&](const std::string& row) {
    write_file(table, header + row + "\n");
    return error_of(ErrorKind::bad_input, [&] { read_cbis_cases({table}, false); });
  };
  EXPECT_CONTAINS(message("P_1,2,LEFT,CC,1,mass,,,2,BENIGN,4,a/b/c/d,a/b/c/d,a/b/c/d"),
                  "found \"mass\", expected calcification");
  EXPECT_CONTAINS(message("../1,2,LEFT,CC,1,calcification,,,2,BENIGN,4,a/b/c/d,,"), "patient id");
  EXPECT_CONTAINS(message("P_1,2,BOTH,CC,1,calcification,,,2,BENIGN,4,a/b/c/d,,"),
                  "left or right breast: found \"BOTH\", expected LEFT or RIGHT");
  EXPECT_CONTAINS(message("P_1,2,LEFT,CC,1,calcification,,,2,BENIGN,4,c/d,,"), "image file path");
  write_file(table, "patient_id,image view\nP_1,CC\n");
  EXPECT_CONTAINS(error_of(ErrorKind::bad_input, [&] { read_cbis_cases({table}, false); }),
                  "no column \"abnormality type\"");
}

}  // namespace
}  // namespace mammograft
