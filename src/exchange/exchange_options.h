// How files of other programs are to be read where they do not say it themselves.
#pragma once

#include <string>
#include <vector>

namespace mammograft {

// Of a table, and of the numbers of boxes.
struct TableOptions {
  std::string boxes = "auto";        // exchange/box_numbers.h
  std::vector<std::string> columns;  // "score=malignancy": exchange/table_columns.h
};

struct ExchangeOptions {
  TableOptions results, truth;
  std::string image_by = "auto";  // exchange/image_lookup.h
  std::string default_category;   // of the detections of a table that tells none
  template <typename V>
  void fields(V&& v) {
    v.choice(
        "boxes", results.boxes,
        {"auto", "xywh", "xyxy", "cxcywh", "xywh-fractions", "xyxy-fractions", "cxcywh-fractions"},
        "the four numbers of a detection's box; auto: as the names of a table's columns say, "
        "else x, y, width, height in pixels");
    v("columns", results.columns,
      "columns of tables of detections whose names are not recognised, as image=case,score=p");
    v.choice("image_by", image_by, {"auto", "id", "name"},
             "what detections call their images by; auto: what fits");
    v("default_category", default_category,
      "category of the detections of a table that tells none; none: the truth's only one");
    v.choice(
        "truth_boxes", truth.boxes,
        {"auto", "xywh", "xyxy", "cxcywh", "xywh-fractions", "xyxy-fractions", "cxcywh-fractions"},
        "the same as boxes, of a truth that is a table");
    v("truth_columns", truth.columns, "the same as columns, of a truth that is a table");
  }
};

}  // namespace mammograft
