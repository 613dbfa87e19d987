// A training that is asked to stop. Only for *_test.cc files.
#pragma once

#include <cstdint>
#include <string>

#include "core/progress.h"

namespace mammograft {

// Asks for a stop once so many steps of a training are done.
class CancelAt : public Progress {
 public:
  explicit CancelAt(int64_t step) : step_(step) {}
  void start(const std::string& label, int64_t) override { training_ = label == "training"; }
  void advance(int64_t done, const std::string&) override {
    if (training_ && done == step_) request_cancel();
  }

 private:
  int64_t step_;
  bool training_ = false;
};

}  // namespace mammograft
