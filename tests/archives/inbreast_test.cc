// From a phantom to the release of INbreast and back: writer and importer know nothing of each
// other.
#include "prepare/inbreast.h"

#include <algorithm>
#include <map>
#include <set>

#include "cohort/annotation_index.h"
#include "core/files.h"
#include "core/testing.h"
#include "dicom/dicom_file.h"
#include "image/value_bits.h"
#include "phantom/inbreast_release.h"
#include "phantom/phantom.h"

namespace mammograft {
namespace {

class InbreastRoundTrip : public testing::Test {
 protected:
  const TestFolder folder_;
  Progress progress_;

  Cohort phantom() {
    PhantomOptions options;
    options.patients = 3;
    options.mm_per_px = 0.6;
    options.mass_fraction = 0.7;
    options.seed = 4;
    return make_phantom(folder_ / "phantom", options, progress_);
  }
  void write(const Cohort& cohort, const fs::path& out) { write(cohort, out, ReleaseOptions()); }
  void write(const Cohort& cohort, const fs::path& out, const ReleaseOptions& options) {
    write_inbreast_release(cohort, out, options, progress_);
  }
  Cohort prepared(const fs::path& release) {
    return prepare_inbreast(release, folder_ / "prepared", InbreastOptions(), progress_);
  }
};

double farthest(const std::vector<Polygon>& a, const std::vector<Polygon>& b) {
  if (a.size() != b.size()) return INFINITY;
  double worst = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].size() != b[i].size()) return INFINITY;
    for (size_t k = 0; k < a[i].size(); ++k)
      worst = std::max(worst, std::hypot(a[i][k].x - b[i][k].x, a[i][k].y - b[i][k].y));
  }
  return worst;
}

const std::vector<Polygon>& outlines_in(const Annotation& annotation) {
  return std::get<std::vector<Polygon>>(annotation.segmentation);
}

// The names of patients change, who has which images does not.
std::map<std::string, std::set<size_t>> images_of_patients(const Cohort& cohort) {
  std::map<std::string, std::set<size_t>> images;
  for (size_t i = 0; i < cohort.images.size(); ++i) images[cohort.images[i].patient_id].insert(i);
  return images;
}

std::set<std::set<size_t>> groups_of(const Cohort& cohort) {
  std::set<std::set<size_t>> groups;
  for (const auto& [patient, images] : images_of_patients(cohort)) groups.insert(images);
  return groups;
}

void expect_same_image(const ImageRecord& a, const ImageRecord& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  EXPECT_EQ(a.laterality + a.view, b.laterality + b.view);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.pixel_spacing_mm, b.pixel_spacing_mm);
  EXPECT_EQ(b.acquisition["original_bits"], 14);
  EXPECT_FALSE(b.acquisition.contains("warnings")) << b.acquisition;
  if (!a.pectoral_contour.empty()) {
    EXPECT_LT(farthest(a.pectoral_contour, b.pectoral_contour), 0.01) << b.file_name;
  }
}

void expect_same_mass(const Annotation& a, const Annotation& b) {
  EXPECT_LT(farthest(outlines_in(a), outlines_in(b)), 0.01);
  EXPECT_EQ(b.mask_origin, MaskOrigin::contour);
}

TEST_F(InbreastRoundTrip, GivesTheCohortBack) {
  const Cohort before = phantom();
  write(before, folder_ / "release");
  const Cohort after = prepared(folder_ / "release");
  ASSERT_EQ(after.images.size(), 12u);
  ASSERT_EQ(after.annotations.size(), before.annotations.size());
  ASSERT_GE(before.annotations.size(), 2u);
  EXPECT_EQ(groups_of(after), groups_of(before));
  EXPECT_EQ(groups_of(after).size(), 3u);
  const AnnotationIndex masses_before(before), masses_after(after);
  for (size_t i = 0; i < after.images.size(); ++i) {
    const ImageRecord &a = before.images[i], &b = after.images[i];
    expect_same_image(a, b);
    const cv::Mat stored = from_full_scale(read_pixels(before, a), 14);
    const cv::Mat difference = to_full_scale(stored, 14) != read_pixels(after, b);
    EXPECT_EQ(cv::countNonZero(difference), 0) << b.file_name;
    const Annotations masses = masses_before.of(a.id), found = masses_after.of(b.id);
    ASSERT_EQ(masses.size(), found.size());
    for (size_t k = 0; k < masses.size(); ++k) expect_same_mass(*masses[k], *found[k]);
  }
}

TEST_F(InbreastRoundTrip, InEverySyntax) {
  Cohort cohort = phantom();
  cohort.images.resize(1);
  const cv::Mat stored = from_full_scale(read_pixels(cohort, cohort.images[0]), 14);
  std::set<std::string> syntaxes;
  for (const char* word : {"explicit", "implicit", "big-endian", "deflated", "rle", "jpeg-lossless",
                           "jpeg-ls", "jpeg-2000"}) {
    ReleaseOptions options;
    options.transfer_syntax = word;
    write(cohort, folder_ / word, options);
    const Cohort after = prepared(folder_ / word);
    syntaxes.insert(after.images[0].acquisition["transfer_syntax"].get<std::string>());
    const cv::Mat found = read_pixels(after, after.images[0]);
    EXPECT_EQ(cv::countNonZero(to_full_scale(stored, 14) != found), 0) << word;
  }
  EXPECT_EQ(syntaxes.size(), 8u);
}

TEST_F(InbreastRoundTrip, SameBytesWithAnyNumberOfThreads) {
  const Cohort cohort = phantom();
  ReleaseOptions options;
  options.threads = 1;
  write(cohort, folder_ / "a", options);
  options.threads = 3;
  write(cohort, folder_ / "b", options);
  size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "a")) {
    if (!entry.is_regular_file()) continue;
    const fs::path name = fs::relative(entry.path(), folder_ / "a");
    EXPECT_EQ(read_file(entry.path()), read_file(folder_ / "b" / name)) << name;
    ++files;
  }
  EXPECT_EQ(files, 12 + 6 + cohort.annotations.size() + 1);  // images, muscles, lists, the table
}

TEST_F(InbreastRoundTrip, WhatIsOnlyOtherStaysOther) {
  Cohort cohort = phantom();
  cohort.annotations.clear();
  cohort.images.resize(3);
  cohort.images[0].status = Status::other;
  cohort.images[1].status = Status::unknown;
  cohort.images[2].status = Status::normal;
  write(cohort, folder_ / "release");
  const Cohort after = prepared(folder_ / "release");
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(after.images[i].status, cohort.images[i].status) << i;
}

TEST_F(InbreastRoundTrip, RefusesWhatTheReleaseCannotHold) {
  Cohort cohort = phantom();
  cohort.images[1].view = "XCCL";
  EXPECT_ERROR(write(cohort, folder_ / "release"), bad_input,
               "images/p0001_L_MLO.png: view: expected CC, ML or MLO");
  EXPECT_FALSE(fs::exists(folder_ / "release"));
  ReleaseOptions options;
  options.transfer_syntax = "jpeg";
  EXPECT_ERROR(write(phantom(), folder_ / "release", options), usage,
               "transfer_syntax: found \"jpeg\"");
}

}  // namespace
}  // namespace mammograft
