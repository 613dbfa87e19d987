// What becomes of the masses of a search beside detections.json: pictures, DICOM objects, a table.
#pragma once

#include <filesystem>
#include <map>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "detect/found_mass.h"
#include "detect/score_guide.h"
#include "pages/overlay.h"
#include "pages/search_table.h"
#include "stages/dicom_objects.h"
#include "stages/search_scope.h"

namespace mammograft {

struct ShownOptions {
  std::string overlays = "auto";  // auto: for files, not for cohorts | all | none
  int most = 5, side_px = 1024;   // OverlayOptions
  ObjectOptions objects;
};

class ShownFindings {
 public:
  // Into folders in `out`. Masses from the limit's score on; `model`: what
  // found them, by name. `scope` must outlive this.
  ShownFindings(std::filesystem::path out, const ShownOptions& options,
                const ScoreGuide::Limit& limit, const std::string& model, const SearchScope& scope);

  // pixels: CV_16UC1; masses by falling score. Calls come one at a time. Throws io.
  void add(const SearchItem& item, const cv::Mat& pixels, const std::vector<FoundMass>& masses);
  void write() const;       // what is written at the end: the DICOM objects
  void report() const;      // the table, of loose files
  bool any_wanted() const;  // pictures or objects

 private:
  std::filesystem::path out_;
  OverlayOptions drawn_;
  DicomObjects objects_;
  SearchTable table_;
  Algorithm algorithm_;
  bool listed_ = false;
  std::map<int64_t, std::string> pictures_;  // names by image id; none: no pictures are wanted
};

// The pictures and objects that an earlier search left in `out`, which say nothing of this one:
// paths from there on. Files of other names are not ours.
std::vector<std::string> shown_findings_in(const std::filesystem::path& out);

// "left/a.png" -> "left_a.jpg", by image id, from the folder on that all are in. Names that would
// meet there ("left/a.pgm", "left_a.png") keep the id too: "left_a_2.jpg". Of long ones the end.
std::map<int64_t, std::string> overlay_names(const std::vector<SearchItem>& items);

}  // namespace mammograft
