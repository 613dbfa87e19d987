#include "prepare/cbis_files.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "core/csv.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/text.h"
#include "dicom/mammogram.h"
#include "image/image_files.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

std::string lower_suffix(const fs::path& path) { return lower_case(path.extension().string()); }

bool is_jpeg_name(const fs::path& path) {
  const std::string suffix = lower_suffix(path);
  return suffix == ".jpg" || suffix == ".jpeg";
}

// Nothing for an object without pixels.
std::optional<CbisFile> dicom_header(const fs::path& path) {
  const DicomFile dicom(path);
  if (!dicom.data().exists(tags::kPixelData)) return std::nullopt;
  const Mammogram found = read_mammogram(dicom);
  return CbisFile{path,         found.series, found.patient_id, found.instance, found.width,
                  found.height, false};
}

// "<series>/1-001.jpg": what of a path is the same wherever the edition was unpacked.
std::string last_two(const fs::path& path) {
  return (path.parent_path().filename() / path.filename()).generic_string();
}

fs::path find_dicom_info(const std::vector<fs::path>& files) {
  for (const fs::path& file : files) {
    if (lower_case(file.filename().string()) == "dicom_info.csv") return file;
  }
  fail(ErrorKind::bad_input,
       "found no DICOM file, expected those of TCIA, or JPEGs and csv/dicom_info.csv, which says "
       "which JPEG is which");
}

// Files of the JPEG edition that are there, without their sizes.
std::vector<CbisFile> read_dicom_info(const std::vector<fs::path>& files) {
  std::map<std::string, fs::path> pictures;
  for (const fs::path& file : files) {
    if (is_jpeg_name(file)) pictures.emplace(last_two(file), file);
  }
  const fs::path path = find_dicom_info(files);
  const CsvTable csv = read_csv(path);
  for (const char* column : {"image_path", "SeriesInstanceUID", "PatientID"}) {
    if (std::find(csv.columns.begin(), csv.columns.end(), column) == csv.columns.end())
      fail(ErrorKind::bad_input, "{}: line 1: there is no column {}", path.string(), column);
  }
  std::vector<CbisFile> found;
  for (const auto& row : csv.rows) {
    const auto file = pictures.find(last_two(row.at("image_path")));
    if (file == pictures.end()) continue;
    found.push_back({file->second, row.at("SeriesInstanceUID"), row.at("PatientID"), "", 0, 0,
                     /*is_picture=*/true});
  }
  return found;
}

CbisFile with_size(CbisFile file) {
  const ImageHeader header = read_image_header(file.path);
  file.width = header.width;
  file.height = header.height;
  return file;
}

using Headers = std::vector<std::optional<CbisFile>>;

// read(i): the header of paths[i].
std::vector<CbisFile> read_headers(const std::vector<fs::path>& paths,
                                   const std::function<std::optional<CbisFile>(size_t)>& read,
                                   const ImportOptions& options, Progress& progress,
                                   Import& import) {
  Headers headers(paths.size());
  std::vector<std::string> reasons(paths.size());
  parallel_for("headers", std::ssize(paths), options.threads, progress, [&](int64_t i) {
    const auto at = static_cast<size_t>(i);
    try {
      headers[at] = read(at);
    } catch (const Error& error) {
      if (!options.keep_going) throw;
      reasons[at] = error.what();
    }
  });
  std::vector<CbisFile> found;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (headers[i]) found.push_back(std::move(*headers[i]));
    if (!reasons[i].empty()) skip(import, paths[i].filename().string(), reasons[i]);
  }
  return found;
}

}  // namespace

CbisFiles::CbisFiles(std::vector<CbisFile> files) {
  std::sort(files.begin(), files.end(),
            [](const CbisFile& a, const CbisFile& b) { return a.path < b.path; });
  std::set<std::string> instances;
  for (CbisFile& file : files) {
    const bool is_copy = !file.instance.empty() && !instances.insert(file.instance).second;
    if (!is_copy) files_.push_back(std::move(file));
  }
  for (const CbisFile& file : files_) {
    by_series_[file.series].push_back(&file);
    by_patient_[file.patient_id].push_back(&file);
  }
}

std::vector<const CbisFile*> CbisFiles::of(const CbisSeries& series) const {
  const auto found = by_series_.find(series.uid);
  if (found != by_series_.end()) return found->second;
  const auto of_patient = by_patient_.find(series.patient_id);
  return of_patient == by_patient_.end() ? std::vector<const CbisFile*>() : of_patient->second;
}

CbisFiles find_cbis_files(const std::vector<fs::path>& files, const ImportOptions& options,
                          Progress& progress, Import& import) {
  std::vector<fs::path> dicoms;
  int pictures = 0;
  for (const fs::path& file : files) {
    const std::string suffix = lower_suffix(file);
    if (is_jpeg_name(file)) {
      ++pictures;
    } else if (suffix == ".dcm" || suffix == ".dicom" || looks_like_dicom(file)) {
      dicoms.push_back(file);
    }
  }
  if (!dicoms.empty()) {
    if (pictures > 0)
      log_warning(fmt::format("{} JPEGs beside DICOM files are passed over", pictures));
    const auto read = [&](size_t i) { return dicom_header(dicoms[i]); };
    return CbisFiles(read_headers(dicoms, read, options, progress, import));
  }
  const std::vector<CbisFile> listed = read_dicom_info(files);
  std::vector<fs::path> paths;
  for (const CbisFile& file : listed) paths.push_back(file.path);
  const auto read = [&](size_t i) { return with_size(listed[i]); };
  return CbisFiles(read_headers(paths, read, options, progress, import));
}

}  // namespace mammograft
