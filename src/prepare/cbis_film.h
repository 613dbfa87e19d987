// A film of CBIS-DDSM: the rows of the tables that speak of it, and its files.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "prepare/cbis_cases.h"
#include "prepare/cbis_files.h"

namespace mammograft {

struct CbisMass {
  const CbisFinding* finding = nullptr;
  std::vector<const CbisFile*> candidates;  // its mask, its crop, whichever is which
};

struct CbisFilm {
  std::string name;                          // "P_00001_LEFT_CC"
  std::vector<const CbisFinding*> findings;  // masses first
  const CbisFile* file = nullptr;
  std::vector<CbisMass> masses;
  SourceImage image;
  std::vector<Json> scaled;  // entries of info["masks_scaled"]
  std::string reason;        // to leave it out
};

// The films of the tables, by name; they point into `cases`. Rows that cannot be used are the
// reason to leave their film out, or noted in `import`. Throws bad_input where there is none.
std::vector<CbisFilm> films_of(const CbisCases& cases, Import& import);

// Looks up all files before the first is decoded. Films that are not there are taken out, and
// counted in info["images_not_there"]. Throws bad_input: no film is there; a film of which there
// are several files, or none of a mask (with keep_going: a reason).
void find_all_files(std::vector<CbisFilm>& films, const CbisFiles& files, bool keep_going,
                    Json& info);

// Calls work(); what is wrong with the film's files becomes its reason where the import goes on.
template <typename Work>
void noting_errors(CbisFilm& film, bool keep_going, Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    if (!keep_going || !is_of_one_file(error)) throw;
    film.reason = error.what();
  }
}

}  // namespace mammograft
