#include "dicom/cad_sr.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "dicom/code.h"
#include "dicom/finding_testing.h"
#include "dicom/report_testing.h"

namespace mammograft {
namespace {

DicomFile cad_report(const TestFolder& folder, const std::vector<SearchedImage>& images) {
  write_cad_sr(folder / "cad.dcm", images, kAlgorithm, kNoon);
  return DicomFile(folder / "cad.dcm");
}

TEST(CadSr, SaysThatItSearchedAndWhatItFoundAlsoWhereThatIsNothing) {
  struct Case {
    std::vector<int> counts;
    const char* summary;
  };
  for (const Case& one :
       {Case{{0, 0}, "111241"}, Case{{1, 0}, "111242"}, Case{{13, 7}, "111242"}}) {
    std::vector<SearchedImage> images;
    int total = 0;
    for (const int count : one.counts) {
      images.push_back(image_with(count, static_cast<int>(images.size())));
      total += count;
    }
    const TestFolder folder;
    const DicomFile file = cad_report(folder, images);
    EXPECT_EQ(file.data().text(tags::kSopClassUid), "1.2.840.10008.5.1.4.1.1.88.50");
    EXPECT_EQ(values_named(file.data(), "111017"), std::vector<std::string>{one.summary});
    EXPECT_EQ(values_named(file.data(), "111064"), std::vector<std::string>{"111222"});
    EXPECT_EQ(values_named(file.data(), "111065"), std::vector<std::string>{"111225"});
    EXPECT_EQ(std::ssize(items_named(file.data(), "111059")), total);
    EXPECT_EQ(std::ssize(items_named(file.data(), "111041")), total);
    EXPECT_EQ(evidence_of(file.data()),
              (std::vector<std::string>{uid_from("instance 0"), uid_from("instance 1")}));
  }
}

TEST(CadSr, AFindingHasItsPlaceItsScoreAndItsImage) {
  SearchedImage image = image_with(0, 1);
  image.findings = {{{10, 20, 30, 50}, {}, 0.875, std::nullopt}};
  const TestFolder folder;
  const DicomFile file = cad_report(folder, {image_with(0, 0), image});
  const DataSet finding = items_named(file.data(), "111059").at(0);
  EXPECT_EQ(read_code(finding, tags::kConceptCodeSequence).value, "129793001");
  EXPECT_EQ(numbers_of(items_named(finding, "111010").at(0)), (std::vector<double>{20, 35}));
  const DataSet outline = items_named(finding, "111041").at(0);
  EXPECT_EQ(outline.text(tags::kGraphicType), "POLYLINE");
  EXPECT_EQ(numbers_of(outline), (std::vector<double>{10, 20, 30, 20, 30, 50, 10, 50, 10, 20}));
  // The image library is the second child of the root (after the language), the image its second.
  EXPECT_EQ(
      outline.items(tags::kContentSequence).at(0).numbers(tags::kReferencedContentItemIdentifier),
      (std::vector<double>{1, 2, 2}));
  const DataSet certainty = items_named(finding, "111012").at(0);
  EXPECT_EQ(certainty.items(Tag{0x0040, 0xA300}).at(0).number(Tag{0x0040, 0xA30A}), 87.5);
  const std::vector<std::string> parameters = texts_named(finding, "111002");
  EXPECT_EQ(parameters.at(0), "RESEARCH USE ONLY");
  EXPECT_EQ(parameters.at(2), "operating point: score >= 0.31: 0.5 false marks an image");
}

TEST(CadSr, OfSeveralPolygonsTheLargestIsTheOutline) {
  SearchedImage image = image_with(0);
  image.findings = {{{0, 0, 100, 100},
                     {{{1, 1}, {3, 1}, {3, 3}}, {{10, 10}, {90, 10}, {90, 90}}},
                     0.5,
                     std::nullopt}};
  const TestFolder folder;
  const DicomFile file = cad_report(folder, {image});
  EXPECT_EQ(numbers_of(items_named(file.data(), "111041").at(0)),
            (std::vector<double>{10, 10, 90, 10, 90, 90, 10, 10}));
}

TEST(CadSr, TheLibrarySaysWhatEachImageShows) {
  const TestFolder folder;
  const DicomFile file = cad_report(folder, {image_with(0, 0), image_with(0, 3), bare_image(0)});
  EXPECT_EQ(values_named(file.data(), "111027"),
            (std::vector<std::string>{"80248007", "73056007"}));
  EXPECT_EQ(values_named(file.data(), "111031"),
            (std::vector<std::string>{"399162004", "399368009", "399162004"}));
  EXPECT_EQ(texts_named(file.data(), "111044"), (std::vector<std::string>{"A", "P"}));
  EXPECT_EQ(items_named(file.data(), "111026").size(), 2u);
}

TEST(CadSr, TheSameCommandWritesTheSameFile) {
  const TestFolder folder;
  write_cad_sr(folder / "a.dcm", {image_with(3)}, kAlgorithm, kNoon);
  write_cad_sr(folder / "b.dcm", {image_with(3)}, kAlgorithm, kNoon);
  EXPECT_EQ(read_file(folder / "a.dcm"), read_file(folder / "b.dcm"));
  write_cad_sr(folder / "c.dcm", {image_with(2)}, kAlgorithm, kNoon);
  EXPECT_NE(DicomFile(folder / "a.dcm").data().text(tags::kSopInstanceUid),
            DicomFile(folder / "c.dcm").data().text(tags::kSopInstanceUid));
}

}  // namespace
}  // namespace mammograft
