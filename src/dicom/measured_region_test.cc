#include "dicom/measured_region.h"

#include <gtest/gtest.h>

#include "dicom/cad_sr.h"
#include "dicom/finding_testing.h"
#include "dicom/measurement_sr.h"

namespace mammograft {
namespace {

constexpr const char* kComprehensiveSr = "1.2.840.10008.5.1.4.1.1.88.33";

DataSetWriter add_item(DataSetWriter to, const std::string& type, const Code& name) {
  DataSetWriter item = to.add_item(tags::kContentSequence);
  item.set(tags::kValueType, type);
  if (!name.value.empty()) add_code(item, tags::kConceptNameCodeSequence, name);
  return item;
}

void add_image(DataSetWriter to, const std::string& instance) {
  add_item(to, "IMAGE", {})
      .add_item(tags::kReferencedSopSequence)
      .set(tags::kReferencedSopInstanceUid, instance);
}

// A report as another program would write it, by hand: `fill` gets the measurement group.
std::vector<MeasuredRegion> regions(const std::function<void(DataSetWriter)>& fill,
                                    const std::string& template_number = "1500",
                                    const std::string& sop_class = kComprehensiveSr) {
  NewDicom made;
  DataSetWriter data = made.data();
  data.set(tags::kSopClassUid, sop_class);
  data.set(tags::kSopInstanceUid, uid_from("report"));
  data.set(tags::kValueType, "CONTAINER");
  data.add_item(tags::kContentTemplateSequence).set(tags::kTemplateIdentifier, template_number);
  const DataSetWriter measurements = add_item(data, "CONTAINER", {"126010", "DCM", ""});
  fill(add_item(measurements, "CONTAINER", {"125007", "DCM", ""}));
  return read_measurement_sr(Reopened(std::move(made)).file);
}

DataSetWriter add_drawing(DataSetWriter to, const std::string& type,
                          const std::vector<float>& points) {
  DataSetWriter region = add_item(to, "SCOORD", {"111030", "DCM", "Image Region"});
  region.set(tags::kGraphicType, type);
  region.set_floats(tags::kGraphicData, points);
  return region;
}

std::vector<MeasuredRegion> drawn(const std::string& type, const std::vector<float>& points) {
  return regions(
      [&](DataSetWriter group) { add_image(add_drawing(group, type, points), "1.2.3"); });
}

TEST(MeasuredRegion, ReadsOwnReports) {
  for (const int count : {0, 1, 20}) {
    const TestFolder folder;
    const std::vector<SearchedImage> images = {image_with(0, 0), image_with(count, 1)};
    write_measurement_sr(folder / "sr.dcm", images, kAlgorithm, kNoon);
    const auto found = read_measurement_sr(DicomFile(folder / "sr.dcm"));
    ASSERT_EQ(std::ssize(found), count);
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].instance, uid_from("instance 1"));
      EXPECT_EQ(found[i].finding.value, "4147007");
      EXPECT_TRUE(found[i].by_program);
      const Box expected = bounds(outlines(images[1].findings[i]));
      const Box box = bounds(found[i].outline);
      EXPECT_NEAR(box.x0, expected.x0, 1e-4);
      EXPECT_NEAR(box.y1, expected.y1, 1e-4);
      EXPECT_EQ(found[i].outline.size(), main_outline(images[1].findings[i]).size());
    }
  }
}

// As highdicom writes them (tests/golden/dicom/make_objects.py).
TEST(MeasuredRegion, ReadsReportsOfAnotherProgram) {
  const fs::path golden = fs::path(MAMMOGRAFT_SOURCE_DIR) / "tests/golden/dicom/regions.dcm";
  const std::vector<MeasuredRegion> found = read_measurement_sr(DicomFile(golden));
  ASSERT_EQ(found.size(), 3u);
  for (const MeasuredRegion& region : found) {
    EXPECT_EQ(region.instance, "2.25.1");
    EXPECT_TRUE(region.by_program) << "its observer is a device";
    EXPECT_TRUE(region.finding.same_as({"4147007", "SCT", ""})) << region.finding.value;
  }
  EXPECT_EQ(found[0].outline, (Polygon{{1.5, 2}, {7, 2}, {6, 8.25}}));
  const Box circle = bounds(found[1].outline), oval = bounds(found[2].outline);
  const double expected[][2] = {{circle.x0, 2}, {circle.y0, 3}, {circle.x1, 8}, {circle.y1, 9},
                                {oval.x0, 1},   {oval.y0, 4},   {oval.x1, 9},   {oval.y1, 8}};
  for (const auto& [is, should_be] : expected) EXPECT_NEAR(is, should_be, 1e-6);
}

TEST(MeasuredRegion, IsAClosedLineACircleOrAnEllipse) {
  const auto line = drawn("POLYLINE", {1, 2, 9, 2, 9, 8, 1, 2});
  ASSERT_EQ(line.size(), 1u);
  EXPECT_EQ(line[0].outline, (Polygon{{1, 2}, {9, 2}, {9, 8}}));
  EXPECT_EQ(line[0].instance, "1.2.3");
  EXPECT_EQ(line[0].finding.value, "");
  EXPECT_FALSE(line[0].by_program) << "nobody is said to have observed";
  const auto round = drawn("CIRCLE", {10, 20, 13, 24});
  ASSERT_EQ(round.size(), 1u);
  for (const Point& p : round[0].outline) EXPECT_NEAR(std::hypot(p.x - 10, p.y - 20), 5, 1e-9);
  // Half axes of 10 and 5, the long one down along the diagonal.
  const float a = 10 / std::sqrt(2.0F), b = 5 / std::sqrt(2.0F);
  const auto oval =
      drawn("ELLIPSE", {50 - a, 50 - a, 50 + a, 50 + a, 50 + b, 50 - b, 50 - b, 50 + b});
  ASSERT_EQ(oval.size(), 1u);
  for (const Point& p : oval[0].outline) {
    const double along = (p.x - 50 + p.y - 50) / std::sqrt(2.0);
    const double across = (p.x - p.y) / std::sqrt(2.0);
    EXPECT_NEAR(along * along / 100 + across * across / 25, 1, 1e-5);
  }
}

TEST(MeasuredRegion, PointsAndRulersHaveNoInside) {
  const auto has_no_inside = [](const std::vector<MeasuredRegion>& found) {
    return found.size() == 1 && found[0].outline.empty() && found[0].instance == "1.2.3";
  };
  EXPECT_TRUE(has_no_inside(drawn("POINT", {1, 2})));
  EXPECT_TRUE(has_no_inside(drawn("POLYLINE", {1, 2, 30, 40})));
  EXPECT_TRUE(has_no_inside(drawn("POLYLINE", {1, 2, 30, 40, 50, 60, 70, 80}))) << "not closed";
  EXPECT_TRUE(has_no_inside(drawn("CIRCLE", {1, 2})));
  const auto ruler_nowhere = regions([](DataSetWriter group) {
    add_image(group, "1.2.9");
    add_drawing(group, "POLYLINE", {1, 2, 30, 40});
  });
  ASSERT_EQ(ruler_nowhere.size(), 1u);
  EXPECT_EQ(ruler_nowhere[0].instance, "");
}

TEST(MeasuredRegion, BelowAMeasureItIsFoundAndOnlyOnce) {
  const auto found = regions([](DataSetWriter group) {
    for (const char* measure : {"Area", "Perimeter"}) {
      const DataSetWriter number = add_item(group, "NUM", {"1", "DCM", measure});
      add_image(add_drawing(number, "POLYLINE", {1, 2, 9, 2, 9, 8, 1, 2}), "1.2.3");
    }
  });
  EXPECT_EQ(found.size(), 1u);
}

TEST(MeasuredRegion, TheImageMayStandElsewhereInTheReport) {
  const auto found = regions([](DataSetWriter group) {
    add_image(group, "1.2.9");
    add_drawing(group, "POLYLINE", {1, 2, 9, 2, 9, 8, 1, 2})
        .add_item(tags::kContentSequence)
        .set(tags::kReferencedContentItemIdentifier, "1\\1\\1\\1");
  });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].instance, "1.2.9");
}

TEST(MeasuredRegion, OtherReportsAreRefusedWithAReason) {
  const auto line = [](DataSetWriter group) {
    add_image(add_drawing(group, "POLYLINE", {1, 2, 9, 2, 9, 8, 1, 2}), "1.2.3");
  };
  const auto without_image = [](DataSetWriter group) {
    add_drawing(group, "POLYLINE", {1, 2, 9, 2, 9, 8, 1, 2});
  };
  const auto nowhere = [&](DataSetWriter group) {
    line(group);
    add_drawing(group, "POLYLINE", {1, 2, 9, 2, 9, 9, 1, 2})
        .add_item(tags::kContentSequence)
        .set(tags::kReferencedContentItemIdentifier, "1\\1\\1\\77");
  };
  EXPECT_ERROR(regions(line, "1400"), bad_input, "found 1400, expected 1500");
  EXPECT_ERROR(regions(line, "Jane Doe"), bad_input, "found none that is known");
  EXPECT_ERROR(regions(line, "1500", "1.2.840.10008.5.1.4.1.1.4"), bad_input,
               "no structured report");
  EXPECT_ERROR(regions(without_image), bad_input, "refers to no image");
  EXPECT_ERROR(regions(nowhere), bad_input, "does not say in which image");
  EXPECT_ERROR(regions([&](DataSetWriter group) {
                 line(group);
                 add_item(group, "SCOORD3D", {"111030", "DCM", ""});
               }),
               bad_input, "a region in space");
  const TestFolder folder;
  write_cad_sr(folder / "cad.dcm", {image_with(1)}, kAlgorithm, kNoon);
  EXPECT_ERROR(read_measurement_sr(DicomFile(folder / "cad.dcm")), bad_input,
               "found 4000, expected 1500");
}

}  // namespace
}  // namespace mammograft
