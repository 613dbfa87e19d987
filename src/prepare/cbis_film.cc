#include "prepare/cbis_film.h"

#include <algorithm>
#include <map>

#include "core/log.h"

namespace mammograft {
namespace {

void note_unusable_rows(const CbisCases& cases, std::vector<CbisFilm>& films, Import& import) {
  for (const UnusableCbisRow& row : cases.unusable) {
    bool noted = false;
    for (CbisFilm& film : films) {
      const auto& names = row.image_names;
      if (std::find(names.begin(), names.end(), film.name) == names.end()) continue;
      film.reason = row.reason;
      noted = true;
    }
    if (!noted) skip(import, row.image_names.front(), row.reason);
  }
}

// The film itself. Of a film in the tables of masses and of calcifications there are two files.
const CbisFile* find_film(const CbisFilm& film, const CbisFiles& files) {
  for (const CbisFinding* finding : film.findings) {
    const std::vector<const CbisFile*> found = files.of(finding->image);
    if (found.size() > 1) {
      fail(ErrorKind::bad_input, "{}: image: found {} files, first {} and {}, expected one",
           finding->where, found.size(), found[0]->path.string(), found[1]->path.string());
    }
    if (!found.empty()) return found.front();
  }
  return nullptr;
}

CbisMass find_mass(const CbisFinding& finding, const CbisFile& film, const CbisFiles& files) {
  CbisMass mass{&finding, {}};
  for (const CbisSeries& series : {finding.mask, finding.crop}) {
    for (const CbisFile* file : files.of(series)) {
      const bool known = std::count(mass.candidates.begin(), mass.candidates.end(), file) > 0;
      if (file != &film && !known) mass.candidates.push_back(file);
    }
  }
  if (mass.candidates.empty()) {
    fail(ErrorKind::bad_input,
         "{}: no file of its mask, expected one of Series Instance UID {} or Patient ID {}",
         finding.where, finding.mask.uid, finding.mask.patient_id);
  }
  return mass;
}

void find_files_of(CbisFilm& film, const CbisFiles& files) {
  film.file = find_film(film, files);
  if (film.file == nullptr) return;
  for (const CbisFinding* finding : film.findings) {
    if (finding->is_mass) film.masses.push_back(find_mass(*finding, *film.file, files));
  }
}

}  // namespace

std::vector<CbisFilm> films_of(const CbisCases& cases, Import& import) {
  std::map<std::string, CbisFilm> by_name;
  for (const CbisFinding& finding : cases.findings) {
    CbisFilm& film = by_name[finding.image_name()];
    film.name = finding.image_name();
    film.findings.push_back(&finding);
  }
  std::vector<CbisFilm> films;
  for (auto& [name, film] : by_name) films.push_back(std::move(film));
  note_unusable_rows(cases, films, import);
  if (films.empty()) fail(ErrorKind::bad_input, "the tables of CBIS-DDSM have no row of use");
  return films;
}

void find_all_files(std::vector<CbisFilm>& films, const CbisFiles& files, bool keep_going,
                    Json& info) {
  for (CbisFilm& film : films) {
    if (film.reason.empty()) noting_errors(film, keep_going, [&] { find_files_of(film, files); });
  }
  const auto absent = [](const CbisFilm& film) { return !film.file && film.reason.empty(); };
  const auto count = std::count_if(films.begin(), films.end(), absent);
  if (count == std::ssize(films)) {
    fail(ErrorKind::bad_input,
         "none of the {} images of the tables is there, first {} (Series Instance UID {})",
         films.size(), films.front().name, films.front().findings.front()->image.uid);
  }
  if (count == 0) return;
  log_info(
      fmt::format("a part of the release: {} of its {} images are not there", count, films.size()));
  info["images_not_there"] = count;
  std::erase_if(films, absent);
}

}  // namespace mammograft
