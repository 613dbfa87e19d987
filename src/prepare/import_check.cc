#include "prepare/import_check.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "cohort/shard_record.h"
#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/utf8.h"
#include "image/exif.h"
#include "prepare/source_pixels.h"

namespace mammograft {

namespace {

constexpr const char* kRemedy =
    "pixels are taken as they are stored: turn the file itself (exiftran -a, magick -auto-orient) "
    "if the annotations were made on the turned picture, else remove the tag";

void check_text(const SourceImage& image) {
  const ImageRecord& record = image.record;
  const std::pair<const char*, const std::string*> texts[] = {
      {"file name", &record.file_name},
      {"patient", &record.patient_id},
      {"view", &record.view},
      {"split", &record.split},
  };
  for (const auto& [what, text] : texts) {
    if (is_utf8(*text)) continue;
    fail(ErrorKind::bad_input, "{}: {}: found \"{}\", expected text in UTF-8", image.file.string(),
         what, *text);
  }
}

void check_findings(const SourceImage& image) {
  const ImageRecord& record = image.record;
  const Box whole = {0, 0, double(record.width), double(record.height)};
  for (const Annotation& annotation : image.annotations) {
    if (!intersection(annotation.bbox, whole).empty()) continue;
    fail(ErrorKind::bad_input, "{}: a finding lies outside the image of {} x {}",
         image.file.string(), record.width, record.height);
  }
}

void check_size(const SourceImage& image, const ImageHeader& header) {
  const ImageRecord& record = image.record;
  if (header.width == record.width && header.height == record.height) return;
  const bool explained = swaps_sides(header.orientation) && header.width == record.height &&
                         header.height == record.width;
  fail(ErrorKind::bad_input, "{}: found {} x {} pixels, expected {} x {}{}", image.file.string(),
       header.width, header.height, record.width, record.height,
       explained ? fmt::format("; by its EXIF orientation ({}) viewers turn it, but {}",
                               header.orientation, kRemedy)
                 : "");
}

// A file's header, or why it could not be read; neither of files that were not looked at.
struct HeaderLook {
  std::optional<ImageHeader> header;
  std::optional<Error> error;
};

// A pipe is read only once. What is missing is no pipe.
bool is_to_be_looked_at(const SourceImage& image) {
  if (image.size_is_read) return false;
  std::error_code unknown;
  const std::filesystem::file_status status = std::filesystem::status(image.file, unknown);
  return !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
}

std::vector<HeaderLook> look_at_headers(const std::vector<SourceImage>& images, int threads,
                                        Progress& progress) {
  std::vector<size_t> places;
  for (size_t i = 0; i < images.size(); ++i) {
    if (is_to_be_looked_at(images[i])) places.push_back(i);
  }
  std::vector<HeaderLook> looks(images.size());
  if (places.empty()) return looks;
  parallel_for("sizes", std::ssize(places), threads, progress, [&](int64_t i) {
    const size_t place = places[static_cast<size_t>(i)];
    try {
      looks[place].header = read_source_header(images[place].file);
    } catch (const Error& error) {
      looks[place].error = error;
    }
  });
  return looks;
}

class Check {
 public:
  Check(Import& import, const std::filesystem::path& out, const ImportOptions& options)
      : import_(import), out_(out), options_(options) {}

  void run(Progress& progress) && {
    const auto looks = look_at_headers(import_.images, options_.threads, progress);
    std::vector<SourceImage> usable;
    for (size_t i = 0; i < looks.size(); ++i) {
      if (is_usable(import_.images[i], looks[i])) usable.push_back(std::move(import_.images[i]));
    }
    import_.images = std::move(usable);
    if (turned_ > 0) warn_of_orientation();
    if (import_.images.empty() && !import_.may_be_empty) {
      fail(ErrorKind::bad_input, "{}: not one image could be used; first: {}", out_.string(),
           import_.skipped.empty() ? "there are none" : import_.skipped.front().reason);
    }
  }

 private:
  bool is_usable(const SourceImage& image, const HeaderLook& look) {
    try {
      check(image, look);
      return true;
    } catch (const Error& error) {
      if (!options_.keep_going || error.kind() == ErrorKind::usage) throw;
      skip(import_, image.file.filename().string(), error.what(), place_in_phase(1, image.place));
      return false;
    }
  }

  void check(const SourceImage& image, const HeaderLook& look) {
    check_text(image);
    check_findings(image);
    check_name(image);
    if (look.error) throw *look.error;
    if (!look.header) return;
    check_size(image, *look.header);
    if (look.header->orientation == 1 || image.annotations.empty()) return;
    if (turned_++ == 0) first_turned_ = image.file;
  }

  void check_name(const SourceImage& image) {
    std::error_code missing;  // equivalent() needs both files; neither there is no clash
    if (std::filesystem::equivalent(image.file, out_ / image.record.file_name, missing)) {
      fail(ErrorKind::usage, "{}: the output would overwrite its own source; choose another folder",
           image.file.string());
    }
    const auto [other, is_new] = sources_.emplace(image.record.file_name, image.file);
    if (is_new) return;
    fail(ErrorKind::bad_input, "{} and {}: two images with one name ({})", other->second.string(),
         image.file.string(), image.record.file_name);
  }

  void warn_of_orientation() const {
    log_warning(fmt::format(
        "{}: by its EXIF orientation viewers turn it{}; {}", first_turned_.string(),
        turned_ > 1 ? fmt::format(", as they turn {} annotated images more", turned_ - 1) : "",
        kRemedy));
  }

  Import& import_;
  const std::filesystem::path out_;
  const ImportOptions& options_;
  std::map<std::string, std::filesystem::path> sources_;  // by their name in the cohort
  int turned_ = 0;
  std::filesystem::path first_turned_;
};

}  // namespace

void check_import(Import& import, const std::filesystem::path& out, const ImportOptions& options,
                  Progress& progress) {
  check(options.breast, "breast");
  Check(import, out, options).run(progress);
}

}  // namespace mammograft
