#include "graft/synthesize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "cohort/annotation_index.h"
#include "cohort/patients.h"
#include "core/files.h"
#include "core/testing.h"
#include "graft/dilated.h"
#include "graft/testing.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

struct Made {
  Cohort cohort;
  std::map<std::string, std::string> bytes;
};

std::map<std::string, std::string> files(const fs::path& folder) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      found[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
  }
  return found;
}

SynthesisOptions few(int64_t count) {
  SynthesisOptions options;
  options.count = count;
  return options;
}

Cohort make(const Cohort& cohort, GraftMethod& method, const SynthesisOptions& options,
            const fs::path& out, int threads = 2, uint64_t seed = 1) {
  Progress progress;
  return synthesize({cohort, cohort, Json::object(), PatientSet::of({"t/1"})}, method, options, out,
                    {seed, threads, "cpu", progress});
}

TEST(Synthesize, GraftsWithinOmegaAndNowhereElse) {
  const TestFolder folder;
  const Cohort real = test_cohort(folder / "real", 3, 4);
  const auto paste = make_paste();
  const Cohort made = make(real, *paste, few(10), folder / "out");
  ASSERT_EQ(made.images.size(), 10u);
  ASSERT_EQ(made.annotations.size(), 10u);
  std::set<std::string> backgrounds, lesions;
  for (size_t i = 0; i < 10; ++i) {
    const ImageRecord& image = made.images[i];
    EXPECT_EQ(image.status, Status::mass);
    ASSERT_TRUE(is_synthetic(image));
    const Provenance& source = *image.source;
    EXPECT_EQ(source.method, "paste");
    EXPECT_EQ(source.background->patient_id, image.patient_id);
    backgrounds.insert(source.background->file_name);
    lesions.insert(source.lesion->patient_id);
    const cv::Mat pixels = read_pixels(made, image);
    const cv::Mat before = read_image(real.folder / source.background->file_name).pixels;
    const cv::Mat mask = decode_rle(annotation_mask(made.annotations[i], image)) * 255;
    const cv::Mat near = dilated(mask, 2.5, *image.pixel_spacing_mm);
    cv::Mat difference;
    cv::absdiff(pixels, before, difference);
    difference.setTo(0, near);
    EXPECT_EQ(cv::countNonZero(difference), 0);
    cv::absdiff(pixels, before, difference);
    EXPECT_GT(cv::mean(difference, mask)[0], 500);
    EXPECT_EQ(made.annotations[i].mask_origin, MaskOrigin::synthetic);
    const double size = *made.annotations[i].size_mm;
    EXPECT_NEAR(size, 9 * source.transform->scale, 0.6);
  }
  EXPECT_EQ(backgrounds.size(), 4u);  // each in its turn
  EXPECT_EQ(lesions.size(), 3u);
  const Cohort again = read_cohort(folder / "out");  // what was written can be read
  ASSERT_EQ(again.images.size(), 10u);
  for (size_t i = 0; i < 10;
       ++i) {  // as JSON: pixels of 0.5 mm have no finer band, and NaN is not NaN
    EXPECT_EQ(provenance_to_json(*again.images[i].source),
              provenance_to_json(*made.images[i].source));
  }
  EXPECT_EQ(learnt_from(again), PatientSet::of({"t/1"}));
}

// An annotator's box has 1.5 times the outline's sides: so have those of the grafts.
TEST(Synthesize, DrawsBoxesAsTheLesionsAnnotatorDid) {
  const TestFolder folder;
  Cohort real = test_cohort(folder / "real", 3, 4);
  for (Annotation& mass : real.annotations) {
    const Box tight = mass.bbox;
    const double dx = tight.width() / 4, dy = tight.height() / 4;
    mass.bbox = {tight.x0 - dx, tight.y0 - dy, tight.x1 + dx, tight.y1 + dy};
    mass.mask_origin = MaskOrigin::refined;
  }
  const auto paste = make_paste();
  const Cohort made = make(real, *paste, few(10), folder / "out");
  const Box frame{0, 0, kTestSide, kTestSide};
  for (size_t i = 0; i < 10; ++i) {
    const Box box = made.annotations[i].bbox,
              tight = bounds(annotation_mask(made.annotations[i], made.images[i]));
    const double dx = tight.width() / 4, dy = tight.height() / 4;
    const Box wide{tight.x0 - dx, tight.y0 - dy, tight.x1 + dx, tight.y1 + dy};
    EXPECT_GT(iou(box, intersection(wide, frame)), 0.999);
  }
}

// The same cohort as files whose values use 12 of their 16 bits.
TEST(Synthesize, GraftsOntoTwelveBitsAsOntoSixteen) {
  const TestFolder folder;
  const Cohort deep = test_cohort(folder / "deep", 3, 4);
  const Cohort flat = test_cohort(folder / "flat", 3, 4);
  for (const ImageRecord& image : flat.images)
    write_png(flat.folder / image.file_name, from_full_scale(read_pixels(deep, image), 12));
  const auto paste = make_paste();
  const Cohort expected = make(deep, *paste, few(6), folder / "a");
  const Cohort made = make(flat, *paste, few(6), folder / "b");
  ASSERT_EQ(made.images.size(), expected.images.size());
  for (size_t i = 0; i < made.images.size(); ++i) {
    EXPECT_EQ(made.images[i].acquisition.value("value_bits", 0), 12);
    EXPECT_FALSE(expected.images[i].acquisition.contains("value_bits"));
    const cv::Mat stored = read_image(made.folder / made.images[i].file_name).pixels;
    const fs::path background = flat.folder / made.images[i].source->background->file_name;
    cv::Mat changed;
    cv::absdiff(stored, read_image(background).pixels, changed);
    const cv::Mat mask = decode_rle(annotation_mask(made.annotations[i], made.images[i])) * 255;
    changed.setTo(0, dilated(mask, 2.5, *made.images[i].pixel_spacing_mm));
    EXPECT_EQ(cv::countNonZero(changed), 0) << "the background's values are kept";
    EXPECT_LE(cv::norm(read_pixels(made, made.images[i]), read_pixels(expected, expected.images[i]),
                       cv::NORM_INF),
              3 * 65535.0 / 4095);
  }
}

TEST(Synthesize, DependsOnTheSeedAndNotOnThreads) {
  const TestFolder folder;
  const Cohort real = test_cohort(folder / "real", 3, 4);
  const auto pie = make_poisson({});
  make(real, *pie, few(6), folder / "one", 1);
  make(real, *pie, few(6), folder / "two", 2);
  make(real, *pie, few(6), folder / "other", 2, 2);
  EXPECT_EQ(files(folder / "one"), files(folder / "two"));
  EXPECT_NE(files(folder / "one"), files(folder / "other"));
}

TEST(Synthesize, DrawsSomeMoreOften) {
  const TestFolder folder;
  const Cohort real = test_cohort(folder / "real", 3, 4);
  const int64_t lesion = real.annotations[1].id;
  const ImageRecord& background = real.images.back();
  SynthesisInput input{real, real};
  input.often = {.lesions = {lesion}, .backgrounds = {background.id}, .times = 4};
  Progress progress;
  const auto pie = make_poisson({});
  const Cohort made = synthesize(input, *pie, few(42), folder / "made", {1, 2, "cpu", progress});
  int of_lesion = 0, on_background = 0;
  for (const ImageRecord& image : made.images) {
    of_lesion += image.source->lesion->annotation_id == lesion;
    on_background += image.source->background->file_name == background.file_name;
  }
  EXPECT_NEAR(of_lesion, 42 * 4 / 6., 3) << "four of six draws";
  EXPECT_NEAR(on_background, 42 * 4 / 7., 3) << "four of seven draws";
}

// Dies after some windows, as a killed program does.
class Dying : public GraftMethod {
 public:
  explicit Dying(int calls) : calls_(calls), inner_(make_paste()) {}
  std::string name() const override { return "paste"; }
  double window_mm() const override { return 0; }
  double margin_mm() const override { return 2; }
  std::vector<cv::Mat> graft(const std::vector<GraftWindow>& windows, std::vector<Rng>& rngs,
                             int threads) override {
    if (calls_-- == 0) fail(ErrorKind::cancelled, "killed");
    grafted += static_cast<int>(windows.size());
    return inner_->graft(windows, rngs, threads);
  }
  int grafted = 0;

 private:
  int calls_;
  std::unique_ptr<GraftMethod> inner_;
};

TEST(Synthesize, AKilledOneContinuesToTheSameBytes) {
  const TestFolder folder;
  const Cohort real = test_cohort(folder / "real", 3, 4);
  const auto paste = make_paste();
  make(real, *paste, few(20), folder / "whole");
  Dying dying(1);
  EXPECT_ERROR(make(real, dying, few(20), folder / "out"), cancelled, "killed");
  EXPECT_FALSE(fs::exists(folder / "out" / "cohort.json"));
  {  // the last line of the journal is cut short, as by a crash
    const std::string journal = read_file(folder / "out" / "synthesis.jsonl");
    write_file(folder / "out" / "synthesis.jsonl", journal.substr(0, journal.size() - 5));
  }
  Dying rest(-1);
  make(real, rest, few(20), folder / "out");
  EXPECT_EQ(rest.grafted, 20 - 8 + 1);
  EXPECT_EQ(files(folder / "out"), files(folder / "whole"));
}

TEST(Synthesize, OtherOptionsDoNotContinueAnUnfinishedOne) {
  const TestFolder folder;
  const Cohort real = test_cohort(folder / "real", 3, 4);
  Dying dying(1);
  EXPECT_ERROR(make(real, dying, few(20), folder / "out"), cancelled, "killed");
  Dying rest(-1);
  EXPECT_ERROR(make(real, rest, few(21), folder / "out"), usage, "another options");
  EXPECT_ERROR(make(real, rest, few(20), folder / "out", 2, 9), usage, "another seed");
}

TEST(Synthesize, SkipsAndListsWhatHasNoRoom) {
  const TestFolder folder;
  Cohort real = test_cohort(folder / "real", 2, 3);
  SynthesisOptions options = few(8);
  options.attempts = 1;
  options.placement.margin_mm = 1;
  // Two of three normal images get a breast too narrow for the mass.
  for (const size_t i : {2, 3}) real.images[i].breast_contour = {test_disc({0, 64}, 9)};
  const auto paste = make_paste();
  const Cohort made = make(real, *paste, options, folder / "out");
  EXPECT_EQ(made.images.size() + made.info["images_skipped"].size(), 8u);
  EXPECT_GT(made.info["images_skipped"].size(), 3u);
  EXPECT_NE(made.info["images_skipped"][0]["reasons"].get<std::string>().find("no room"),
            std::string::npos);
  real.images[4].breast_contour = real.images[3].breast_contour;
  EXPECT_ERROR(make(real, *paste, options, folder / "none"), bad_input,
               "the breast has no room for the lesion");
}

TEST(Synthesize, BackgroundsMustFit) {
  const TestFolder folder;
  Cohort real = test_cohort(folder / "real", 2, 2);
  const auto paste = make_paste();
  for (size_t i : {2, 3}) real.images[i].view = "MLO";
  EXPECT_ERROR(make(real, *paste, few(2), folder / "view"), bad_input,
               "there is no background of view CC");
  SynthesisOptions any = few(2);
  any.placement.view = "any";
  EXPECT_EQ(make(real, *paste, any, folder / "any").images.size(), 2u);
  for (size_t i : {2, 3}) real.images[i].status = Status::unknown;
  EXPECT_ERROR(make(real, *paste, few(2), folder / "normal"), bad_input, "found 2 mass, 2 unknown");
  // With findings elsewhere: these stay annotated.
  any.placement.background = "any";
  any.placement.size_max_mm = 7;
  const Cohort made = make(real, *paste, any, folder / "findings");
  const AnnotationIndex annotations(made);
  for (const ImageRecord& image : made.images) {
    const std::string name = image.source->background->file_name;
    const bool had_one = name == "images/1.png" || name == "images/2.png";
    EXPECT_EQ(annotations.of(image.id).size(), had_one ? 2u : 1u);
  }
}

TEST(Synthesize, PlacesMassesWhereThoseOfTheCohortLie) {
  const TestFolder folder;
  const auto paste = make_paste();
  SynthesisOptions options = few(24);
  options.placement.prior = "learnt";
  options.placement.size_max_mm = 9;
  const Cohort small = test_cohort(folder / "small", 9, 4);
  EXPECT_ERROR(make(small, *paste, options, folder / "few"), bad_input, "found 9 real masses");
  const Cohort real = test_cohort(folder / "real", 12, 4);
  const Cohort made = make(real, *paste, options, folder / "one", 1);
  make(real, *paste, options, folder / "two", 2);
  EXPECT_EQ(files(folder / "one"), files(folder / "two"));
  EXPECT_EQ(made.info["synthesis"]["options"]["placement"]["prior"], "learnt");
  EXPECT_EQ(made.info["synthesis"]["placement_prior"],
            Json({{"masses", 12}, {"views", {{"CC", 12}}}}));
  // The cohort's lie on a short line down and to the right, from (25, 58) to (36, 80).
  options.placement.prior = "uniform";
  const Cohort anywhere = make(real, *paste, options, folder / "uniform");
  EXPECT_FALSE(anywhere.info["synthesis"].contains("placement_prior"));
  const auto mean_distance = [](const Cohort& cohort) {
    double sum = 0;
    for (const Annotation& mass : cohort.annotations) {
      const Point at = mass.bbox.center();
      sum += std::hypot(at.x - 30.5, at.y - 69);
    }
    return sum / static_cast<double>(cohort.annotations.size());
  };
  EXPECT_LT(mean_distance(made), 13);
  EXPECT_GT(mean_distance(anywhere), 20);
}

// Nothing of patient t/2 is grafted: only a circle of the mass is known.
TEST(Synthesize, NamesThoseWhoseMassesSayWhereGraftsLieAndHowTheyStandOut) {
  const TestFolder folder;
  Cohort real = test_cohort(folder / "real", 12, 4);
  real.annotations[1].mask_origin = MaskOrigin::circle;
  const auto paste = make_paste();
  SynthesisOptions options = few(4);
  options.lesion.outlines = "known";
  const auto behind = [&](const char* name) {
    return learnt_from(make(real, *paste, options, folder / name));
  };
  EXPECT_EQ(behind("free"), PatientSet::of({"t/1"})) << "the model's";
  options.conspicuity.aim = "match";
  const PatientSet matched = behind("match");
  EXPECT_EQ(matched.size(), 12u);
  EXPECT_TRUE(matched.contains("t/2"));
  options.conspicuity.aim = "free";
  options.placement.prior = "learnt";
  EXPECT_EQ(behind("learnt"), matched);
}

// In tissue twice as rough as the lesions' own they get as much contrast as they may.
TEST(Synthesize, BringsConspicuityNearerToThatOfRealMasses) {
  const TestFolder folder;
  const Cohort real = test_cohort(folder / "real", 3, 4);
  for (size_t i = 3; i < real.images.size(); ++i) {
    cv::Mat rough = read_pixels(real, real.images[i]);
    rough.convertTo(rough, CV_16U, 2, -23999);  // odd, so of 16 bit
    write_png(real.folder / real.images[i].file_name, rough);
  }
  const auto paste = make_paste();
  SynthesisOptions options = few(6);
  options.conspicuity.aim = "match";
  const Cohort made = make(real, *paste, options, folder / "match");
  options.conspicuity.gain = 1;
  const Cohort plain = make(real, *paste, options, folder / "plain");
  ASSERT_EQ(made.images.size(), 6u);
  ASSERT_EQ(plain.images.size(), 6u);
  for (size_t i = 0; i < 6; ++i) {
    const double grown = std::pow(plain.images[i].source->scale(), 0.64);
    EXPECT_NEAR(made.images[i].source->gain(), 1.3 * grown, 1e-9);
    EXPECT_NEAR(plain.images[i].source->gain(), grown, 1e-9);
    ASSERT_EQ(made.images[i].source->transform->center_px,
              plain.images[i].source->transform->center_px);
    const cv::Mat mask = decode_rle(annotation_mask(made.annotations[i], made.images[i])) * 255;
    const cv::Mat rim = dilated(mask, 0.5, *made.images[i].pixel_spacing_mm) & ~mask;
    const auto step = [&](const Cohort& cohort) {
      const cv::Mat pixels = read_pixels(cohort, cohort.images[i]);
      return cv::mean(pixels, mask)[0] - cv::mean(pixels, rim)[0];
    };
    EXPECT_NEAR(step(made) / step(plain), 1.3, 0.03);
  }
}

// Eight breasts-to-be in two views each, the MLO ones smaller, every other one mirrored; four
// lesions, of which the first two are one in two views.
Cohort two_views(const fs::path& folder) {
  Cohort cohort = test_cohort(folder, 4, 16);
  cohort.images[1].patient_id = cohort.images[0].patient_id;
  cohort.images[1].view = "MLO";
  for (const size_t i : {0, 1}) cohort.annotations[i].attributes["lesion_id"] = "t/1/m1";
  for (size_t i = 4; i < cohort.images.size(); ++i) {
    ImageRecord& image = cohort.images[i];
    const size_t breast = (i - 4) / 2;
    image.patient_id = fmt::format("b/{}", breast / 2);
    const std::string views[] = {"CC", "MLO"}, sides[] = {"L", "R"};
    image.laterality = sides[breast % 2];
    image.view = views[i % 2];
    Polygon& outline = image.breast_contour[0];
    if (i % 2) outline = test_disc({0, kTestSide / 2.0}, 50);
    for (Point& p : outline) p.x = std::max(p.x, 0.0);
    image.acquisition["chest_wall"] = "left";
    if (breast % 2 == 0) continue;
    for (Point& p : outline) p.x = kTestSide - p.x;
    image.acquisition["chest_wall"] = "right";
    cv::Mat mirrored;
    cv::flip(read_image(folder / image.file_name).pixels, mirrored, 1);
    write_png(folder / image.file_name, mirrored);
  }
  write_cohort(cohort);
  return cohort;
}

double mm_from_nipple(const ImageRecord& image, const Annotation& mass) {
  const double depth = image.view == "CC" ? 60 : 50;
  const double nipple = image.laterality == "L" ? depth : kTestSide - depth;
  const Point at = mass.bbox.center();
  return kTestSpacing * std::hypot(at.x - nipple, at.y - kTestSide / 2.0);
}

SynthesisOptions both_views(int64_t count) {
  SynthesisOptions options = few(count);
  options.views = "both";
  options.placement.size_max_mm = 10;
  return options;
}

TEST(Synthesize, GraftsOneLesionIntoBothViewsOfABreast) {
  const TestFolder folder;
  const Cohort real = two_views(folder / "real");
  const auto paste = make_paste();
  const Cohort made = make(real, *paste, both_views(16), folder / "out");
  ASSERT_EQ(made.images.size(), 16u);
  ASSERT_EQ(made.annotations.size(), 16u);
  EXPECT_EQ(made.info["breasts_left_out"], 0);
  EXPECT_EQ(made.info["description"], "synthetic: 8 masses grafted by paste, each in two views");
  std::set<std::string> ids, breasts;
  int pictures = 0;
  double least = 99, most = 0;
  for (size_t i = 0; i < 16; i += 2) {
    const ImageRecord &cc = made.images[i], &mlo = made.images[i + 1];
    EXPECT_EQ(cc.view, "CC");
    EXPECT_EQ(mlo.view, "MLO");
    EXPECT_EQ(cc.patient_id, mlo.patient_id);
    EXPECT_EQ(cc.laterality, mlo.laterality);
    breasts.insert(cc.patient_id + cc.laterality);
    const Json id = made.annotations[i].attributes["lesion_id"];
    EXPECT_EQ(id, made.annotations[i + 1].attributes["lesion_id"]);
    EXPECT_EQ(id, fmt::format("{}/g{}", cc.patient_id, i / 2 + 1));
    ids.insert(id.get<std::string>());
    EXPECT_EQ(cc.source->transform->scale, mlo.source->transform->scale);
    EXPECT_NEAR(*made.annotations[i].size_mm, *made.annotations[i + 1].size_mm, 0.6);
    const double here = mm_from_nipple(cc, made.annotations[i]);
    EXPECT_NEAR(mm_from_nipple(mlo, made.annotations[i + 1]), here, 2.5);
    least = std::min(least, here);
    most = std::max(most, here);
    const std::string lesion = cc.source->lesion->file_name;
    EXPECT_NE(lesion, "images/2.png") << "the MLO picture of the first lesion";
    EXPECT_EQ(mlo.source->lesion->file_name, lesion == "images/1.png" ? "images/2.png" : lesion);
    pictures += lesion == "images/1.png";
  }
  EXPECT_EQ(ids.size(), 8u);
  EXPECT_GE(breasts.size(), 6u) << "each in its turn, where it has room at the first attempt";
  EXPECT_GE(pictures, 2);
  EXPECT_GT(most - least, 5) << "not all equally far";
}

TEST(Synthesize, BothViewsDependOnTheSeedAndNotOnThreadsAndContinue) {
  const TestFolder folder;
  const Cohort real = two_views(folder / "real");
  const auto paste = make_paste();
  make(real, *paste, both_views(12), folder / "one", 1);
  make(real, *paste, both_views(12), folder / "two", 2);
  EXPECT_EQ(files(folder / "one"), files(folder / "two"));
  Dying dying(1);
  EXPECT_ERROR(make(real, dying, both_views(12), folder / "out"), cancelled, "killed");
  Dying rest(-1);
  make(real, rest, both_views(12), folder / "out");
  EXPECT_EQ(rest.grafted, 4);
  EXPECT_EQ(files(folder / "out"), files(folder / "one"));
}

TEST(Synthesize, BothViewsNeedBreastsThatHaveThem) {
  const TestFolder folder;
  Cohort real = two_views(folder / "real");
  const auto paste = make_paste();
  EXPECT_ERROR(make(real, *paste, both_views(3), folder / "odd"), usage, "expected an even number");
  for (size_t i = 6; i < real.images.size(); ++i) real.images[i].view = "CC";
  const Cohort made = make(real, *paste, both_views(4), folder / "one");
  EXPECT_EQ(made.info["breasts_left_out"], 7);
  for (const ImageRecord& image : made.images) EXPECT_EQ(image.patient_id, "b/0");
  real.images[5].view = "CC";
  EXPECT_ERROR(make(real, *paste, both_views(4), folder / "none"), bad_input,
               "--views both: found no breast with a CC and an MLO image to graft onto among 8");
  // An MLO image in which nothing is as far from the nipple as in the CC one: both are left out.
  real = two_views(folder / "again");
  for (size_t i = 5; i < real.images.size(); i += 2)
    real.images[i].breast_contour = {test_disc({64, 64}, 14)};
  SynthesisOptions once = both_views(12);
  once.attempts = 1;
  once.placement.margin_mm = 0.5;
  once.placement.size_max_mm = 7;
  const Cohort some = make(real, *paste, once, folder / "some");
  EXPECT_EQ(some.images.size() % 2, 0u);
  EXPECT_EQ(some.images.size() + some.info["images_skipped"].size(), 12u);
  ASSERT_GT(some.info["images_skipped"].size(), 0u);
  for (const Json& skipped : some.info["images_skipped"]) {
    const bool first = skipped["image"].get<int>() % 2 == 1;  // which has the pair's reasons
    EXPECT_EQ(skipped["reasons"],
              first ? "1 x the MLO image has no room so far from the nipple" : "");
  }
}

// Every attempt fails once, in the one view or in the other.
TEST(Synthesize, CountsTheFailuresOfAPairOnce) {
  const TestFolder folder;
  Cohort real = two_views(folder / "real");
  // In one view of every breast pixels are larger than a lesion.
  for (size_t i = 4; i < real.images.size(); ++i) {
    if ((i / 4 + i) % 2 == 0) real.images[i].pixel_spacing_mm = {40, 40};
  }
  SynthesisOptions options = both_views(8);
  options.placement.margin_mm = 0;
  options.attempts = 6;
  Progress progress;
  const auto paste = make_paste();
  const auto maker = make_grafts({real, real}, *paste, options, {1, 1, "cpu", progress});
  const std::vector<MadeImage> images = maker->make(0, std::vector<Json>(8));
  for (size_t k = 0; k < images.size(); k += 2) {
    int64_t counted = 0;
    for (const MadeImage* image : {&images[k], &images[k + 1]}) {
      EXPECT_FALSE(image->made);
      for (const auto& [reason, count] : image->failures) counted += count;
    }
    EXPECT_EQ(counted, options.attempts);
  }
}

}  // namespace
}  // namespace mammograft
