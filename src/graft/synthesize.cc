#include "graft/synthesize.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "core/files.h"
#include "core/log.h"
#include "core/numbered_files.h"
#include "core/parallel.h"
#include "core/work_journal.h"
#include "image/image_io.h"

namespace mammograft {

std::string listed(const std::map<std::string, int>& failures) {
  std::string text;
  for (const auto& [reason, count] : failures) {
    text += fmt::format("{}{} x {}", text.empty() ? "" : "; ", count, reason);
  }
  return text;
}

namespace {

constexpr const char* kImages = "images";

// Images at a time; a killed synthesis loses no more. Even, for makers that make pairs.
constexpr int64_t kChunk = 8;

class Synthesis {
 public:
  Synthesis(ImageMaker& maker, const SynthesisOptions& options, const fs::path& out,
            const RunContext& context)
      : maker_(maker), options_(options), context_(context) {
    create_folder(out / kImages);
    remove_abandoned_temporaries(out / kImages);
    cohort_.folder = out;
    cohort_.categories = maker.categories();
  }

  Cohort run();

 private:
  std::string file_name(int64_t i) const {
    return fmt::format("{}/{}-{:06}.png", kImages, maker_.method(), i + 1);
  }
  void make_chunk(int64_t first, WorkJournal& journal);
  void write(const std::vector<MadeImage>& images, int64_t first, WorkJournal& journal) const;
  void take(MadeImage image, int64_t i);
  void describe();

  ImageMaker& maker_;
  const SynthesisOptions& options_;
  const RunContext& context_;
  Cohort cohort_;
  Json skipped_ = Json::array();
  std::map<std::string, int> failures_;
};

// What is not on disk yet.
void Synthesis::write(const std::vector<MadeImage>& images, int64_t first,
                      WorkJournal& journal) const {
  parallel_for(std::ssize(images), context_.threads, [&](int64_t k) {
    const cv::Mat& pixels = images[static_cast<size_t>(k)].pixels;
    if (!pixels.empty()) write_png(cohort_.folder / file_name(first + k), pixels);
  });
  for (size_t k = 0; k < images.size(); ++k) {
    if (!images[k].pixels.empty()) journal.add(first + static_cast<int64_t>(k), images[k].note);
  }
}

void Synthesis::take(MadeImage image, int64_t i) {
  if (!image.made) {
    for (const auto& [reason, count] : image.failures) failures_[reason] += count;
    skipped_.push_back({{"image", i + 1}, {"reasons", listed(image.failures)}});
    return;
  }
  image.record.id = i + 1;
  image.record.file_name = file_name(i);
  for (Annotation& annotation : image.annotations) {
    annotation.id = std::ssize(cohort_.annotations) + 1;
    annotation.image_id = image.record.id;
    cohort_.annotations.push_back(std::move(annotation));
  }
  cohort_.images.push_back(std::move(image.record));
}

void Synthesis::make_chunk(int64_t first, WorkJournal& journal) {
  std::vector<Json> notes;
  const int64_t end = std::min(first + kChunk, options_.count);
  for (int64_t i = first; i < end; ++i) notes.push_back(journal.note(i));
  std::vector<MadeImage> images = maker_.make(first, notes);
  write(images, first, journal);
  for (size_t k = 0; k < images.size(); ++k)
    take(std::move(images[k]), first + static_cast<int64_t>(k));
  context_.progress.advance(end);
}

void Synthesis::describe() {
  cohort_.info["description"] = maker_.title(std::ssize(cohort_.images));
  cohort_.info.update(maker_.info());
  cohort_.info["images_skipped"] = skipped_;
  cohort_.info[PatientSet::kKey] = maker_.patients().to_json();
}

Cohort Synthesis::run() {
  WorkJournal journal({cohort_.folder / "synthesis.jsonl", "image", "synthesis"},
                      maker_.description());
  context_.progress.start(maker_.label(), options_.count);
  for (int64_t first = 0; first < options_.count; first += kChunk) make_chunk(first, journal);
  context_.progress.finish();
  if (cohort_.images.empty())
    fail(ErrorKind::bad_input, "no synthetic image could be made: {}", listed(failures_));
  if (!skipped_.empty()) {
    log_warning(fmt::format("{} of {} images could not be made: {}", skipped_.size(),
                            options_.count, listed(failures_)));
  }
  describe();
  write_cohort(cohort_);
  journal.remove();
  return cohort_;
}

}  // namespace

void check_count(const SynthesisOptions& options) {
  check(options);
  if (options.count < 1)
    fail(ErrorKind::usage, "--count: found {}, expected 1 or more", options.count);
  if (options.views == "both" && options.count % 2 != 0) {
    fail(ErrorKind::usage,
         "--count: found {}, expected an even number with --views both, which makes two images of "
         "every lesion",
         options.count);
  }
}

std::vector<std::string> synthetic_images_in(const std::filesystem::path& out,
                                             const std::vector<std::string>& methods) {
  std::vector<std::string> paths;
  for (const std::string& method : methods) {
    for (const std::string& name : numbered_files(out / kImages, method + "-", ".png"))
      paths.push_back((fs::path(kImages) / name).string());
  }
  return paths;
}

Cohort synthesize(ImageMaker& maker, const SynthesisOptions& options,
                  const std::filesystem::path& out, const RunContext& context) {
  check_count(options);
  return Synthesis(maker, options, out, context).run();
}

Cohort synthesize(const SynthesisInput& input, GraftMethod& method, const SynthesisOptions& options,
                  const std::filesystem::path& out, const RunContext& context) {
  check_count(options);
  return synthesize(*make_grafts(input, method, options, context), options, out, context);
}

}  // namespace mammograft
