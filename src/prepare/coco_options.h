// How a release in COCO's format is read.
#pragma once

#include <string>
#include <vector>

#include "prepare/import.h"

namespace mammograft {

// What is known of an image beside its annotations comes, in this order, from the table, the
// keys of the JSON, the regular expression on the file name, and the options for all images; last,
// where the JSON is a cohort of ours (cohort/coco_file.h), from its own keys.
struct CocoOptions : ImportOptions {
  std::string dataset;  // required: patients become "<dataset>/<id>"
  std::string file_regex;
  std::vector<std::string> file_groups = {"patient"};
  std::string table;
  std::string patient_key;
  std::string laterality_key;
  std::string view_key;
  std::string status_key;
  std::string split_key;
  std::vector<std::string> normal_values = {"normal"};
  std::string split;
  std::vector<std::string> categories;
  std::string mask_origin = "auto";
  std::vector<int> resize;
  std::vector<double> mm_per_px;

  template <typename V>
  void fields(V&& v) {
    v("dataset", dataset, "name of the data set (required); patient ids become <dataset>/<id>");
    v("file_regex", file_regex, "regular expression (ECMAScript) searched in each file name");
    v("file_groups", file_groups,
      "what its groups capture: patient, laterality, view, status, split");
    v("table", table,
      "CSV with the column file_name and any of patient, laterality, view, status, split");
    v("patient_key", patient_key, "key of an image in the JSON that holds the patient");
    v("laterality_key", laterality_key, "key that holds the side: L, R, left, right");
    v("view_key", view_key, "key that holds the view: CC, MLO, ...");
    v("status_key", status_key, "key that holds the status: normal, mass, other, unknown");
    v("split_key", split_key, "key that holds the release's own split: train, test");
    v("normal_values", normal_values, "values of the status that mean a normal image");
    v("split", split, "split of all images");
    v("categories", categories, "names or ids of the categories that are masses; default: all");
    v.choice("mask_origin", mask_origin, {"auto", "contour", "circle", "box"},
             "what the annotations are; auto: with a mask contour, without one box");
    v("resize", resize, "width and height of all images in the cohort: undoes stretching");
    v("mm_per_px", mm_per_px, "pixel spacing after resizing: one value, or row and column");
    ImportOptions::fields(v);
  }
};

}  // namespace mammograft
