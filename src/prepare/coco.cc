#include "prepare/coco.h"

#include <algorithm>
#include <map>
#include <set>

#include "cohort/annotation_index.h"
#include "cohort/coco_file.h"
#include "cohort/data_set.h"
#include "cohort/laterality.h"
#include "core/log.h"
#include "core/text.h"
#include "prepare/image_facts.h"

namespace mammograft {

namespace {

void check_options(const CocoOptions& options) {
  check_data_set_name("--dataset", options.dataset);
  const bool resize_ok = options.resize.empty() || (options.resize.size() == 2 &&
                                                    options.resize[0] > 0 && options.resize[1] > 0);
  if (!resize_ok) fail(ErrorKind::usage, "resize: expected a width and a height above 0");
  check_mm_per_px(options.mm_per_px);
}

// Ids of the categories that are masses.
std::set<int64_t> selected_categories(const Cohort& release, const CocoOptions& options) {
  std::set<int64_t> selected;
  for (const Category& category : release.categories) {
    if (options.categories.empty()) selected.insert(category.id);
  }
  for (const std::string& wanted : options.categories) {
    bool found = false;
    for (const Category& category : release.categories) {
      if (category.name != wanted && std::to_string(category.id) != wanted) continue;
      selected.insert(category.id);
      found = true;
    }
    if (found) continue;
    std::string known;
    for (const Category& category : release.categories) {
      known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", category.name, category.id);
    }
    fail(ErrorKind::usage, "categories: found \"{}\", the file has {}", wanted, known);
  }
  return selected;
}

std::string patient_of(const Facts& facts, const ImageRecord& record, const CocoOptions& options) {
  const auto found = facts.find("patient");
  if (found != facts.end()) return options.dataset + "/" + found->second;
  if (record.patient_id.empty()) {
    fail(ErrorKind::usage,
         "{}: the patient is not known; give --patient-key, --file-regex or --table",
         record.file_name);
  }
  const bool has_dataset = record.patient_id.find('/') != std::string::npos;
  return has_dataset ? record.patient_id : options.dataset + "/" + record.patient_id;
}

// What is annotated on an image.
struct Content {
  bool mass = false;  // of a selected category, and not a crowd region
  bool unselected = false;
};

// `unknown`: counts what stands for a status and is none.
Status status_of(const Facts& facts, const ImageRecord& record, const Content& content,
                 bool record_says, const CocoOptions& options,
                 std::map<std::string, int>& unknown) {
  const Status implied = content.mass         ? Status::mass
                         : content.unselected ? Status::other
                                              : Status::unknown;
  const auto found = facts.find("status");
  if (found == facts.end()) return record_says ? record.status : implied;
  const auto& normal = options.normal_values;
  if (std::find(normal.begin(), normal.end(), found->second) != normal.end()) {
    return Status::normal;
  }
  if (const auto status = status_from(lower_case(found->second))) return *status;
  ++unknown[found->second];
  return content.mass ? Status::mass : Status::other;
}

MaskOrigin origin_of(const Annotation& annotation, const std::string& option) {
  if (option == "auto") return annotation.mask_origin;
  if (option == "circle") return MaskOrigin::circle;
  return option == "box" ? MaskOrigin::box : MaskOrigin::contour;
}

void set_spacing(ImageRecord& record, const CocoOptions& options) {
  if (!options.mm_per_px.empty()) {
    record.pixel_spacing_mm = {options.mm_per_px.front(), options.mm_per_px.back()};
  } else if (record.pixel_spacing_mm && !options.resize.empty()) {
    (*record.pixel_spacing_mm)[0] *= double(record.height) / options.resize[1];
    (*record.pixel_spacing_mm)[1] *= double(record.width) / options.resize[0];
  }
}

class Planner {
 public:
  // `ours`: the entries may tell the status by our own key.
  Planner(const Cohort& release, bool ours, const std::filesystem::path& images,
          const CocoOptions& options)
      : ours_(ours),
        folder_(images),
        options_(options),
        facts_(options),
        selected_(selected_categories(release, options)),
        annotations_(release) {}

  // `entry`: the image in the JSON, where the keys of the options are looked up.
  SourceImage plan(const ImageRecord& original, const JsonView& entry) {
    SourceImage image;
    image.file = folder_ / original.file_name;
    image.record = original;
    image.record.file_name = cohort_file_name(original.file_name);
    Content content;
    for (const Annotation* annotation : annotations_.of(original.id)) {
      add(*annotation, content, image);
    }
    describe_image(original, entry, content, image.record);
    return image;
  }

  // Warns of what of the options was of no use.
  void report() const {
    facts_.report_unused();
    for (const auto& [word, images] : unknown_statuses_) {
      log_warning(fmt::format(
          "status \"{}\" of {} images is none of normal, mass, other, unknown: without a mass they "
          "are taken as other (--normal-values names what is normal)",
          word, images));
    }
  }

 private:
  void add(const Annotation& original, Content& content, SourceImage& image) const {
    if (selected_.count(original.category_id) == 0) {
      content.unselected = true;
      return;
    }
    Annotation annotation = original;
    annotation.category_id = 1;
    annotation.mask_origin = origin_of(original, options_.mask_origin);
    content.mass = content.mass || !annotation.ignore;
    image.annotations.push_back(std::move(annotation));
  }

  void describe_image(const ImageRecord& original, const JsonView& entry, const Content& content,
                      ImageRecord& record) {
    const Facts facts = facts_.of(entry, original.file_name);
    const auto get = [&facts](const char* name) {
      const auto found = facts.find(name);
      return found == facts.end() ? std::string() : found->second;
    };
    record.patient_id = patient_of(facts, original, options_);
    if (!get("laterality").empty()) {
      record.laterality = laterality_from(get("laterality"), entry.where() + ": laterality");
    }
    if (!get("view").empty()) record.view = upper_case(get("view"));
    if (!get("split").empty()) record.split = get("split");
    record.status = status_of(facts, original, content, ours_ && entry.has("status"), options_,
                              unknown_statuses_);
    if (record.status == Status::normal && content.mass) {
      fail(ErrorKind::bad_input, "{}: status: {} is called normal, but has a mass annotated",
           entry.where(), original.file_name);
    }
    record.acquisition["source_file"] = original.file_name;
    set_spacing(record, options_);
  }

  const bool ours_;
  const std::filesystem::path folder_;
  const CocoOptions& options_;
  ImageFacts facts_;
  const std::set<int64_t> selected_;
  AnnotationIndex annotations_;
  std::map<std::string, int> unknown_statuses_;
};

// The entries of the images by their ids.
std::map<int64_t, JsonView> entries_of(const JsonView& images) {
  std::map<int64_t, JsonView> entries;
  for (size_t i = 0; i < images.size(); ++i) {
    const JsonView entry = images.at(i);
    const Json& json = entry.json();
    const bool has_id = json.is_object() && json.contains("id") && json["id"].is_number();
    if (has_id) entries.emplace(entry.integer("id"), entry);
  }
  return entries;
}

// Images whose facts are not known or contradict each other stop the import, or are skipped; all of
// them doing so is a wrong option.
void plan_images(const CocoFile& file, const std::string& name, Planner& planner, bool keep_going,
                 Import& import) {
  const std::map<int64_t, JsonView> entries = entries_of(JsonView(file.json, name).at("images"));
  std::optional<Error> first;
  for (const ImageRecord& image : file.cohort.images) {
    try {
      import.images.push_back(planner.plan(image, entries.at(image.id)));
    } catch (const Error& error) {
      if (!keep_going) throw;
      if (!first) first = error;
      skip(import, image.file_name, error.what());
    }
  }
  if (first && import.images.empty()) throw *first;
}

}  // namespace

Cohort prepare_coco(const std::filesystem::path& json, const std::filesystem::path& images,
                    const std::filesystem::path& out, const CocoOptions& options,
                    Progress& progress) {
  check_options(options);
  std::error_code error;
  if (!std::filesystem::is_directory(images, error)) {
    fail(ErrorKind::io, "{}: expected the folder of the images", images.string());
  }
  const bool ours = is_own_cohort(json);
  const std::filesystem::path path =
      std::filesystem::is_directory(json) ? json / "cohort.json" : json;
  // Keys of others that ours are called by too mean what the options say, or nothing.
  const CocoFile file = read_coco_file(path, {ours, /*own_facts=*/ours, options.keep_going});
  Import import;
  import.info = {{"description", options.dataset}, {"importer", "coco"}};
  import.categories = {{1, "mass"}};
  if (!options.resize.empty()) {
    import.resize = {options.resize[0], options.resize[1]};
    import.info["resized_to"] = options.resize;
  }
  for (const SkippedImage& image : file.skipped) skip(import, image.file_name, image.reason);
  Planner planner(file.cohort, ours, images, options);
  plan_images(file, path.string(), planner, options.keep_going, import);
  planner.report();
  return run_import(std::move(import), out, options, progress);
}

}  // namespace mammograft
