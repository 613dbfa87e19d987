#include "dicom/mammogram.h"

#include <gtest/gtest.h>

#include "dicom/testing.h"

namespace mammograft {
namespace {

using Change = std::function<void(DataSetWriter)>;

NewDicom changed(const Change& change) {
  NewDicom made = new_mammogram(noise_image(8, 10, 12), 12);
  change(made.data());
  return made;
}

Mammogram read(const Change& change) { return read_mammogram(Reopened(changed(change)).file); }

std::string reason(const Change& change, const SelectionOptions& options = {}) {
  return reason_to_leave_out(Reopened(changed(change)).file, options).value_or("");
}

TEST(Mammogram, SaysWhatItsHeaderSays) {
  const Mammogram found =
      read([](DataSetWriter d) { d.set(tags::kManufacturer, "HOLOGIC, Inc. "); });
  EXPECT_EQ(found.width, 10);
  EXPECT_EQ(found.height, 8);
  EXPECT_EQ(found.patient_id, "p1");
  EXPECT_EQ(found.laterality, "L");
  EXPECT_EQ(found.view, "CC");
  EXPECT_EQ(found.vendor, "Hologic");
  EXPECT_EQ(found.instance, uid_from("instance"));
  EXPECT_FALSE(found.spacing_mm);
  EXPECT_TRUE(found.warnings.empty());
}

TEST(Mammogram, TheClassSaysForWhatItIsWhereTheAttributeIsMissing) {
  const auto intent = [](const char* sop_class, const char* text) {
    return read([&](DataSetWriter d) {
             d.set(tags::kSopClassUid, sop_class);
             d.set(tags::kPresentationIntentType, text);
           })
        .intent;
  };
  constexpr const char* kMgRaw = "1.2.840.10008.5.1.4.1.1.1.2.1";
  constexpr const char* kDxRaw = "1.2.840.10008.5.1.4.1.1.1.1.1";
  EXPECT_EQ(intent(kMgRaw, ""), "FOR PROCESSING");
  EXPECT_EQ(intent(kDxRaw, ""), "FOR PROCESSING");
  EXPECT_EQ(intent(kMammographyForPresentation, ""), "");
  EXPECT_EQ(intent(kMgRaw, "for presentation"), "FOR PRESENTATION") << "what is said is believed";
  EXPECT_NE(reason([&](DataSetWriter d) {
              d.set(tags::kSopClassUid, kMgRaw);
              d.set(tags::kPresentationIntentType, "");
            }).find("is FOR PROCESSING"),
            std::string::npos);
}

TEST(Mammogram, XRaysOfOtherPartsAreNone) {
  const auto reason_of = [](const char* modality, const char* part) {
    return reason([&](DataSetWriter d) {
      d.set(tags::kSopClassUid, "1.2.840.10008.5.1.4.1.1.1");
      d.set(tags::kModality, modality);
      d.set(tags::kBodyPartExamined, part);
    });
  };
  EXPECT_EQ(reason_of("CR", "CHEST"), "is of another part of the body than the breast");
  EXPECT_EQ(reason_of("DX", "HAND"), "is of another part of the body than the breast");
  for (const char* part : {"BREAST", "Breast", "LEFT BREAST", ""})
    EXPECT_EQ(reason_of("CR", part), "");
  EXPECT_EQ(reason_of("MG", "CHEST"), "") << "mammography is of the breast, whatever is typed";
}

TEST(Mammogram, ImagesGeneratedOfATomosynthesisAreTakenWhenAskedFor) {
  SelectionOptions all;
  all.generated_2d = true;
  for (const char* type : {"DERIVED\\PRIMARY\\TOMOSYNTHESIS\\GENERATED_2D",
                           "DERIVED\\PRIMARY\\\\GENERATED_2D", "DERIVED\\PRIMARY\\TOMOSYNTHESIS"}) {
    const Change change = [&](DataSetWriter d) { d.set(tags::kImageType, type); };
    EXPECT_EQ(reason(change).substr(0, 35), "was generated of a tomosynthesis (-") << type;
    EXPECT_EQ(reason(change, all), "") << type;
  }
  EXPECT_EQ(reason([](DataSetWriter d) { d.set(tags::kImageType, "ORIGINAL\\PRIMARY\\\\"); }), "");
}

TEST(Mammogram, SpacingIsThatOfTheTissue) {
  const auto spacing = [](const std::string& factor, double* mm, std::string* from) {
    const Mammogram found = read([&](DataSetWriter d) {
      d.set(tags::kImagerPixelSpacing, "0.07\\0.07");
      if (factor != "none") d.set(tags::kMagnificationFactor, factor);
    });
    *mm = (*found.spacing_mm)[1];
    *from = found.spacing_from;
    return found.warnings.size();
  };
  double mm = 0;
  std::string from;
  EXPECT_EQ(spacing("1.8", &mm, &from), 0u);
  EXPECT_NEAR(mm, 0.0389, 1e-4);
  EXPECT_EQ(from, "Imager Pixel Spacing, magnification 1.8");
  for (const char* absurd : {"0", "1000"}) {
    EXPECT_EQ(spacing(absurd, &mm, &from), 1u) << absurd;
    EXPECT_EQ(mm, 0.07);
    EXPECT_EQ(from, "Imager Pixel Spacing, magnification not known");
  }
  EXPECT_EQ(spacing("", &mm, &from), 0u);
  EXPECT_EQ(mm, 0.07);
  const Mammogram by_distance = read([](DataSetWriter d) {
    d.set(tags::kImagerPixelSpacing, "0.1\\0.1");
    d.set(tags::kDistanceSourceToDetector, "660");
    d.set(tags::kDistanceSourceToPatient, "600");
  });
  EXPECT_NEAR((*by_distance.spacing_mm)[0], 0.1 / 1.1, 1e-9);
  const Mammogram both = read([](DataSetWriter d) {
    d.set(tags::kImagerPixelSpacing, "0.1\\0.1");
    d.set(tags::kPixelSpacing, "0.05\\0.06");
  });
  EXPECT_EQ((*both.spacing_mm)[0], 0.05);
  EXPECT_EQ((*both.spacing_mm)[1], 0.06);
  EXPECT_EQ(both.spacing_from, "Pixel Spacing");
  EXPECT_FALSE(read([](DataSetWriter d) { d.set(tags::kPixelSpacing, "0\\0"); }).spacing_mm);
}

TEST(Mammogram, PatientOrientationSaysWhereTheChestWallLies) {
  const auto wall = [](const char* orientation) {
    return read([&](DataSetWriter d) { d.set(tags::kPatientOrientation, orientation); }).chest_wall;
  };
  EXPECT_EQ(wall("A\\FR"), "left");
  EXPECT_EQ(wall("P\\L"), "right");
  EXPECT_EQ(wall("H\\L"), "");
  EXPECT_EQ(wall("A"), "");
}

TEST(Mammogram, TheSideIsLookedUpWhereverItMayStand) {
  const auto none = [](DataSetWriter d) { d.set(tags::kImageLaterality, ""); };
  EXPECT_EQ(read(none).laterality, "");
  EXPECT_EQ(read([&](DataSetWriter d) { none(d), d.set(tags::kLaterality, "R"); }).laterality, "R");
  EXPECT_EQ(
      read([&](DataSetWriter d) { none(d), d.set(tags::kPatientOrientation, "P\\L"); }).laterality,
      "R");
  EXPECT_EQ(
      read([&](DataSetWriter d) { none(d), d.set(tags::kPatientOrientation, "A\\FR"); }).laterality,
      "L");
  const Mammogram both = read([](DataSetWriter d) { d.set(tags::kLaterality, "R"); });
  EXPECT_EQ(both.laterality, "L");
  EXPECT_EQ(both.warnings.size(), 1u);
}

TEST(Mammogram, TheViewIsTextOrACode) {
  EXPECT_EQ(read([](DataSetWriter d) { d.set(tags::kViewPosition, "mlo "); }).view, "MLO");
  EXPECT_EQ(read([](DataSetWriter d) { d.set(tags::kViewPosition, "RL"); }).view, "RL");
  const auto coded = [](const std::string& code) {
    return read([&](DataSetWriter d) {
             d.set(tags::kViewPosition, "");
             d.add_item(tags::kViewCodeSequence).set(tags::kCodeValue, code);
           })
        .view;
  };
  EXPECT_EQ(coded("399162004"), "CC");
  EXPECT_EQ(coded("399368009"), "MLO");
  EXPECT_EQ(coded("R-10226"), "MLO");
  EXPECT_EQ(coded("1"), "");
}

TEST(Selection, LeavesOutWhatIsNoMammogramAndSaysWhy) {
  EXPECT_EQ(reason([](DataSetWriter) {}), "");
  EXPECT_NE(reason([](DataSetWriter d) {
              d.set(tags::kSopClassUid, "1.2.840.10008.5.1.4.1.1.13.1.3");
            }).find("is no mammogram but"),
            std::string::npos);
  const auto raw = [](DataSetWriter d) { d.set(tags::kPresentationIntentType, "FOR PROCESSING"); };
  EXPECT_EQ(reason(raw), "is FOR PROCESSING (--for-processing takes it)");
  EXPECT_EQ(reason(raw, {.for_processing = true}), "");
  const auto capture = [](DataSetWriter d) {
    d.set(tags::kSopClassUid, "1.2.840.10008.5.1.4.1.1.7");
  };
  EXPECT_NE(reason(capture), "");
  EXPECT_EQ(reason(capture, {.secondary_captures = true}), "");
  EXPECT_EQ(reason([](DataSetWriter d) { d.set(tags::kNumberOfFrames, 40); }),
            "has 40 frames (tomosynthesis?)");
  EXPECT_EQ(reason([](DataSetWriter d) { d.set(tags::kModality, "US"); }),
            "its modality is none of MG, CR and DX");
  const auto spot = [](DataSetWriter d) {
    DataSetWriter view = d.add_item(tags::kViewCodeSequence);
    view.set(tags::kCodeValue, "399162004");
    view.add_item(tags::kViewModifierCodeSequence).set(tags::kCodeValue, "399055006");
  };
  EXPECT_EQ(reason(spot), "is a special view: spot compression (--special-views takes it)");
  EXPECT_EQ(reason(spot, {.special_views = true}), "");
}

}  // namespace
}  // namespace mammograft
