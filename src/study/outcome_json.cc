// experiment.json: everything that an experiment has found, for scripts.
#include "core/finite_json.h"
#include "study/outcome.h"

namespace mammograft {
namespace {

void add(Json& json, const Estimate& estimate, const std::string& name) {
  json[name] = finite_json(estimate.value);
  json[name + "_low"] = finite_json(estimate.interval.low);
  json[name + "_high"] = finite_json(estimate.interval.high);
}

Json rate_json(const ArmRate& rate) {
  Json json = {{"fppi", rate.fppi}};
  add(json, rate.pooled, "tpr");
  json["of_fold"] = finite_json(rate.of_fold);
  json["fold_mean"] = finite_json(rate.folds.mean);
  json["fold_deviation"] = finite_json(rate.folds.deviation);
  json["of_seed"] = finite_json(rate.of_seed);
  json["seed_deviation"] = finite_json(rate.seeds.deviation);
  return json;
}

class OutcomeWriter {
 public:
  explicit OutcomeWriter(const StudyOutcome& outcome) : outcome_(outcome) {}

  Json arms() const {
    Json list = Json::array();
    for (const StudyArm& arm : study().arms)
      list.push_back({{"name", arm.name},
                      {"method", arm.method},
                      {"grafts", arm.grafts},
                      {"fresh", arm.fresh}});
    return list;
  }
  Json points() const {
    Json list = Json::array();
    for (const StudyPoint& point : study().points) {
      list.push_back({{"patients", point.patients > 0 ? Json(point.patients) : Json(nullptr)},
                      {"length", point.length > 0 ? Json(point.length) : Json(nullptr)},
                      {"masses", finite_json(point.masses)}});
    }
    return list;
  }
  Json missing() const {
    Json list = Json::array();
    for (const MissingTask& one : study().missing)
      list.push_back({{"what", one.what}, {"state", one.state}, {"note", one.note}});
    return list;
  }
  Json scores() const {
    Json list = Json::array();
    for (const ArmScore& score : outcome_.scores) {
      Json rates = Json::array(), curve = Json::array();
      for (const ArmRate& rate : score.rates) rates.push_back(rate_json(rate));
      for (size_t i = 0; i < score.curve.size(); ++i) {
        Json place = {{"fppi", score.curve_fppi[i]}};
        add(place, score.curve[i], "tpr");
        curve.push_back(std::move(place));
      }
      list.push_back({{"point", score.point},
                      {"arm", name(score.arm)},
                      {"seeds", score.seeds},
                      {"rates", rates},
                      {"froc", curve}});
    }
    return list;
  }
  Json differences() const {
    Json list = Json::array();
    for (const ArmDifference& one : outcome_.differences) {
      Json json = {{"point", one.point},
                   {"arm", name(one.arm)},
                   {"against", name(one.against)},
                   {"fppi", one.fppi}};
      add(json, one.gain, "difference");
      json["p_permutation"] = finite_json(one.p_permutation);
      json["p_bootstrap"] = finite_json(one.p_bootstrap);
      json["p"] = finite_json(one.p);
      json["p_holm"] = finite_json(one.p_holm);
      json["detectable"] = finite_json(one.detectable);
      json["verdict"] = verdict_name(verdict_of(one, outcome_.level()));
      list.push_back(std::move(json));
    }
    return list;
  }
  Json mean_differences() const {
    Json list = Json::array();
    for (const MeanDifference& one : outcome_.mean_differences) {
      Json json = {{"arm", name(one.arm)},
                   {"against", name(one.against)},
                   {"points", one.points},
                   {"fppi", one.fppi}};
      add(json, one.gain, "difference");
      json["gains_at"] = one.gains_at;
      json["p"] = finite_json(one.p);
      json["p_holm"] = finite_json(one.p_holm);
      list.push_back(std::move(json));
    }
    return list;
  }
  Json rises() const {
    Json list = Json::array();
    for (const LearningRise& one : outcome_.rises) {
      Json json = {{"length", one.length > 0 ? Json(one.length) : Json(nullptr)},
                   {"fewest", one.fewest},
                   {"most", one.most},
                   {"fppi", one.fppi}};
      add(json, one.gain, "difference");
      list.push_back(std::move(json));
    }
    return list;
  }
  Json groups() const {
    Json list = Json::array();
    for (const ArmGroup& group : outcome_.groups) {
      Json json = {{"by", group.by},
                   {"group", group.group},
                   {"masses", group.masses},
                   {"arm", name(group.arm)}};
      add(json, group.rate, "tpr");
      add(json, group.gain, "difference");
      list.push_back(std::move(json));
    }
    return list;
  }
  Json worths() const {
    Json list = Json::array();
    for (const Worth& one : outcome_.worths) {
      list.push_back({{"point", one.point},
                      {"arm", name(one.arm)},
                      {"masses", one.masses},
                      {"worth", place(one.value, true)},
                      {"low", place(one.low, one.has_interval)},
                      {"high", place(one.high, one.has_interval)},
                      {"per_graft", finite_json(one.per_graft)}});
    }
    return list;
  }
  Json crossings() const {
    Json list = Json::array();
    for (const Crossing& one : outcome_.crossings) {
      list.push_back({{"arm", name(one.arm)},
                      {"against", name(one.against)},
                      {"patients", one.patients > 0 ? Json(one.patients) : Json(nullptr)},
                      {"from", one.first},
                      {"to", one.last},
                      {"at", one.lengths},
                      {"low", finite_json(one.interval.low)},
                      {"high", finite_json(one.interval.high)},
                      {"share_of_resamples", one.crossing_share}});
    }
    return list;
  }
  Json found_by_one() const {
    Json list = Json::array();
    for (const FoundByOne& one : outcome_.found_by_one) {
      list.push_back({{"arm", name(one.arm)},
                      {"against", name(one.against)},
                      {"gained", one.gained},
                      {"lost", one.lost},
                      {"masses", one.masses},
                      {"seeds", one.seeds}});
    }
    return list;
  }
  Json costs() const { return costs_of(study().costs); }
  Json arm_costs() const {
    Json list = Json::array();
    for (size_t arm = 0; arm < study().arm_costs.size(); ++arm) {
      const ArmCost& cost = study().arm_costs[arm];
      list.push_back(
          {{"arm", name(arm)}, {"seconds", cost.seconds()}, {"stages", costs_of(cost.stages)}});
    }
    return list;
  }

 private:
  const Study& study() const { return outcome_.study; }
  const std::string& name(size_t arm) const { return study().arms[arm].name; }

  static std::string verdict_name(Verdict verdict) {
    if (verdict == Verdict::helps) return "helps";
    return verdict == Verdict::harms ? "harms" : "not shown";
  }
  static Json place(const CurvePlace& at, bool is_known) {
    if (!is_known) return nullptr;
    return {{"masses", at.x}, {"outside", at.outside()}};
  }

  static Json costs_of(const std::vector<StageCost>& costs) {
    Json list = Json::array();
    for (const StageCost& one : costs) {
      list.push_back({{"stage", one.stage},
                      {"done", one.done},
                      {"tasks", one.tasks},
                      {"seconds", one.seconds}});
    }
    return list;
  }

  const StudyOutcome& outcome_;
};

Json counts_of(const SetResult& set) {
  return {{"patients", set.counts.patients},
          {"images", set.counts.images},
          {"normal_images", set.counts.normal_images},
          {"masses", set.counts.masses}};
}

}  // namespace

Json outcome_json(const StudyOutcome& outcome) {
  const OutcomeWriter write(outcome);
  const EvaluateOptions& options = outcome.scored.options;
  const Study& study = outcome.study;
  return {{"format", "mammograft experiment"},
          {"version", 1},
          {"note", "for research use only"},
          {"rule", short_rule(options)},
          {"evaluate", options_json(options)},
          {"complete", study.missing.empty()},
          {"missing", write.missing()},
          {"tested", counts_of(outcome.scored.sets.front())},
          {"unit", study.unit},
          {"seeds", study.seeds},
          {"arms", write.arms()},
          {"points", write.points()},
          {"main_point", outcome.main_point},
          {"verdict_fppi", kVerdictFppi},
          {"scores", write.scores()},
          {"differences", write.differences()},
          {"mean_differences", write.mean_differences()},
          {"groups", write.groups()},
          {"rises", write.rises()},
          {"worth", write.worths()},
          {"crossings", write.crossings()},
          {"found_by_one", write.found_by_one()},
          {"costs", write.costs()},
          {"arm_costs", write.arm_costs()},
          {"notes", outcome.scored.comparison.notes}};
}

}  // namespace mammograft
