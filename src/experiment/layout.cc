#include "experiment/layout.h"

#include <algorithm>

namespace mammograft {
namespace {

Json training_json(const Layout::Training& one) {
  return {{"arm", one.arm},    {"point", one.point},       {"seed", one.seed},
          {"fold", one.fold},  {"detector", one.detector}, {"detect", one.detect},
          {"check", one.check}};
}

size_t index_in(const JsonView& view, const char* key, size_t size) {
  const int64_t index = view.integer(key);
  if (index < 0 || index >= static_cast<int64_t>(size))
    view.at(key).reject(fmt::format("from 0 to below {}", size));
  return static_cast<size_t>(index);
}

Layout::Training training_from(const JsonView& view, const Layout& layout) {
  return {index_in(view, "arm", layout.arms.size()),
          index_in(view, "point", layout.points.size()),
          view.integer("seed"),
          static_cast<int>(view.integer("fold")),
          view.string("detector"),
          view.string("detect"),
          view.string("check")};
}

}  // namespace

size_t Layout::point(const Point& wanted) {
  const auto found = std::find(points.begin(), points.end(), wanted);
  if (found != points.end()) return static_cast<size_t>(found - points.begin());
  points.push_back(wanted);
  return points.size() - 1;
}

Json layout_json(const Layout& layout) {
  Json arms = Json::array(), points = Json::array(), trainings = Json::array();
  for (const Layout::Arm& one : layout.arms)
    arms.push_back(
        {{"name", one.name}, {"method", one.method}, {"grafts", one.grafts}, {"fresh", one.fresh}});
  for (const Layout::Point& one : layout.points)
    points.push_back({{"patients", one.patients}, {"length", one.length}});
  for (const Layout::Training& one : layout.trainings) trainings.push_back(training_json(one));
  return {{"truth", layout.truth},       {"unit", layout.unit}, {"rules", layout.rules},
          {"evaluate", layout.evaluate}, {"arms", arms},        {"points", points},
          {"trainings", trainings}};
}

Layout layout_from(const JsonView& view) {
  Layout layout;
  layout.truth = view.string("truth");
  layout.unit = view.string("unit");
  layout.evaluate = view.at("evaluate").json();
  const JsonView rules = view.at("rules"), arms = view.at("arms"), points = view.at("points"),
                 trainings = view.at("trainings");
  for (size_t i = 0; i < rules.size(); ++i) layout.rules.push_back(rules.at(i).string());
  for (size_t i = 0; i < arms.size(); ++i) {
    const JsonView arm = arms.at(i);
    layout.arms.push_back({arm.string("name"), arm.string("method"),
                           static_cast<int>(arm.integer("grafts")),
                           arm.has("fresh") && arm.at("fresh").boolean()});
  }
  for (size_t i = 0; i < points.size(); ++i) {
    layout.points.push_back(
        {static_cast<int>(points.at(i).integer("patients")), points.at(i).number("length")});
  }
  for (size_t i = 0; i < trainings.size(); ++i)
    layout.trainings.push_back(training_from(trainings.at(i), layout));
  return layout;
}

}  // namespace mammograft
