// metrics.json: everything that was measured, for scripts.
#include "core/finite_json.h"
#include "evaluate/evaluate.h"
#include "evaluate/mark_labels.h"
#include "stats/reliability.h"

namespace mammograft {
namespace {

Json counts_json(const EvaluationCounts& c) {
  return {{"patients", c.patients},
          {"images", c.images},
          {"normal_images", c.normal_images},
          {"fppi_images", c.fppi_images},
          {"masses", c.masses},
          {"targets", c.targets},
          {"ignored_regions", c.ignored_regions},
          {"detections", c.detections},
          {"hits", c.hits},
          {"duplicates", c.duplicates},
          {"ignored", c.ignored},
          {"false_positives", c.false_positives},
          {"detections_without_mask", c.without_mask},
          {"images_without_patient_id", c.patients_without_id}};
}

Json point_json(const FrocPoint& point) {
  return {{"threshold", finite_json(point.threshold)},
          {"true_positives", point.true_positives},
          {"false_positives", point.false_positives},
          {"tpr", finite_json(point.tpr)},
          {"fppi", point.fppi}};
}

Json operating_json(const OperatingPoint& operating) {
  return {{"fppi_limit", operating.fppi_limit},
          {"tpr", finite_json(operating.point.tpr)},
          {"tpr_low", finite_json(operating.tpr.low)},
          {"tpr_high", finite_json(operating.tpr.high)},
          {"threshold", finite_json(operating.point.threshold)},
          {"fppi", operating.point.fppi},
          {"true_positives", operating.point.true_positives},
          {"false_positives", operating.point.false_positives}};
}

Json group_json(const SetResult& set, const GroupResult& group) {
  Json points = Json::array();
  for (size_t x = 0; x < group.tpr.size(); ++x) {
    points.push_back({{"fppi_limit", set.operating_points[x].fppi_limit},
                      {"tpr", finite_json(group.tpr[x])},
                      {"tpr_low", finite_json(group.bounds[x].low)},
                      {"tpr_high", finite_json(group.bounds[x].high)},
                      {"true_positives", group.found[x]}});
  }
  return {{"by", group.by},
          {"group", group.group},
          {"masses", group.masses},
          {"operating_points", std::move(points)}};
}

Json figure_json(const FigureResult& figure) {
  return {{"figure", figure.name.key},
          {"title", figure.name.title},
          {"value", finite_json(figure.value)},
          {"low", finite_json(figure.interval.low)},
          {"high", finite_json(figure.interval.high)},
          {"delong_low", finite_json(figure.delong.low)},
          {"delong_high", finite_json(figure.delong.high)}};
}

Json folds_json(const SetResult& set) {
  Json list = Json::array();
  for (size_t x = 0; x < set.folds.tpr.size(); ++x) {
    list.push_back({{"fppi_limit", set.operating_points[x].fppi_limit},
                    {"tpr", finite_json(set.folds.tpr[x])},
                    {"mean", finite_json(set.folds.mean[x])},
                    {"standard_deviation", finite_json(set.folds.deviation[x])}});
  }
  return list;
}

Json coco_json(const SetResult& set) {
  Json json = Json::object();
  for (const CocoResult& coco : set.coco) {
    json[coco.of] = {{"ap", finite_json(coco.figures.ap())},
                     {"ap50", finite_json(coco.figures.ap50())},
                     {"ap75", finite_json(coco.figures.ap75())},
                     {"ar100", finite_json(coco.figures.ar())}};
  }
  return json;
}

Json system_json(const SystemResult& system, const std::vector<SetResult>& sets) {
  Json json = {{"name", system.name}, {"runs", Json::array()}, {"figures", Json::array()}};
  for (size_t s : system.sets) json["runs"].push_back(sets[s].name);
  for (const FigureResult& figure : system.figures) json["figures"].push_back(figure_json(figure));
  return json;
}

Json difference_json(const SystemDifference& one, const std::vector<SystemResult>& systems) {
  return {{"first", systems[one.first].name},
          {"second", systems[one.second].name},
          {"figure", one.name.key},
          {"difference", finite_json(one.value)},
          {"low", finite_json(one.interval.low)},
          {"high", finite_json(one.interval.high)},
          {"p_bootstrap", finite_json(one.p_bootstrap)},
          {"p_permutation", finite_json(one.p_permutation)},
          {"p_holm", finite_json(one.p_holm)},
          {"p_delong", finite_json(one.p_delong)},
          {"not_inferior", one.not_inferior}};
}

Json power_json(const PowerPoint& point) {
  return {{"patients", point.patients}, {"masses", point.masses}, {"power", point.power}};
}

Json power_json(const SetResult& set, const PowerResult& power) {
  Json json = {{"result", set.name}, {"tpr", power.tpr}, {"points", Json::array()}};
  for (const PowerPoint& point : power.points) json["points"].push_back(power_json(point));
  json["enough"] = power.enough.patients > 0 ? power_json(power.enough) : Json(nullptr);
  return json;
}

Json calibration_json(const SetResult& set, double level) {
  constexpr int kBins = 10;
  const Reliability reliability = reliability_of(mark_labels(set), kBins, level);
  Json json = {{"expected_calibration_error", finite_json(reliability.expected_error)},
               {"bins", Json::array()}};
  for (const ReliabilityBin& bin : reliability.bins) {
    json["bins"].push_back({{"low", bin.low},
                            {"high", bin.high},
                            {"count", bin.count},
                            {"mean_score", finite_json(bin.mean_score)},
                            {"share_of_hits", finite_json(bin.share)},
                            {"share_low", finite_json(bin.interval.low)},
                            {"share_high", finite_json(bin.interval.high)}});
  }
  return json;
}

Json set_json(const SetResult& set, const EvaluateOptions& options) {
  Json json = {{"name", set.name},
               {"system", set.system},
               {"files", set.files},
               {"provenance_known", set.provenance_known},
               {"leaked_patients", set.leaked_patients},
               {"counts", counts_json(set.counts)}};
  json["operating_points"] = Json::array();
  for (const auto& point : set.operating_points) {
    json["operating_points"].push_back(operating_json(point));
  }
  json["figures"] = Json::array();
  for (const auto& figure : set.figures) json["figures"].push_back(figure_json(figure));
  json["folds"] = folds_json(set);
  json["coco"] = coco_json(set);
  json["calibration"] = calibration_json(set, options.bootstrap.level);
  json["groups"] = Json::array();
  for (const auto& group : set.groups) json["groups"].push_back(group_json(set, group));
  json["curve"] = Json::array();
  for (const auto& point : corners(set.froc)) json["curve"].push_back(point_json(point));
  json["band"] = Json::array();
  for (size_t i = 0; i < set.band.size(); ++i) {
    json["band"].push_back({{"fppi", set.band_fppi[i]},
                            {"tpr_low", finite_json(set.band[i].low)},
                            {"tpr_high", finite_json(set.band[i].high)}});
  }
  return json;
}

}  // namespace

std::vector<FrocPoint> corners(const Froc& froc) {
  std::vector<FrocPoint> kept = {froc.points.front()};
  for (size_t i = 1; i < froc.points.size(); ++i) {
    const bool grows = froc.points[i].true_positives > froc.points[i - 1].true_positives;
    if (grows || i + 1 == froc.points.size()) kept.push_back(froc.points[i]);
  }
  return kept;
}

Json metrics_json(const EvaluateResult& result) {
  Json json = {{"format", "mammograft metrics"},
               {"version", 2},
               {"note", "for research use only"},
               {"options", options_json(result.options)},
               {"results", Json::array()}};
  for (const SetResult& set : result.sets) json["results"].push_back(set_json(set, result.options));
  json["systems"] = Json::array();
  for (const SystemResult& system : result.comparison.systems)
    json["systems"].push_back(system_json(system, result.sets));
  json["differences"] = Json::array();
  for (const SystemDifference& one : result.comparison.differences)
    json["differences"].push_back(difference_json(one, result.comparison.systems));
  json["power"] = Json::array();
  for (size_t s = 0; s < result.power.size(); ++s)
    json["power"].push_back(power_json(result.sets[s], result.power[s]));
  json["notes"] = result.comparison.notes;
  return json;
}

}  // namespace mammograft
