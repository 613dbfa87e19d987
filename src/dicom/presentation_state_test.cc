#include "dicom/presentation_state.h"

#include <gtest/gtest.h>

#include "dicom/finding_testing.h"

namespace mammograft {
namespace {

DicomFile state_of(const TestFolder& folder, const SearchedImage& image) {
  write_presentation_state(folder / "ps.dcm", image, kAlgorithm, kNoon);
  return DicomFile(folder / "ps.dcm");
}

SearchedImage image_changed(const std::function<void(DataSetWriter)>& change) {
  NewDicom made = full_mammogram();
  change(made.data());
  return searched_image(Reopened(std::move(made)).file, {});
}

std::vector<std::string> notes_of(const DataSet& data) {
  std::vector<std::string> found;
  for (const DataSet& annotation : data.items(tags::kGraphicAnnotationSequence)) {
    for (const DataSet& note : annotation.items(tags::kTextObjectSequence))
      found.push_back(note.text(tags::kUnformattedTextValue));
  }
  return found;
}

TEST(PresentationState, DrawsEachOutlineWithItsScoreBeside) {
  for (const int count : {0, 1, 20}) {
    const TestFolder folder;
    const SearchedImage image = image_with(count);
    const DicomFile file = state_of(folder, image);
    const auto annotations = file.data().items(tags::kGraphicAnnotationSequence);
    ASSERT_EQ(std::ssize(annotations), count + 1);
    for (size_t i = 0; i < image.findings.size(); ++i) {
      const DataSet drawn = annotations[i].items(tags::kGraphicObjectSequence).at(0);
      const auto points = drawn.numbers(tags::kGraphicData);
      const Polygon outline = main_outline(image.findings[i]);
      ASSERT_EQ(points.size(), 2 * outline.size() + 2);
      EXPECT_EQ(drawn.integer(tags::kNumberOfGraphicPoints), std::ssize(outline) + 1);
      EXPECT_NEAR(points[2], outline[1].x, 1e-4);
      EXPECT_NEAR(points[3], outline[1].y, 1e-4);
      EXPECT_EQ(points.front(), points[points.size() - 2]);
      const DataSet note = annotations[i].items(tags::kTextObjectSequence).at(0);
      const auto corner = note.numbers(tags::kBoundingBoxTopLeft);
      const auto end = note.numbers(tags::kBoundingBoxBottomRight);
      const Box place{corner[0], corner[1], end[0], end[1]};
      EXPECT_TRUE(intersection(place, image.findings[i].box).empty());
      EXPECT_TRUE(place.x0 >= 0 && place.y0 >= 0 && place.x1 <= 320 && place.y1 <= 400);
    }
    const std::vector<std::string> notes = notes_of(file.data());
    EXPECT_EQ(notes.front().substr(0, 4), count > 0 ? "0.95" : "mamm");
    EXPECT_EQ(notes.back(), count > 0 ? "mammograft, RESEARCH USE ONLY"
                                      : "mammograft, RESEARCH USE ONLY: nothing found");
  }
}

TEST(PresentationState, ShowsTheWholeImage) {
  const TestFolder folder;
  const DicomFile file = state_of(folder, image_with(1));
  const DataSet area = file.data().items(tags::kDisplayedAreaSelectionSequence).at(0);
  EXPECT_EQ(area.numbers(tags::kDisplayedAreaTopLeft), (std::vector<double>{1, 1}));
  EXPECT_EQ(area.numbers(tags::kDisplayedAreaBottomRight), (std::vector<double>{320, 400}));
  const DataSet series = file.data().items(tags::kReferencedSeriesSequence).at(0);
  EXPECT_EQ(
      series.items(tags::kReferencedImageSequence).at(0).text(tags::kReferencedSopInstanceUid),
      uid_from("instance 0"));
}

TEST(PresentationState, KeepsTheGreyValuesOfTheImage) {
  const TestFolder folder;
  {
    const DicomFile file = state_of(folder, image_with(0));
    const DataSet window = file.data().items(tags::kSoftcopyVoiLutSequence).at(0);
    EXPECT_EQ(window.numbers(tags::kWindowCenter), std::vector<double>{2048}) << "one only";
    EXPECT_EQ(window.numbers(tags::kWindowWidth), std::vector<double>{4096});
    EXPECT_EQ(file.data().number(tags::kRescaleSlope), 1);
    EXPECT_EQ(file.data().text(tags::kRescaleType), "US");
    EXPECT_EQ(file.data().text(tags::kPresentationLutShape), "IDENTITY");
  }
  const DicomFile file = state_of(folder, image_changed([](DataSetWriter data) {
                                    data.set(tags::kPhotometricInterpretation, "MONOCHROME1");
                                    DataSetWriter lut = data.add_item(tags::kVoiLutSequence);
                                    lut.set(tags::kLutDescriptor, "3\\5\\16");
                                    lut.set_words(tags::kLutData, {7, 8, 9});
                                    data.set(tags::kVoiLutFunction, "SIGMOID");
                                  }));
  EXPECT_EQ(file.data().text(tags::kPresentationLutShape), "INVERSE");
  const DataSet voi = file.data().items(tags::kSoftcopyVoiLutSequence).at(0);
  EXPECT_FALSE(voi.exists(tags::kWindowCenter));
  const DataSet lut = voi.items(tags::kVoiLutSequence).at(0);
  EXPECT_EQ(lut.numbers(tags::kLutDescriptor), (std::vector<double>{3, 5, 16}));
  EXPECT_EQ(lut.words(tags::kLutData), (std::vector<uint16_t>{7, 8, 9}));
}

// Implicit files do not say whether a table's descriptor is signed.
TEST(PresentationState, TakesTheTableOfAnImplicitFileToo) {
  NewDicom made = full_mammogram();
  DataSetWriter table = made.data().add_item(tags::kVoiLutSequence);
  table.set(tags::kLutDescriptor, "3\\40000\\16");
  table.set_words(tags::kLutData, {7, 8, 65535});
  const Reopened source(std::move(made), transfer_syntax::kImplicitLittleEndian);
  const TestFolder folder;
  const DicomFile file = state_of(folder, searched_image(source.file, {}));
  const DataSet lut =
      file.data().items(tags::kSoftcopyVoiLutSequence).at(0).items(tags::kVoiLutSequence).at(0);
  EXPECT_EQ(lut.numbers(tags::kLutDescriptor), (std::vector<double>{3, 40000, 16}));
  EXPECT_EQ(lut.words(tags::kLutData), (std::vector<uint16_t>{7, 8, 65535}));
}

TEST(PresentationState, OfABareImageAsksForNoGreyValues) {
  const TestFolder folder;
  const DicomFile file = state_of(folder, bare_image(2));
  EXPECT_TRUE(file.data().items(tags::kSoftcopyVoiLutSequence).empty());
  EXPECT_FALSE(file.data().exists(tags::kRescaleSlope));
  const DataSet area = file.data().items(tags::kDisplayedAreaSelectionSequence).at(0);
  EXPECT_EQ(area.text(tags::kPresentationPixelAspectRatio), "1");
}

}  // namespace
}  // namespace mammograft
