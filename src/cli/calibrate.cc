#include <set>

#include "cli/cohort_part.h"
#include "cli/command.h"
#include "cli/search_items.h"
#include "cohort/patients.h"
#include "core/files.h"
#include "core/log.h"
#include "core/rng.h"
#include "detect/int8_calibration.h"
#include "nn/compute.h"

namespace mammograft {
namespace {

struct CalibrateOptions {
  int images = 64;
  double mm_per_px = 0;
  template <typename V>
  void fields(V&& v) {
    v("images", images, "how many of the images are looked at, drawn at random; 0: all");
    v("mm_per_px", mm_per_px,
      "pixel spacing of loose files, for models that work in mm; 0: not known");
  }
};

std::vector<SearchItem> drawn(std::vector<SearchItem> items, int count, int64_t seed) {
  if (count < 0) fail(ErrorKind::usage, "images: found {}, expected 0 or more", count);
  if (count == 0 || static_cast<size_t>(count) >= items.size()) return items;
  Rng(static_cast<uint64_t>(seed)).fork("calibrate").shuffle(items);
  items.resize(static_cast<size_t>(count));
  return items;
}

std::set<int64_t> ids_of(const std::vector<SearchItem>& items) {
  std::set<int64_t> ids;
  for (const SearchItem& item : items) ids.insert(item.image_id);
  return ids;
}

void run_calibrate(const fs::path& model, const CohortPart& part,
                   const std::vector<std::string>& files, const fs::path& out,
                   const CalibrateOptions& options, Command& command) {
  check_one_source("calibrate", part, files);
  if (fs::exists(out) && !command.common().force)
    fail(ErrorKind::usage, "{} exists; use --force to replace it", out.string());
  const Cohort cohort = files.empty() ? part.training() : Cohort{};
  const std::vector<SearchItem> items =
      drawn(files.empty() ? cohort_items(cohort) : loose_items(files, options.mm_per_px),
            options.images, command.common().seed);
  if (items.empty()) fail(ErrorKind::bad_input, "calibrate: no image");
  set_threads(command.common().threads);
  Int8Calibration calibration =
      calibrate_int8(model, items, command.common().threads, command.progress());
  if (files.empty()) calibration.patients_hashed = patients_behind(cohort, ids_of(items));
  write_calibration(out, calibration);
  log_info(fmt::format("{}: {} ranges from {} images of {} known patients", out.string(),
                       calibration.ranges.size(), calibration.images,
                       calibration.patients_hashed.size()));
}

}  // namespace

std::unique_ptr<Command> calibrate_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "calibrate",
      "Learn from images what int8 needs to know of a detector (with --fold: from its training "
      "part).");
  auto options = std::make_shared<CalibrateOptions>();
  auto part = std::make_shared<CohortPart>();
  auto model = std::make_shared<std::string>(), out = std::make_shared<std::string>();
  auto files = std::make_shared<std::vector<std::string>>();
  command->app()
      .add_option(
          "files", *files,
          "images and folders (PNG, JPEG, PGM); never of patients to be tested on: the leak "
          "guard knows the patients of cohorts only")
      ->type_name("FILE|DIR");
  command->app()
      .add_option("--model", *model, "detector (RUN/model.safetensors)")
      ->required()
      ->type_name("FILE");
  command->app()
      .add_option("--out", *out, "the calibration, for detect --calibration")
      ->required()
      ->type_name("FILE.json");
  part->add_to(command->app(), /*required=*/false);
  command->describe_options(*options);
  command->action([=, &c = *command] { run_calibrate(*model, *part, *files, *out, *options, c); });
  return command;
}

}  // namespace mammograft
