#include "prepare/dicom.h"

#include <algorithm>
#include <map>
#include <set>

#include "cohort/data_set.h"
#include "core/files.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/shard.h"
#include "core/utf8.h"
#include "dicom/dicom_files.h"
#include "prepare/box_table.h"
#include "prepare/left_out.h"
#include "prepare/mark_taker.h"
#include "prepare/source_pixels.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

// A file as its header has it.
struct Seen {
  fs::path file;
  SourceImage image;
  std::string instance;  // its SOP Instance UID
  std::string study;     // its Study Instance UID
  std::vector<Mark> marks;
  std::string left_out;      // why
  bool damaged = false;      // that is why
  bool hides_marks = false;  // which may be on any image of its study, if that is known
  bool mentioned = false;    // somebody says something of it, if only what cannot be used
};

class DicomPlanner {
 public:
  DicomPlanner(const fs::path& source, const DicomOptions& options)
      : source_(source),
        options_(options),
        pseudonyms_(options.pseudonyms, /*makes_key=*/options.shard.empty()) {}

  const Pseudonyms& pseudonyms() const { return pseudonyms_; }

  Seen look(const fs::path& path) const {
    Seen seen;
    seen.file = path;
    try {
      const DicomFile file(path);
      seen.study = file.data().text(tags::kStudyInstanceUid);
      if (options_.marks && take_marks(file, seen)) return seen;
      if (const auto reason = reason_to_leave_out(file, options_.selection)) {
        seen.left_out = *reason;
        return seen;
      }
      describe(file, seen);
    } catch (const Error& error) {
      if (!options_.keep_going) throw;
      seen.left_out = error.what();
      seen.damaged = true;
      seen.hides_marks = options_.marks && seen.study.empty();
    }
    return seen;
  }

 private:
  void describe(const DicomFile& file, Seen& seen) const {
    const DataSet data = file.data();
    seen.instance = data.text(tags::kSopInstanceUid);
    seen.image.file = seen.file;
    ImageRecord& record = seen.image.record;
    describe_source(file, record);
    seen.image.size_is_read = true;
    record.patient_id = options_.dataset + "/" + patient_of(data);
    record.file_name = cohort_file_name(name_of(seen) + ".png");
    if (pseudonyms_.keeps())
      record.acquisition["source_file"] = seen.file.lexically_relative(source_).generic_string();
  }

  // A report of another kind is one more object that is no mammogram.
  bool take_marks(const DicomFile& file, Seen& seen) const {
    try {
      const auto marks = read_marks(file);
      if (!marks) return false;
      seen.marks = *marks;
      if (!options_.automatic_marks)
        std::erase_if(seen.marks, [](const Mark& mark) { return mark.by_program; });
      seen.left_out = seen.marks.empty() && !marks->empty()
                          ? "holds marks of a program (--automatic-marks takes them)"
                          : "holds marks, which are taken as findings";
    } catch (const Error& error) {
      seen.left_out = fmt::format("its marks cannot be used: {}", error.what());
      seen.hides_marks = true;
    }
    return true;
  }

  // Without a patient's id the study is all that is known to belong together.
  std::string patient_of(const DataSet& data) const {
    const std::string patient = data.text(tags::kPatientId);
    if (!patient.empty() && options_.patient_from == "id") return pseudonyms_.of(patient);
    return "study-" + pseudonyms_.of(data.text(tags::kStudyInstanceUid));
  }

  std::string name_of(const Seen& seen) const {
    const std::string id = seen.instance.empty() ? seen.file.string() : seen.instance;
    return pseudonyms_.of(id);
  }

  const fs::path& source_;
  const DicomOptions& options_;
  const Pseudonyms pseudonyms_;
};

std::vector<Seen> look_at_all(const std::vector<fs::path>& files, const DicomPlanner& planner,
                              const DicomOptions& options, Progress& progress) {
  std::vector<Seen> seen(files.size());
  parallel_for("headers", std::ssize(files), options.threads, progress, [&](int64_t i) {
    seen[static_cast<size_t>(i)] = planner.look(files[static_cast<size_t>(i)]);
  });
  return seen;
}

// Archives hold copies.
void leave_out_copies(std::vector<Seen>& seen) {
  std::map<std::string, const Seen*> first;
  for (Seen& one : seen) {
    if (!one.left_out.empty() || one.instance.empty()) continue;
    const auto [found, is_new] = first.emplace(one.instance, &one);
    if (!is_new) one.left_out = fmt::format("is a copy of {}", found->second->file.string());
  }
}

// Where a Patient ID was replaced by the same word in all files, one patient has all studies.
void warn_of_shared_patient_id(const std::vector<Seen>& seen) {
  constexpr size_t kMany = 5;  // studies
  std::map<std::string, std::set<std::string>> studies;
  std::set<std::string> all;
  for (const Seen& one : seen) {
    if (!one.left_out.empty()) continue;
    studies[one.image.record.patient_id].insert(one.study);
    all.insert(one.study);
  }
  for (const auto& [patient, own] : studies) {
    if (own.size() < kMany || 2 * own.size() <= all.size()) continue;
    log_warning(fmt::format(
        "{} of {} studies have one Patient ID: if it stands for nobody, --patient-from study takes "
        "every study as a patient",
        own.size(), all.size()));
  }
}

// Those that are taken, by their SOP Instance UIDs.
std::map<std::string, Seen*> by_instance(std::vector<Seen>& seen) {
  std::map<std::string, Seen*> images;
  for (Seen& one : seen) {
    if (one.left_out.empty() && !one.instance.empty()) images[one.instance] = &one;
  }
  return images;
}

// Images by all names that a table may call them, those of their copies too; archives call files by
// their UIDs.
std::map<std::string, std::set<Seen*>> by_name(std::vector<Seen>& seen) {
  const std::map<std::string, Seen*> taken = by_instance(seen);
  std::map<std::string, std::set<Seen*>> names;
  for (Seen& one : seen) {
    const auto found = taken.find(one.instance);
    if (found == taken.end() && !one.left_out.empty()) continue;
    Seen* const image = found == taken.end() ? &one : found->second;
    names[one.file.filename().string()].insert(image);
    names[one.file.stem().string()].insert(image);
    if (!one.instance.empty()) names[one.instance].insert(image);
  }
  return names;
}

// The marks of a report that nobody can read, or on images that are left out, may be of what any
// image of the study shows, and of any study where the file does not even tell that.
void mention_studies_with_hidden_marks(std::vector<Seen>& seen) {
  std::set<std::string> studies;
  for (const Seen& one : seen) {
    if (one.hides_marks) studies.insert(one.study);
  }
  const bool any = studies.contains("");
  for (Seen& one : seen) {
    if (any || studies.contains(one.study)) one.mentioned = true;
  }
}

void add_marks(std::vector<Seen>& seen) {
  std::map<std::string, SourceImage*> images;
  for (const auto& [instance, one] : by_instance(seen)) images[instance] = &one->image;
  MarkTaker taker(std::move(images));
  for (Seen& one : seen) {
    if (!taker.take(one.file, one.marks)) one.hides_marks = true;
  }
  for (Seen& one : seen) one.mentioned = taker.is_marked(one.image);
  mention_studies_with_hidden_marks(seen);
  taker.report();
}

void add_row(const BoxRow& row, const fs::path& table, Seen& seen) {
  SourceImage& image = seen.image;
  const bool was_normal = image.record.status == Status::normal;
  if (row.status) {
    image.record.status = *row.status;
    seen.mentioned = true;
  }
  if (row.box) {
    Annotation mass;
    mass.bbox = *row.box;
    mass.mask_origin = MaskOrigin::box;
    image.annotations.push_back(mass);
  }
  if (image.annotations.empty()) return;
  if (was_normal || image.record.status == Status::normal) {
    fail(ErrorKind::bad_input, "{}: row {}: an image that is called normal has a mass",
         table.string(), row.line);
  }
  image.record.status = Status::mass;
}

void add_boxes(const std::vector<BoxRow>& rows, const fs::path& table, std::vector<Seen>& seen) {
  auto names = by_name(seen);
  int unknown = 0, known = 0;
  std::string first;
  for (const BoxRow& row : rows) {
    const auto found = names.find(row.image);
    if (found == names.end()) {
      if (unknown++ == 0) first = row.image;
      continue;
    }
    if (found->second.size() > 1) {
      fail(ErrorKind::bad_input, "{}: row {}: {} images are called {}: name them by their UIDs",
           table.string(), row.line, found->second.size(), row.image);
    }
    ++known;
    add_row(row, table, **found->second.begin());
  }
  if (known == 0)
    fail(ErrorKind::bad_input, "{}: names none of the images, first {}", table.string(), first);
  if (unknown > 0) {
    log_warning(fmt::format("{}: {} rows name no image that is taken, first {}", table.string(),
                            unknown, first));
  }
}

// Of a shard by file: of patients nothing is known there.
LeftOutFiles left_out_of(const std::vector<Seen>& seen, const fs::path& source,
                         const Shard& shard) {
  LeftOutFiles left_out;
  for (size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i].left_out.empty())
      left_out.add(seen[i].file, seen[i].left_out, static_cast<int64_t>(i));
  }
  left_out.keep([&](const fs::path& file) {
    return shard.holds(file.lexically_relative(source).generic_string());
  });
  return left_out;
}

// The cohort is handed on: a path may name a person, so a code stands for it there.
void skip_damaged(Import& import, const Seen& seen, const Pseudonyms& pseudonyms) {
  const std::string path = seen.file.string();
  if (pseudonyms.keeps()) return skip(import, seen.file.filename().string(), seen.left_out);
  log_warning("skipped: " + seen.left_out);
  const std::string code = pseudonyms.of(path);
  std::string reason = seen.left_out;
  for (size_t at = reason.find(path); at != reason.npos; at = reason.find(path, at + code.size()))
    reason.replace(at, path.size(), code);
  import.skipped.push_back({code, readable(reason), 0});
}

Import import_of(std::vector<Seen>& seen, const DicomOptions& options,
                 const Pseudonyms& pseudonyms) {
  Import import;
  import.info = {{"description", options.dataset}, {"importer", "dicom"}};
  import.categories = {{1, "mass"}};
  int stay_unknown = 0;
  for (Seen& one : seen) {
    if (one.damaged) skip_damaged(import, one, pseudonyms);
    if (!one.left_out.empty()) continue;
    ImageRecord& record = one.image.record;
    record.id = std::ssize(import.images) + 1;
    if (record.status == Status::unknown && options.unmarked == "normal") {
      record.status = one.mentioned ? Status::unknown : Status::normal;
      stay_unknown += one.mentioned;
    }
    import.images.push_back(std::move(one.image));
  }
  if (stay_unknown > 0) {
    log_warning(fmt::format(
        "{} images are not called normal but stay unknown: something may be said of them that is "
        "not known or cannot be used",
        stay_unknown));
  }
  return import;
}

}  // namespace

Cohort prepare_dicom(const fs::path& source, const fs::path& out, const DicomOptions& options,
                     Progress& progress) {
  check_data_set_name("--dataset", options.dataset);
  const std::vector<BoxRow> boxes =
      options.boxes.empty() ? std::vector<BoxRow>() : read_box_table(options.boxes);
  const std::vector<fs::path> files = dicom_files({source.string()});
  if (files.empty()) fail(ErrorKind::bad_input, "{}: holds no DICOM file", source.string());
  const DicomPlanner planner(source, options);
  std::vector<Seen> seen = look_at_all(files, planner, options, progress);
  leave_out_copies(seen);
  if (options.patient_from == "id") warn_of_shared_patient_id(seen);
  const LeftOutFiles left_out = left_out_of(seen, source, Shard::parse(options.shard));
  left_out.report();
  const auto is_left_out = [](const Seen& one) { return !one.left_out.empty(); };
  if (std::all_of(seen.begin(), seen.end(), is_left_out)) {
    fail(ErrorKind::bad_input, "{}: none of {} DICOM files is a mammogram; first: {}: {}",
         source.string(), seen.size(), seen.front().file.string(), seen.front().left_out);
  }
  add_marks(seen);
  if (!options.boxes.empty()) add_boxes(boxes, options.boxes, seen);
  Import import = import_of(seen, options, planner.pseudonyms());
  import.left_out_places = left_out.places();
  import.pseudonyms = planner.pseudonyms().check();
  create_folder(out);
  left_out.write(out / "left_out.csv");
  return run_import(std::move(import), out, options, progress);
}

}  // namespace mammograft
