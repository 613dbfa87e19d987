#include "phantom/phantom.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <opencv2/imgproc.hpp>
#include <set>

#include "cohort/annotation_index.h"
#include "core/files.h"
#include "image/image_io.h"
#include "phantom/mass.h"
#include "phantom/placement.h"
#include "phantom/tissue_noise.h"

namespace mammograft {
namespace {

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "phantom_test_XXXXXX").string();
    if (!mkdtemp(name.data())) fail(ErrorKind::io, "{}: cannot be created", name);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

PhantomOptions small_options(int patients) {
  PhantomOptions options;
  options.patients = patients;
  options.mm_per_px = 0.6;
  options.mass_fraction = 1;
  options.threads = 2;
  return options;
}

Cohort make(const fs::path& out, const PhantomOptions& options) {
  Progress progress;
  return make_phantom(out, options, progress);
}

// One cohort for the tests that only look.
class Phantom : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new Folder;
    cohort_ = new Cohort(make(folder_->path(), small_options(12)));
  }
  static void TearDownTestSuite() {
    delete cohort_;
    delete folder_;
  }
  static Folder* folder_;
  static Cohort* cohort_;
};
Folder* Phantom::folder_ = nullptr;
Cohort* Phantom::cohort_ = nullptr;

TEST(PhantomBytes, SameForAnyNumberOfThreads) {
  Folder a, b;
  PhantomOptions options = small_options(3);
  options.threads = 1;
  make(a.path(), options);
  options.threads = 3;
  const Cohort cohort = make(b.path(), options);
  EXPECT_EQ(read_file(a.path() / "cohort.json"), read_file(b.path() / "cohort.json"));
  for (const ImageRecord& image : cohort.images) {
    EXPECT_EQ(read_file(a.path() / image.file_name), read_file(b.path() / image.file_name))
        << image.file_name;
  }
}

TEST(PhantomBytes, PatientDoesNotDependOnLaterOnesButOnTheSeed) {
  Folder a, b, c;
  PhantomOptions options = small_options(1);
  make(a.path(), options);
  options.patients = 2;
  make(b.path(), options);
  options.seed = 2;
  make(c.path(), options);
  const fs::path file = "images/p0001_L_CC.png";
  EXPECT_EQ(read_file(a.path() / file), read_file(b.path() / file));
  EXPECT_NE(read_file(a.path() / file), read_file(c.path() / file));
}

TEST_F(Phantom, HasFourImagesOfAPatient) {
  ASSERT_EQ(cohort_->images.size(), 48U);
  std::map<std::string, std::set<std::string>> views;
  for (const ImageRecord& image : cohort_->images) {
    views[image.patient_id].insert(image.laterality + image.view);
    EXPECT_EQ((*image.pixel_spacing_mm)[0], 0.6);
    EXPECT_EQ(image.pectoral_contour.empty(), image.view == "CC");
  }
  for (const auto& [patient, found] : views) {
    EXPECT_EQ(found, (std::set<std::string>{"LCC", "LMLO", "RCC", "RMLO"})) << patient;
  }
}

TEST_F(Phantom, ReadsBackAsItWasReturned) {
  const Cohort read = read_cohort(folder_->path());
  ASSERT_EQ(read.images.size(), cohort_->images.size());
  ASSERT_EQ(read.annotations.size(), cohort_->annotations.size());
  EXPECT_EQ(read.images[5].breast_contour, cohort_->images[5].breast_contour);
  EXPECT_EQ(read.annotations[3].attributes, cohort_->annotations[3].attributes);
}

TEST_F(Phantom, AirIsZeroAndTheBreastIsNot) {
  for (const ImageRecord& image : cohort_->images) {
    const cv::Mat pixels = read_pixels(*cohort_, image);
    ASSERT_EQ(pixels.type(), CV_16UC1);
    const cv::Mat breast = decode_rle(rasterize(image.breast_contour, image.height, image.width));
    cv::Mat core_of, beyond;
    cv::erode(breast, core_of, cv::Mat::ones(5, 5, CV_8U));
    cv::dilate(breast, beyond, cv::Mat::ones(5, 5, CV_8U));
    EXPECT_EQ(cv::countNonZero((pixels > 0) & (beyond == 0)), 0) << image.file_name;
    EXPECT_EQ(cv::countNonZero((pixels == 0) & (core_of > 0)), 0) << image.file_name;
    const double share = cv::countNonZero(breast) / double(breast.total());
    EXPECT_GT(share, 0.1);
    EXPECT_LT(share, 0.85);
    // Chest wall at the left of a left breast.
    const int wall = image.laterality == "L" ? 0 : image.width - 1;
    EXPECT_GT(cv::countNonZero(pixels.col(wall)), image.height / 4) << image.file_name;
    EXPECT_EQ(cv::countNonZero(pixels.col(image.width - 1 - wall)), 0) << image.file_name;
  }
}

TEST_F(Phantom, BreastBoxIsTight) {
  for (const ImageRecord& image : cohort_->images) {
    const cv::Rect found = cv::boundingRect(read_pixels(*cohort_, image) > 0);
    EXPECT_EQ(*image.breast_bbox,
              (Box{double(found.x), double(found.y), double(found.br().x), double(found.br().y)}))
        << image.file_name;
  }
}

TEST_F(Phantom, MusclesAreBrighterThanTheFatBeside) {
  int checked = 0;
  for (const ImageRecord& image : cohort_->images) {
    if (image.view != "MLO" || image.acquisition["density"] > "b") continue;
    const cv::Mat muscle = decode_rle(rasterize(image.pectoral_contour, image.height, image.width));
    cv::Mat beside, breast = decode_rle(rasterize(image.breast_contour, image.height, image.width));
    cv::dilate(muscle, beside, cv::Mat::ones(15, 15, CV_8U));
    beside = beside & (muscle == 0) & (breast > 0);
    const cv::Mat pixels = read_pixels(*cohort_, image);
    EXPECT_GT(cv::mean(pixels, muscle)[0], 1.15 * cv::mean(pixels, beside)[0]) << image.file_name;
    ++checked;
  }
  EXPECT_GT(checked, 0);
}

TEST_F(Phantom, EveryMassIsInTwoViewsOfOneBreast) {
  std::map<std::string, std::vector<const Annotation*>> lesions;
  for (const Annotation& mass : cohort_->annotations) {
    lesions[mass.attributes["lesion_id"].get<std::string>()].push_back(&mass);
  }
  EXPECT_EQ(lesions.size(), 12U);
  for (const auto& [id, shown] : lesions) {
    ASSERT_EQ(shown.size(), 2U) << id;
    const ImageRecord &a = cohort_->image(shown[0]->image_id),
                      &b = cohort_->image(shown[1]->image_id);
    EXPECT_EQ(a.patient_id, b.patient_id);
    EXPECT_EQ(a.laterality, b.laterality);
    EXPECT_NE(a.view, b.view);
    EXPECT_EQ(a.status, Status::mass);
    EXPECT_EQ(shown[0]->attributes["shape"], shown[1]->attributes["shape"]);
    EXPECT_LT(std::abs(std::log(*shown[0]->size_mm / *shown[1]->size_mm)), std::log(1.9)) << id;
  }
  const AnnotationIndex annotations(*cohort_);
  for (const ImageRecord& image : cohort_->images) {
    EXPECT_EQ(image.status == Status::mass, annotations.any(image.id));
  }
}

TEST_F(Phantom, MassesLieInTheBreastOffTheSkin) {
  for (const Annotation& mass : cohort_->annotations) {
    const ImageRecord& image = cohort_->image(mass.image_id);
    const cv::Mat breast = decode_rle(rasterize(image.breast_contour, image.height, image.width));
    const cv::Mat inside = decode_rle(annotation_mask(mass, image));
    cv::Mat deep;
    const int gap = static_cast<int>(2 / 0.6);
    cv::erode(breast, deep, cv::Mat::ones(2 * gap + 1, 2 * gap + 1, CV_8U));
    EXPECT_EQ(cv::countNonZero(inside & (deep == 0)), 0) << image.file_name;
    EXPECT_GT(cv::countNonZero(inside), 20);
    EXPECT_GE(*mass.size_mm, 2.4);
    EXPECT_LE(*mass.size_mm, 40.01);
  }
}

// The same patients with masses of no contrast: the difference is the mass, exactly.
TEST_F(Phantom, ContourIsWhereTheMassIs) {
  Folder folder;
  PhantomOptions options = small_options(12);
  options.mass_contrast = 0;
  options.quantum_noise = 0.006;
  const Cohort plain = make(folder.path(), options);
  int checked = 0;
  for (const Annotation& mass : cohort_->annotations) {
    const ImageRecord& image = cohort_->image(mass.image_id);
    cv::Mat with, without;
    read_pixels(*cohort_, image).convertTo(with, CV_32F);
    read_pixels(plain, plain.image(mass.image_id)).convertTo(without, CV_32F);
    const cv::Mat inside = decode_rle(annotation_mask(mass, image));
    const cv::Mat difference = with - without;
    double most = 0;
    cv::minMaxLoc(difference, nullptr, &most);
    const double share =
        cv::mean(difference, inside)[0] * cv::countNonZero(inside) / cv::sum(difference)[0];
    // Spicules reach up to 2.6 radii and lie outside the contour, as a radiologist draws it.
    EXPECT_GT(share, mass.attributes["shape"] == "spiculated" ? 0.35 : 0.75) << image.file_name;
    if (mass.attributes["shape"] == "spiculated" || most < 2500) continue;
    const double area = cv::countNonZero(difference > 0.25 * most);
    EXPECT_NEAR(area / cv::countNonZero(inside), 1, 0.35) << image.file_name;
    ++checked;
  }
  EXPECT_GT(checked, 5);
}

// Slope of the radial power spectrum between two frequencies (cycles per mm), Hann window.
double spectral_slope(const cv::Mat& patch, double mm_per_px, double low, double high) {
  cv::Mat data, window;
  patch.convertTo(data, CV_32F);
  data -= cv::mean(data)[0];
  cv::createHanningWindow(window, data.size(), CV_32F);
  cv::Mat spectrum;
  cv::dft(data.mul(window), spectrum, cv::DFT_COMPLEX_OUTPUT);
  const int n = data.rows;
  std::map<int, std::pair<double, int>> bins;  // by eighths of an octave
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      const double fy = (i <= n / 2 ? i : i - n) / (n * mm_per_px);
      const double fx = (j <= n / 2 ? j : j - n) / (n * mm_per_px);
      const double f = std::hypot(fx, fy);
      if (f < low || f > high) continue;
      const auto value = spectrum.at<cv::Vec2f>(i, j);
      auto& bin = bins[static_cast<int>(std::floor(8 * std::log2(f)))];
      bin.first += value[0] * value[0] + value[1] * value[1];
      ++bin.second;
    }
  }
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  const double count = static_cast<double>(bins.size());
  for (const auto& [octave, bin] : bins) {
    const double x = octave * std::log(2) / 8, y = std::log(bin.first / bin.second);
    sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  return (count * sxy - sx * sy) / (count * sxx - sx * sx);
}

// Burgess, Jacobson and Judy 2001: mammographic backgrounds fall as f^-3.
TEST(PhantomNoise, ParenchymaFallsWithTheThirdPowerOfFrequency) {
  const TissueNoise noise(Rng(3), 0.3, 220);
  std::vector<double> slopes;
  for (uint64_t k = 0; k < 6; ++k) {
    BreastSize size;
    size.depth_mm = 110;
    const BreastShape shape = make_breast_shape(View::cc, size, 160, 220, Rng(k).fork("shape"));
    TissueTraits traits;
    traits.density = 2;
    traits.gland_share = 0.75;
    traits.strandiness = 0.2 + 0.12 * static_cast<double>(k);
    traits.gland_height = 0.8;
    traits.gland_depth = 0.85;
    const TissueView view = make_tissue(shape, traits, 0.3, noise, Rng(k).fork("tissue"));
    const int side = 150;  // 45 mm of glandular tissue
    const cv::Rect patch(static_cast<int>(shape.nipple.x / 0.3) - 90 - side,
                         static_cast<int>(shape.nipple.y / 0.3) - side / 2, side, side);
    slopes.push_back(spectral_slope(view.attenuation(patch), 0.3, 0.07, 0.9));
  }
  double mean = 0;
  for (double slope : slopes) mean += slope / static_cast<double>(slopes.size());
  RecordProperty("slope", std::to_string(mean));
  EXPECT_NEAR(mean, -3, 0.4);
}

TEST(PhantomMass, SizeIsTheDiameterOfTheLargerProjection) {
  std::set<MassShape> seen;
  for (uint64_t k = 0; k < 60; ++k) {
    const double diameter = 6 + 0.5 * static_cast<double>(k);
    const Mass mass = random_mass(diameter, Rng(k));
    seen.insert(mass.shape);
    const MassShadow cc = project_mass(mass, View::cc, {80, 80}, {400, 400}, 0.4);
    const MassShadow mlo = project_mass(mass, View::mlo, {80, 80}, {400, 400}, 0.4);
    EXPECT_NEAR(std::max(cc.size_mm, mlo.size_mm), diameter, 0.01);
    // The contour's area is that of the pixels that carry the mass.
    const double area_px = std::abs(signed_area(cc.contour)) / (0.4 * 0.4);
    EXPECT_NEAR(cv::countNonZero(cc.inside) / area_px, 1, 0.06);
    if (mass.shape != MassShape::spiculated) {
      EXPECT_NEAR(cv::countNonZero(cc.shadow > 0.28F) / area_px, 1, 0.15) << diameter;
    }
  }
  EXPECT_EQ(seen.size(), 5U);
}

TEST(PhantomMass, PositionKeepsItsDistanceBehindTheNipple) {
  BreastSize size;
  const BreastShape cc = make_breast_shape(View::cc, size, 160, 220, Rng(1));
  const BreastShape mlo = make_breast_shape(View::mlo, size, 160, 220, Rng(2));
  const BreastPosition outer_upper{30, 20, 25};
  const Point a = project_position(outer_upper, cc), b = project_position(outer_upper, mlo);
  EXPECT_DOUBLE_EQ(cc.nipple.x - a.x, 30);
  EXPECT_DOUBLE_EQ(mlo.nipple.x - b.x, 30);
  EXPECT_DOUBLE_EQ(a.y, cc.nipple.y - 20);  // lateral is up in CC
  EXPECT_LT(b.y, mlo.nipple.y - 20);        // upper and lateral add up in MLO
}

TEST(PhantomShares, FollowTheOptions) {
  Folder folder;
  PhantomOptions options;
  options.patients = 80;
  options.mm_per_px = 2;  // tiny images: only the statistics matter
  options.mass_fraction = 0.5;
  const Cohort cohort = make(folder.path(), options);
  std::map<std::string, int> density;
  std::set<std::string> with_mass;
  for (const ImageRecord& image : cohort.images) {
    ++density[image.acquisition["density"].get<std::string>()];
    if (image.status == Status::mass) with_mass.insert(image.patient_id);
  }
  EXPECT_NEAR(with_mass.size() / 80.0, 0.5, 0.17);
  EXPECT_NEAR((density["b"] + density["c"]) / 320.0, 0.8, 0.14);
  std::map<std::string, int> conspicuity;
  for (const Annotation& mass : cohort.annotations) {
    ++conspicuity[mass.attributes["conspicuity"].get<std::string>()];
    EXPECT_EQ(mass.attributes["conspicuity"],
              conspicuity_class(mass.attributes["cnr"].get<double>()));
  }
  const double total = static_cast<double>(cohort.annotations.size());
  for (const char* name : {"obvious", "moderate", "subtle"}) {
    EXPECT_NEAR(conspicuity[name] / total, 0.33, 0.2) << name;
  }
}

TEST(PhantomOptionsCheck, ADataSetsNameMakesPatientsOthers) {
  Folder folder;
  PhantomOptions options = small_options(1);
  EXPECT_EQ(make(folder.path(), options).images[0].patient_id, "phantom/p0001");
  options.dataset = "strangers";
  EXPECT_EQ(make(folder.path(), options).images[0].patient_id, "strangers/p0001");
  options.dataset = "a/b";
  EXPECT_THROW(make(folder.path(), options), Error);
}

TEST(PhantomOptionsCheck, RefusesWhatMakesNoSense) {
  Folder folder;
  PhantomOptions options = small_options(0);
  EXPECT_THROW(make(folder.path(), options), Error);
  options = small_options(1);
  options.density_shares = {1, 2};
  try {
    make(folder.path(), options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_NE(std::string(error.what()).find("density_shares"), std::string::npos);
  }
  EXPECT_FALSE(fs::exists(folder.path() / "images"));
}

}  // namespace
}  // namespace mammograft
