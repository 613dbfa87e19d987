#include "experiment/command_checks.h"

#include "core/options.h"
#include "stages/detect.h"
#include "stages/evaluate.h"
#include "stages/synthesize.h"
#include "stages/train_blender.h"
#include "stages/train_detector.h"

namespace mammograft {
namespace {

// In place of what is made before the command runs.
constexpr const char* kMadeBefore = "made before";

template <typename Options>
void fill(Options& options, const Json& table, const std::string& where) {
  options_from_json(table, where, ErrorKind::bad_input, describe(options));
}

// What a command would say of its command line, said of the plan.
template <typename Check>
void said_of_plan(const std::string& where, const Check& check) {
  try {
    check();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    throw Error(ErrorKind::bad_input, where + ": " + error.what());
  }
}

}  // namespace

void check_blender(const Json& table, const std::string& where) {
  said_of_plan(where, [&] {
    TrainBlenderStage stage;
    fill(stage.training, table, where);
    stage.training = blender_preset(stage.training.preset);
    fill(stage.training, table, where);
    stage.check();
  });
}

void check_synthesis(const Json& table, const std::string& where) {
  said_of_plan(where, [&] {
    SynthesizeStage stage;
    fill(stage.synthesis, table, where);
    stage.part.cohorts = {kMadeBefore};
    if (needs_model(stage.synthesis.method)) stage.model = kMadeBefore;
    stage.check();
  });
}

void check_detector(const Json& table, const std::string& where) {
  said_of_plan(where, [&] {
    TrainDetectorStage stage;
    stage.training = unsaid_training();
    fill(stage.training, table, where);
    stage.training = training_defaults(stage.training);
    fill(stage.training, table, where);
    if (needs_model(stage.training.graft.online)) stage.grafts.model = kMadeBefore;
    stage.check_options();
  });
}

void check_evaluation(const Json& table, const std::string& where) {
  said_of_plan(where, [&] {
    EvaluateStage stage;
    fill(stage.evaluation, table, where);
    stage.systems = {std::string("arm=") + kMadeBefore};
    stage.check_options();
  });
}

void check_detection(const Json& table, const std::string& where) {
  said_of_plan(where, [&] {
    DetectStage stage;
    fill(stage.detect, table, where);
    stage.part.cohorts = {kMadeBefore};
    stage.check();
    const DetectOptions& options = stage.detect;
    if (options.operating_point.value_or(0) != 0)
      fail(ErrorKind::usage,
           "operating_point: found {}, expected none: no detector of a plan has one",
           *options.operating_point);
    if (options.probabilities != "none")
      fail(ErrorKind::usage,
           "probabilities: found {}, expected none: no detector of a plan has any",
           options.probabilities);
    if (options.precision == "int8")
      fail(ErrorKind::usage,
           "precision: found int8, expected another: it asks for a calibration of each detector");
  });
}

}  // namespace mammograft
