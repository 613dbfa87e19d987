#include "detect/training_set.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "cohort/annotation_index.h"
#include "cohort/patients.h"
#include "core/expect.h"
#include "core/first_few.h"
#include "core/parallel.h"
#include "core/rounds.h"

namespace mammograft {
namespace {

bool usable(const ImageRecord& image, const TrainingSetOptions& options) {
  switch (image.status) {
    case Status::mass:
      return true;
    case Status::normal:
      return !options.masses_only;
    case Status::other:
      return options.use_other && !options.masses_only;
    case Status::unknown:
      return options.use_unknown && !options.masses_only;
  }
  return false;
}

// Of the draws before number i those of one kind. It steps up evenly, so kinds take turns.
int64_t whole(int64_t i, double share) {
  return static_cast<int64_t>(std::floor(static_cast<double>(i) * share));
}

}  // namespace

TrainingSet::TrainingSet(const Cohort& cohort, const InputOptions& input,
                         const TrainingSetOptions& options, int threads, Progress& progress,
                         std::unique_ptr<FreshGrafts> fresh)
    : mass_share_(options.mass_share),
      synthetic_share_(options.synthetic_share.value_or(0)),
      canvas_px_(input.mm_per_px > 0 ? 0 : input.long_side_px),
      fresh_(std::move(fresh)) {
  expect_within("data.mass_share", mass_share_, 0, 1);
  expect_within("data.synthetic_share", synthetic_share_, 0, 1);
  if (fresh_) check_fresh(cohort, options);
  const AnnotationIndex annotations(cohort);
  std::vector<const ImageRecord*> records;
  for (const ImageRecord& record : cohort.images) {
    if (!usable(record, options)) {
      ++left_out_;
      continue;
    }
    records.push_back(&record);
  }
  std::vector<TrainingImage> images(records.size());
  parallel_for("reading images", std::ssize(records), threads, progress, [&](int64_t i) {
    const ImageRecord& record = *records[i];
    const cv::Mat pixels = read_pixels(cohort, record);
    images[i] = with_name(record.file_name, [&] {
      return training_image(pixels, record, annotations.of(record.id), input,
                            options.mask_from == "any");
    });
  });
  keep_seen(std::move(images), records);
  std::set<std::string> patients;
  for (size_t i = 0; i < images_.size(); ++i) {
    for (const std::string& patient : patients_of(*records[i])) patients.insert(patient);
    // In millimetres breasts have sizes of their own: the largest decides.
    if (input.mm_per_px > 0)
      canvas_px_ = std::max({canvas_px_, images_[i].pixels.cols, images_[i].pixels.rows});
    const bool synthetic = is_synthetic(*records[i]) && !images_[i].masses.empty();
    synthetic_count_ += synthetic;
    if (!is_synthetic(*records[i])) real_masses_ += std::ssize(images_[i].masses);
    const bool apart = options.synthetic_share && synthetic;
    (images_[i].masses.empty() ? without_mass_ : apart ? synthetic_ : with_mass_).push_back(i);
  }
  if (images_with_mass() == 0) {
    fail(ErrorKind::bad_input,
         "{}: no image with a mass to learn from ({} images, {} left out by status{})",
         cohort.folder.string(), cohort.images.size(), left_out_,
         unseen_.empty() ? ""
                         : fmt::format(", {} because the network sees none of their masses: {}",
                                       unseen_.size(), first_few(unseen_)));
  }
  patients_.assign(patients.begin(), patients.end());
  if (!with_mass_.empty() && (fresh_ || !synthetic_.empty())) make_room_for_grafts();
}

// Of m draws with a mass, s of them grafts, 1 - s are real: m / (1 - s) leave as many real ones as
// there were.
void TrainingSet::make_room_for_grafts() {
  if (mass_share_ == 0) return;
  mass_share_ = std::min(mass_share_ / (1 - synthetic_share_), (1 + mass_share_) / 2);
}

void TrainingSet::check_fresh(const Cohort& cohort, const TrainingSetOptions& options) const {
  if (!options.synthetic_share) {
    fail(ErrorKind::usage,
         "data.synthetic_share: found none, expected a share with --graft-online, which makes as "
         "many grafts as are drawn");
  }
  const auto synthetic = std::count_if(cohort.images.begin(), cohort.images.end(), is_synthetic);
  if (synthetic > 0) {
    fail(ErrorKind::bad_input, "{}: found {} synthetic images, expected none with --graft-online",
         cohort.folder.string(), synthetic);
  }
}

void TrainingSet::keep_seen(std::vector<TrainingImage> images,
                            std::vector<const ImageRecord*>& records) {
  std::vector<const ImageRecord*> kept;
  for (size_t i = 0; i < images.size(); ++i) {
    if (images[i].unseen > 0) {
      auto& files = images[i].masses.empty() ? unseen_ : partly_unseen_;
      files.push_back(records[i]->file_name);
      if (images[i].masses.empty()) continue;
    }
    kept.push_back(records[i]);
    images_.push_back(std::move(images[i]));
  }
  records = std::move(kept);
}

const TrainingImage& TrainingSet::from_pool(const std::vector<size_t>& pool, int64_t i,
                                            const Rng& seed, const char* name) const {
  return images_[in_rounds(pool, i, seed, name)];
}

const TrainingImage& TrainingSet::draw(int64_t i, const Rng& seed) const {
  if (without_mass_.empty()) return draw_mass(i, seed);
  const int64_t masses = whole(i, mass_share_);
  if (whole(i + 1, mass_share_) > masses) return draw_mass(masses, seed);
  return from_pool(without_mass_, i - masses, seed, "normal");
}

const TrainingImage& TrainingSet::draw_mass(int64_t i, const Rng& seed) const {
  if (synthetic_.empty() && !fresh_) return from_pool(with_mass_, i, seed, "mass");
  if (with_mass_.empty()) return from_pool(synthetic_, i, seed, "synthetic");
  const int64_t synthetic = whole(i, synthetic_share_);
  if (whole(i + 1, synthetic_share_) > synthetic) {
    return fresh_ ? fresh_->at(synthetic) : from_pool(synthetic_, synthetic, seed, "synthetic");
  }
  return from_pool(with_mass_, i - synthetic, seed, "mass");
}

double TrainingSet::mass_share() const { return without_mass_.empty() ? 1 : mass_share_; }

double TrainingSet::synthetic_share() const {
  if (fresh_ || (!synthetic_.empty() && !with_mass_.empty())) return synthetic_share_;
  return static_cast<double>(synthetic_count_) / static_cast<double>(images_with_mass());
}

bool TrainingSet::any_mask() const {
  if (fresh_ && synthetic_share_ > 0 && fresh_->any_mask()) return true;
  return std::any_of(images_.begin(), images_.end(), [](const TrainingImage& image) {
    return std::any_of(image.masses.begin(), image.masses.end(),
                       [](const TrainingMass& mass) { return mass.has_mask; });
  });
}

std::vector<Box> TrainingSet::boxes() const {
  std::vector<Box> boxes;
  for (const TrainingImage& image : images_) {
    for (const TrainingMass& mass : image.masses) boxes.push_back(mass.box);
  }
  return boxes;
}

}  // namespace mammograft
