// Which tasks of a graph are which training of the plan: what a report needs to know of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/json.h"

namespace mammograft {

struct Layout {
  struct Arm {
    std::string name, method;
    int grafts = 0;      // synthetic images for a training
    bool fresh = false;  // a new graft for every draw instead, without a number
  };
  struct Point {
    int patients = 0;   // with a mass to learn from; 0: all
    double length = 0;  // of a training, where the plan has several points; else 0
    bool operator==(const Point&) const = default;
  };
  struct Training {
    size_t arm = 0, point = 0;  // indices
    int64_t seed = 1;
    int fold = -1;                        // none: the test cohort stands by itself
    std::string detector, detect, check;  // ids of tasks
  };
  std::string truth;  // cohort of those who are tested, as the tasks name it
  std::string unit;   // of the lengths
  std::vector<std::string> rules;
  Json evaluate = Json::object();  // options of evaluate
  std::vector<Arm> arms;
  std::vector<Point> points;
  std::vector<Training> trainings;

  size_t point(const Point& wanted);  // added where it is new
};

Json layout_json(const Layout& layout);
Layout layout_from(const JsonView& view);  // bad_input where it is none

}  // namespace mammograft
