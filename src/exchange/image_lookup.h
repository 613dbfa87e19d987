// The images of a truth, found by what the files of others call them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

// How one file calls an image, and where it does so first ("found.csv: line 3: image_id").
struct ImageMention {
  std::string text;
  std::string where;
};

// Names: the whole file_name of the truth, else the name without folders, with or without suffix
// (.png, .dcm and others of images; case matters). Where several images of the truth have it, those
// remain whose folders are the end of the other's ("p1/a.png" and "release/p1/a.png").
class ImageLookup {
 public:
  // Points into the cohort, which must outlive it.
  explicit ImageLookup(const Cohort& truth);

  // Throw bad_input beginning with mention.where: no such image, or several, two of which it names.
  const ImageRecord& by_id(const ImageMention& mention) const;
  const ImageRecord& by_name(const ImageMention& mention) const;

  // All that one file mentions, `image_by` being "id", "name" or "auto": whichever finds all of
  // them. Where both do and differ, `prefers_ids` decides, with a warning. The error is that of the
  // preferred way.
  std::vector<const ImageRecord*> find(const std::vector<ImageMention>& mentions,
                                       const std::string& image_by, bool prefers_ids) const;

 private:
  using Candidates = std::vector<const ImageRecord*>;
  Candidates candidates(const std::string& path) const;

  std::map<int64_t, const ImageRecord*> by_id_;
  std::map<std::string, const ImageRecord*> by_path_;
  std::map<std::string, Candidates> by_base_, by_stem_;
};

// "release/p1/a.png" -> "release/p1/a"; the suffix only where it is one of images, for a UID has
// dots too.
std::string without_image_suffix(const std::string& path);

}  // namespace mammograft
