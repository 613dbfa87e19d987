// The page of an evaluation: what evaluate/ measured, section by section.
#pragma once

#include <optional>
#include <string>

#include "core/json.h"
#include "evaluate/evaluate.h"
#include "pages/plot_writer.h"
#include "pages/training_curves.h"
#include "report/html.h"

namespace mammograft {

struct EvaluationReportOptions {
  std::string title = "Evaluation of a mass detector";
  int cases = 6;
  double gallery_fppi = 0.5;
  template <typename V>
  void fields(V&& v) {
    v("title", title, "title of the report");
    v("cases", cases, "pictures of each kind in the report's gallery; 0: none");
    v("gallery_fppi", gallery_fppi, "operating point of the gallery, false positives per image");
  }
};

// What a page shows of the training behind the detections.
struct EvaluationBackground {
  TrainingCurves training;
  Json configuration = nullptr;   // resolved; null: only the evaluation's options are shown
  std::optional<Section> grafts;  // what was learnt from beside real masses (graft_section.h)
  std::optional<Section> search;  // loose mammograms that were looked at (search_section.h)
};

// Sections: Result, FROC, Grafts and Mammograms (where given), Figures of merit, Cases (of each
// result), Data, Training (where there are curves), Configuration. Reads the images of the gallery;
// throws io or bad_input where one cannot be read.
Page evaluation_page(const EvaluateResult& result, const EvaluationReportOptions& options,
                     const EvaluationBackground& background, const PlotWriter& draw);

}  // namespace mammograft
