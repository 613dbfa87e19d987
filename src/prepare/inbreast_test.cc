#include "prepare/inbreast.h"

#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>

#include "dicom/testing.h"
#include "image/image_io.h"
#include "image/value_bits.h"
#include "prepare/inbreast_layout.h"
#include "prepare/inbreast_rois.h"
#include "prepare/inbreast_table.h"
#include "prepare/test_folder.h"

namespace mammograft {
namespace {

constexpr int kWidth = 160, kHeight = 200;

// A release in small, written by hand: nothing of it comes from the code that writes releases.
class InbreastTest : public FolderTest {
 protected:
  const fs::path release_ = folder_ / "INbreast Release 1.0";

  void SetUp() override {
    write_image("20000011_0a1b2c3d4e5f6071_MG_L_CC_ANON.dcm");
    write_image("20000012_0a1b2c3d4e5f6071_MG_R_ML_ANON.dcm");
    write_image("20000013_ffffffffffffffff_MG_R_CC_ANON.dcm");
    create_folder(release_ / "AllXML");
    write_table(kRows);
  }

  // 14 bits, the breast a bright half disc at its wall; side and view stand in the name only.
  void write_image(const std::string& name, const std::string& side = "",
                   const std::string& view = "", const std::string& spacing = "") {
    cv::Mat values(kHeight, kWidth, CV_16UC1, cv::Scalar(0));
    const bool right = name.find("_MG_R_") != name.npos;
    cv::ellipse(values, {right ? kWidth : 0, kHeight / 2}, {100, 80}, 0, 0, 360, cv::Scalar(9000),
                cv::FILLED);
    NewDicom dicom;
    DataSetWriter data = dicom.data();
    data.set(tags::kSopClassUid, kMammographyForPresentation);
    data.set(tags::kSopInstanceUid, uid_from(name));
    data.set(tags::kModality, "MG");
    if (!side.empty()) data.set(tags::kImageLaterality, side);
    if (!view.empty()) data.set(tags::kViewPosition, view);
    if (!spacing.empty()) data.set(tags::kPixelSpacing, spacing);
    dicom.set_pixels({values, 14});
    create_folder(release_ / "AllDICOMs");
    dicom.write(release_ / "AllDICOMs" / name, transfer_syntax::kExplicitLittleEndian);
  }

  static constexpr const char* kHeader =
      "Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads\n";
  static constexpr const char* kRows =
      "removed;removed;L;CC;201001;20000011;3;4a\n"
      "removed;removed;R;MLO;201001;20000012;3;1\n"
      "removed;removed;R;CC;201001;20000013;     ;2\n";

  void write_table(const std::string& rows) {
    write_file(release_ / "INbreast.csv", kHeader + rows);
  }

  static std::string points_of(const Polygon& points) {
    std::string text;
    for (const Point& p : points)
      text += fmt::format("<string>({:.6f}, {:.6f})</string>", p.x, p.y);
    return "<array>" + text + "</array>";
  }
  static std::string roi(const std::string& name, const Polygon& points) {
    return fmt::format(
        "<dict><key>Type</key><integer>15</integer><key>Point_px</key>{}<key>Area</key>"
        "<real>nan</real><key>Name</key><string>{}</string><key>NumberOfPoints</key>"
        "<integer>{}</integer></dict>",
        points_of(points), name, points.size());
  }
  static std::string list_of(const std::vector<std::string>& rois) {
    std::string text;
    for (const std::string& roi : rois) text += roi;
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict><key>Images</key>"
        "<array><dict><key>ROIs</key><array>{}</array><key>NumberOfROIs</key><integer>{}</integer>"
        "<key>ImageIndex</key><integer>0</integer></dict></array></dict></plist>\n",
        text, rois.size());
  }
  void draw(int64_t id, const std::vector<std::string>& rois) {
    write_file(release_ / "AllXML" / fmt::format("{}.xml", id), list_of(rois));
  }
  static Polygon square(double x, double y, double side) {
    return {{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}};
  }

  Cohort prepare() { return prepare(InbreastOptions()); }
  Cohort prepare(const InbreastOptions& options) {
    Progress progress;
    return prepare_inbreast(release_, folder_ / "out", options, progress);
  }
  std::string message_of(ErrorKind kind) {
    return error_of(kind, [&] { prepare(); });
  }
  std::vector<Polygon> polygons_of(const Annotation& annotation) {
    return std::get<std::vector<Polygon>>(annotation.segmentation);
  }
};

TEST_F(InbreastTest, MakesACohort) {
  draw(20000011, {roi("Calcification", {{30.5, 90.25}}), roi("Mass", square(20, 80, 30)),
                  roi("Cluster", square(60, 100, 9))});
  prepare();
  const Cohort cohort = read_cohort(folder_ / "out");
  ASSERT_EQ(cohort.images.size(), 3u);
  const ImageRecord& image = cohort.image(20000011);
  EXPECT_EQ(image.file_name, "images/20000011.png");
  EXPECT_EQ(image.patient_id, "inbreast/0a1b2c3d4e5f6071");
  EXPECT_EQ(cohort.image(20000012).patient_id, image.patient_id);
  EXPECT_EQ(cohort.image(20000013).patient_id, "inbreast/ffffffffffffffff");
  EXPECT_EQ(image.laterality + image.view, "LCC");
  EXPECT_EQ(cohort.image(20000012).laterality + cohort.image(20000012).view, "RMLO");
  EXPECT_EQ(image.acquisition["birads"], "4a");
  EXPECT_EQ(image.acquisition["density"], "3");
  EXPECT_FALSE(cohort.image(20000013).acquisition.contains("density"));
  EXPECT_EQ(image.acquisition["original_bits"], 14);
  EXPECT_EQ(image.acquisition["source_file"], "20000011_0a1b2c3d4e5f6071_MG_L_CC_ANON.dcm");
  EXPECT_EQ(image.acquisition["findings"],
            Json::parse(R"([{"name": "calcification", "count": 1}, {"name": "cluster", "count": 1},
                            {"name": "mass", "count": 1}])"));
  EXPECT_FALSE(image.acquisition.contains("warnings"));
  EXPECT_EQ(*image.pixel_spacing_mm, (std::array<double, 2>{0.07, 0.07}));
  EXPECT_EQ(image.acquisition["spacing_from"], "option mm_per_px");
  ASSERT_EQ(cohort.annotations.size(), 1u);
  const Annotation& mass = cohort.annotations[0];
  EXPECT_EQ(mass.bbox, (Box{20, 80, 50, 110}));
  EXPECT_EQ(polygons_of(mass), (std::vector<Polygon>{square(20, 80, 30)}));
  EXPECT_EQ(mass.mask_origin, MaskOrigin::contour);
  EXPECT_EQ(mass.attributes, Json::parse(R"({"name": "mass", "birads": "4a"})"));
  EXPECT_NEAR(*mass.size_mm, 30 * std::sqrt(2) * 0.07, 1e-3);
  const cv::Mat pixels = read_pixels(cohort, image);
  EXPECT_EQ(pixels.at<uint16_t>(100, 20), std::lround(9000 * 65535.0 / 16383));
  EXPECT_EQ(pixels.at<uint16_t>(100, 140), 0);
  EXPECT_FALSE(cohort.info.contains("skipped"));
  EXPECT_EQ(read_file(folder_ / "out/cohort.json").find("pathology"), std::string::npos);
}

TEST_F(InbreastTest, StatusFollowsTheDrawingThenTheTable) {
  write_image("20000014_ffffffffffffffff_MG_L_CC_ANON.dcm");
  write_image("20000015_ffffffffffffffff_MG_L_ML_ANON.dcm");
  write_table(std::string(kRows) + "removed;removed;L;CC;201001;20000014;1;1\n");
  draw(20000011, {roi("Mass", square(20, 80, 30))});
  draw(20000013, {});                                // BI-RADS 2, an empty list
  draw(20000014, {roi("Calcification", {{9, 9}})});  // BI-RADS 1
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.image(20000011).status, Status::mass);
  EXPECT_EQ(cohort.image(20000012).status, Status::normal);  // BI-RADS 1, no list
  EXPECT_EQ(cohort.image(20000013).status, Status::unknown);
  EXPECT_EQ(cohort.image(20000014).status, Status::other);
  EXPECT_EQ(cohort.image(20000014).acquisition["warnings"][0],
            "BI-RADS is 1, but findings are drawn");
  EXPECT_EQ(cohort.image(20000015).status, Status::unknown);  // no row
  EXPECT_EQ(cohort.image(20000015).view, "ML");               // nothing calls it MLO
  InbreastOptions options;
  options.normal_birads = {"1", "2"};
  EXPECT_EQ(prepare(options).image(20000013).status, Status::normal);
  options.normal_birads = {};
  EXPECT_EQ(prepare(options).image(20000012).status, Status::unknown);
}

TEST_F(InbreastTest, OnlyMassesAndWhatIsAskedForAreMasses) {
  const Polygon far = square(70, 120, 10);
  draw(20000011, {roi("MASS ", square(20, 80, 30)), roi("Espiculated Region", square(70, 60, 10)),
                  roi("Assymetry", far), roi("Distortion", far), roi("Unnamed", far),
                  roi("Point 3", far), roi("fat necrosis", far)});
  EXPECT_EQ(prepare().annotations.size(), 1u);
  InbreastOptions options;
  options.masses = {"spiculated region"};
  const Cohort cohort = prepare(options);
  ASSERT_EQ(cohort.annotations.size(), 2u);
  EXPECT_EQ(cohort.annotations[1].attributes["name"], "spiculated region");
  options.masses = {"Fat-Necrosis"};
  EXPECT_EQ(prepare(options).annotations.size(), 2u);
}

TEST_F(InbreastTest, OutlinesThatTouchAreOneMass) {
  draw(20000011, {roi("Mass", square(10, 70, 20)), roi("mass", square(25, 80, 20)),
                  roi("Mass", square(12, 72, 5)), roi("Mass", square(60, 100, 12)),
                  roi("Spiculated region", square(8, 68, 30))});
  const Cohort cohort = prepare();
  ASSERT_EQ(cohort.annotations.size(), 2u);
  const Annotation& joined = cohort.annotations[0];
  EXPECT_EQ(joined.bbox, (Box{10, 70, 45, 100}));
  EXPECT_EQ(polygons_of(joined),
            (std::vector<Polygon>{square(10, 70, 20), square(25, 80, 20)}));  // not the inner one
  EXPECT_EQ(joined.attributes["outlines"], 2);
  EXPECT_EQ(area(annotation_mask(joined, cohort.image(20000011))), 20 * 20 * 2 - 5 * 10);
  InbreastOptions options;
  options.masses = {"spiculated region"};
  EXPECT_EQ(prepare(options).annotations[0].attributes["name"], "mass, spiculated region");
}

TEST_F(InbreastTest, AMassWithoutSizeTakesItsImageAlong) {
  draw(20000011, {roi("Mass", {{30, 90}})});
  draw(20000013, {roi("Mass", square(60, 100, 40)), roi("Mass", {{70, 110}, {71, 110}})});
  const Cohort cohort = prepare();
  ASSERT_EQ(cohort.images.size(), 2u);
  EXPECT_EQ(cohort.images[0].id, 20000012);
  EXPECT_EQ(cohort.annotations.size(), 1u);  // the points lie in the outline
  ASSERT_EQ(cohort.info["skipped"].size(), 1u);
  EXPECT_EQ(cohort.info["skipped"][0]["file_name"], "20000011_0a1b2c3d4e5f6071_MG_L_CC_ANON.dcm");
  EXPECT_EQ(
      cohort.info["skipped"][0]["reason"],
      (release_ / "AllXML/20000011.xml").string() +
          ": a mass of one or two points at (30, 90), in no outline: its image would show it as "
          "healthy tissue");
}

TEST_F(InbreastTest, TheFilesNameIsBelieved) {
  write_image("20000012_0a1b2c3d4e5f6071_MG_R_ML_ANON.dcm", "L", "CC", "0.085\\0.085");
  write_table(
      "removed;removed;L;CC;201001;20000011;3;2\nremoved;removed;R;MLO;201001;20000012;3;1\n"
      "removed;removed;L;MLO;201001;20000013;3;1\n");
  const Cohort cohort = prepare();
  const ImageRecord& image = cohort.image(20000012);
  EXPECT_EQ(image.laterality + image.view, "RMLO");
  EXPECT_EQ(
      image.acquisition["warnings"],
      Json::parse(R"(["the side is L in the header, R in the file's name: the name is believed",
                            "the view is CC in the header, MLO in the file's name: the name is believed"])"));
  EXPECT_EQ(cohort.image(20000013).acquisition["warnings"].size(), 2u);
  EXPECT_EQ((*image.pixel_spacing_mm)[0], 0.085);
  EXPECT_EQ(image.acquisition["spacing_from"], "Pixel Spacing");
}

TEST_F(InbreastTest, ReadsTheTableInItsForms) {
  const std::string bom = "\xEF\xBB\xBF";
  write_file(release_ / "INbreast.csv",
             bom +
                 "Patient ID,View , Laterality,File name,ACR,Bi-RADS ,Notes\r\n"
                 "removed,MLO,R,20000012.0,3.0,1.0,\"one, two\"\r\n"
                 "removed,CC,L, 20000011 ,3,4a,\r\n"
                 ",,,,,,\r\n,,,images,,,\r\n");
  const auto rows = read_inbreast_table(release_ / "INbreast.csv");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.at(20000012).birads, "1");
  EXPECT_EQ(rows.at(20000012).acr, "3");
  EXPECT_EQ(rows.at(20000012).view, "MLO");
  EXPECT_EQ(rows.at(20000011).birads, "4a");
  EXPECT_EQ(rows.at(20000011).side, "L");
  EXPECT_EQ(prepare().image(20000012).status, Status::normal);
}

TEST_F(InbreastTest, ABiradsThatIsNoneIsNotKnown) {
  write_table("removed;removed;L;CC;201001;20000011;3;normal\n");
  testing::internal::CaptureStderr();
  const Cohort cohort = prepare();
  EXPECT_CONTAINS(
      testing::internal::GetCapturedStderr(),
      "INbreast.csv: 20000011: Bi-Rads: found \"normal\", expected 0 to 6, or as 4a; it "
      "counts as not known");
  EXPECT_EQ(cohort.image(20000011).status, Status::unknown);
  EXPECT_FALSE(cohort.image(20000011).acquisition.contains("birads"));
}

TEST_F(InbreastTest, SaysHowManyThereShouldBe) {
  draw(20000011, {roi("Mass", square(20, 80, 30)), roi("Mass", square(60, 100, 9))});
  testing::internal::CaptureStderr();
  prepare();
  EXPECT_CONTAINS(
      testing::internal::GetCapturedStderr(),
      "INbreast: 3 images (of 410), 2 cases (of 115), 2 patients (of 108), 2 masses (of "
      "116) in 1 images (of 107); these differ, which is fine for a part");
}

TEST_F(InbreastTest, RefusesATableThatIsNone) {
  const std::string file = (release_ / "INbreast.csv").string();
  write_table(std::string(kRows) + kRows);
  EXPECT_EQ(message_of(ErrorKind::bad_input), file + ": 20000011: found two rows, expected one");
  write_file(file, "File Name;ACR\n20000011;1\n");
  EXPECT_EQ(message_of(ErrorKind::bad_input), file + ": line 1: found no column \"Bi-Rads\"");
  fs::remove(file);
  EXPECT_EQ(message_of(ErrorKind::io), release_.string() + ": INbreast.csv: missing");
  write_file(release_ / "INbreast.xls", "\xD0\xCF\x11\xE0");
  EXPECT_EQ(message_of(ErrorKind::bad_input),
            (release_ / "INbreast.xls").string() +
                ": Excel's form is not read: export the sheet as INbreast.csv (UTF-8) beside it");
  write_table(kRows);
  EXPECT_EQ(prepare().images.size(), 3u);
}

TEST_F(InbreastTest, PassesOverWhatOtherSystemsLeave) {
  for (const char* name : {"AllDICOMs/._20000011_0a1b2c3d4e5f6071_MG_L_CC_ANON.dcm",
                           "AllDICOMs/Thumbs.db", "AllXML/._20000011.xml", "AllXML/readme.txt",
                           "AllDICOMs/notes.dcm", "AllXML/29999999.xml"}) {
    write_file(release_ / name, "Mac OS X");
  }
  EXPECT_EQ(prepare().images.size(), 3u);
}

TEST_F(InbreastTest, FindsNamesInAnyCase) {
  fs::rename(release_ / "AllDICOMs", release_ / "ALLDICOMS");
  fs::rename(release_ / "ALLDICOMS/20000011_0a1b2c3d4e5f6071_MG_L_CC_ANON.dcm",
             release_ / "ALLDICOMS/20000011_0A1B2C3D4E5F6071_mg_l_cc_anon.DCM");
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.image(20000011).patient_id, cohort.image(20000012).patient_id);
  EXPECT_EQ(cohort.image(20000011).laterality, "L");
}

TEST_F(InbreastTest, SaysWhatIsMissing) {
  fs::rename(release_ / "AllXML", folder_ / "elsewhere");
  EXPECT_EQ(message_of(ErrorKind::io),
            release_.string() + ": AllXML: missing, expected the folder of INbreast Release 1.0");
  fs::rename(folder_ / "elsewhere", release_ / "AllXML");
  fs::remove_all(release_ / "AllDICOMs");
  create_folder(release_ / "AllDICOMs");
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input), "AllDICOMs: found no file called <number>_");
  fs::remove_all(release_);
  EXPECT_CONTAINS(message_of(ErrorKind::io), release_.string() + ": cannot be read");
}

TEST_F(InbreastTest, RefusesTwoImagesOfOneNumber) {
  write_image("20000011_ffffffffffffffff_MG_L_CC_ANON.dcm");
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input), "two images with one number");
}

TEST_F(InbreastTest, StopsOrSkipsAtWhatIsBroken) {
  write_file(release_ / "AllXML/20000011.xml", "<plist>\n<dict>\n");
  const std::string xml = (release_ / "AllXML/20000011.xml").string();
  EXPECT_EQ(message_of(ErrorKind::bad_input),
            xml + ": line 3: not an XML property list: no element found");
  EXPECT_FALSE(fs::exists(folder_ / "out"));  // found before any work
  const fs::path image = release_ / "AllDICOMs/20000013_ffffffffffffffff_MG_R_CC_ANON.dcm";
  write_file(image, "no DICOM");
  InbreastOptions options;
  options.keep_going = true;
  const Cohort cohort = prepare(options);
  ASSERT_EQ(cohort.images.size(), 1u);
  EXPECT_EQ(cohort.images[0].id, 20000012);
  ASSERT_EQ(cohort.info["skipped"].size(), 2u);
  EXPECT_EQ(cohort.info["skipped"][0]["reason"],
            xml + ": line 3: not an XML property list: no element found");
  EXPECT_CONTAINS(cohort.info["skipped"][1]["reason"].get<std::string>(), image.string());
  fs::remove(release_ / "AllXML/20000011.xml");
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input), image.string());
}

TEST_F(InbreastTest, NamesTheFieldOfAListThatIsWrong) {
  const fs::path xml = release_ / "AllXML/20000011.xml";
  const auto message = [&](const std::string& text) {
    write_file(xml, text);
    const std::string found = error_of(ErrorKind::bad_input, [&] { read_inbreast_rois(xml); });
    return found.substr(xml.string().size());
  };
  const std::string good = list_of({roi("Mass", square(1, 1, 5))});
  const auto with = [&](const std::string& part, const std::string& other) {
    std::string text = good;
    return text.replace(text.find(part), part.size(), other);
  };
  EXPECT_EQ(message(with("<integer>4<", "<integer>5<")),
            ": Images[0].ROIs[0].NumberOfPoints: expected 4, the number of points, found 5");
  EXPECT_EQ(message(with("<integer>1<", "<integer>2<")),
            ": Images[0].NumberOfROIs: expected 1, the number of ROIs, found 2");
  EXPECT_EQ(message(with("(6.000000, 1.000000)", "(6.000000)")),
            ": Images[0].ROIs[0].Point_px[1]: expected a point as \"(12.5, 7.25)\", found "
            "\"(6.000000)\"");
  EXPECT_CONTAINS(message(with("(6.000000, 1.000000)", "(nan, 1)")), "Point_px[1]");
  EXPECT_CONTAINS(message(with("(6.000000, 1.000000)", "6, 1")), "Point_px[1]");
  EXPECT_EQ(message(with("Point_px", "Points")), ": Images[0].ROIs[0].Point_px: missing");
  EXPECT_EQ(message(with("Images", "Pictures")), ": Images: missing");
}

TEST_F(InbreastTest, AFindingOutsideTheImageIsAnError) {
  draw(20000011, {roi("Mass", square(500, 80, 30))});
  EXPECT_CONTAINS(message_of(ErrorKind::bad_input),
                  "a finding lies outside the image of 160 x 200");
  draw(20000011, {roi("Mass", square(-3, 80, 30))});  // a little: cut off
  EXPECT_EQ(prepare().annotations[0].bbox, (Box{0, 80, 27, 110}));
}

TEST_F(InbreastTest, TakesTheMusclesThatAreDrawn) {
  const fs::path folder = release_ / "PectoralMuscle/Pectoral Muscle XML";
  create_folder(folder);
  // A line from the upper border to the chest wall, on the right of a right breast.
  const std::string line =
      "<plist><dict><key>ROIPoints</key><array><string>{100.5, -2}</string><string>{130, 60.25}"
      "</string><string>{160, 120}</string></array></dict></plist>";
  write_file(folder / "20000012_muscle.xml", line);
  const Polygon closed = {{0, 0}, {60, 0}, {0, 90}};
  write_file(folder / "20000011.xml",
             list_of({roi("Mass", square(0, 0, 150)), roi("Pectoral Muscle", closed)}));
  const Cohort cohort = prepare();
  EXPECT_EQ(cohort.image(20000012).pectoral_contour,
            (std::vector<Polygon>{{{100.5, 0}, {130, 60.25}, {160, 120}, {160, 0}}}));
  EXPECT_EQ(cohort.image(20000011).pectoral_contour, std::vector<Polygon>{closed});
  EXPECT_TRUE(cohort.image(20000013).pectoral_contour.empty());
  EXPECT_EQ(cohort.annotations.size(), 0u);
}

TEST_F(InbreastTest, ChecksItsOptions) {
  InbreastOptions options;
  options.mm_per_px = 0;
  EXPECT_EQ(error_of(ErrorKind::usage, [&] { prepare(options); }),
            "mm_per_px: found 0, expected 0.005 to 5");
}

TEST_F(InbreastTest, SameInputSameBytesWithOneThreadOrTwo) {
  draw(20000011, {roi("Mass", square(20, 80, 30))});
  InbreastOptions options;
  options.threads = 1;
  prepare(options);
  const std::string first = read_file(folder_ / "out/cohort.json");
  options.threads = 2;
  prepare(options);
  EXPECT_EQ(read_file(folder_ / "out/cohort.json"), first);
}

TEST(InbreastRoiName, KnowsTheSpellings) {
  const std::map<std::string, std::string> names = {{"Mass", "mass"},
                                                    {" m ass\t", "mass"},
                                                    {"Calcifications", "calcification"},
                                                    {"Espiculated Region", "spiculated region"},
                                                    {"Spiculated region", "spiculated region"},
                                                    {"spiculated_region", "spiculated region"},
                                                    {"Assymetry", "asymmetry"},
                                                    {"Point 1", "point"},
                                                    {"point12", "point"},
                                                    {"Unnamed", "unnamed"},
                                                    {"", "unnamed"},
                                                    {"Fat Necrosis", "fatnecrosis"}};
  for (const auto& [spelling, name] : names) EXPECT_EQ(roi_name(spelling), name) << spelling;
  EXPECT_TRUE(is_known_roi("spiculated region"));
  EXPECT_TRUE(is_known_roi("point"));
  EXPECT_FALSE(is_known_roi("fatnecrosis"));
}

}  // namespace
}  // namespace mammograft
