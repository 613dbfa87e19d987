// Figures of merit of a reading, for the sample and for many resamples of its patients at once.
// docs/evaluation.md defines each.
#pragma once

#include <string>
#include <vector>

#include "evaluate/froc_block.h"
#include "evaluate/precision_recall.h"
#include "evaluate/reading.h"
#include "stats/bootstrap.h"

namespace mammograft {

struct FigureOptions {
  std::vector<double> fppi = {0.1, 0.25, 0.5, 0.8, 1, 2, 4};  // ascending
  double area_limit = 1;                                      // FPPI
  std::vector<double> specificities = {0.8, 0.9, 0.95};
};

struct FigureName {
  std::string key;    // "tpr_at_0.5", "wafroc": in files
  std::string title;  // "TPR at 0.5 FPPI": on pages
};

// What a FROC shows beside its figures; it comes from the same walk over the marks.
struct CurvePlaces {
  std::vector<double> fppi;       // ascending
  std::vector<MassGroup> groups;  // of targets: at the options' FPPI
};

// TPR at each FPPI, CPM, partial FROC area, AFROC(1), wAFROC(1), LROC, AUC of images, breasts and
// patients with the sensitivities at each specificity, AP at the rule's overlap.
class Figures {
 public:
  Figures(const Reading& reading, FigureOptions options, CurvePlaces curve = {});

  const std::vector<FigureName>& names() const { return names_; }
  // Of at(): the figures, the curve's places, then the groups, each at every FPPI.
  size_t size() const;
  // [size() * kLanes]; NaN where a figure says nothing: no mass, no normal case.
  std::vector<double> at(const TimesBlock& times) const;

 private:
  struct CaseFigures {
    RankArea area;
    FrocBlock curve;
  };

  FigureOptions options_;
  CurvePlaces curve_;
  std::vector<FigureName> names_;
  std::vector<double> fppi_;  // all that are asked of froc_
  FrocBlock froc_;
  std::vector<RankArea> areas_;
  std::vector<CaseFigures> cases_;
  PrecisionRecall precision_;
};

}  // namespace mammograft
