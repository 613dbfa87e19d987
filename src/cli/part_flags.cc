#include "cli/part_flags.h"

namespace mammograft {

void add_part(CLI::App& app, CohortPart& part, bool required) {
  app.add_option("--cohort", part.cohorts, "cohort folder; may be given several times")
      ->required(required)
      ->type_name("COHORT");
  app.add_option("--folds", part.folds, "folds by patient (mammograft split)")
      ->type_name("folds.json");
  app.add_option("--fold", part.fold, "the fold held out for testing")->type_name("K");
  app.add_option("--split", part.split, "only images of this split of the release (train, test)");
}

void add_lesions(CLI::App& app, LesionPart& lesions, bool with_held_out) {
  app.add_option("--lesions", lesions.cohorts,
                 "cohort whose masses are grafted, where that is another than --cohort; may be "
                 "given several times")
      ->type_name("COHORT");
  app.add_option("--lesions-split", lesions.split, "only masses of this split of its release");
  if (!with_held_out) return;
  app.add_flag("--held-out", lesions.held_out,
               "use the patients of the fold, and nobody else: to assess a blender, never to train "
               "a detector");
}

void add_online_grafts(CLI::App& app, OnlineGraftPart& grafts) {
  app.add_option("--graft-model", grafts.model, "blender for --graft-online")->type_name("MODEL");
  app.add_option("--graft-lesions", grafts.lesions.cohorts,
                 "cohort whose masses --graft-online grafts, where that is another than --cohort; "
                 "may be given several times")
      ->type_name("COHORT");
  app.add_option("--graft-lesions-split", grafts.lesions.split,
                 "only masses of this split of its release");
  app.add_option("--graft-backgrounds", grafts.backgrounds,
                 "cohort onto whose images it grafts, where that is another than --cohort; may be "
                 "given several times")
      ->type_name("COHORT");
  app.add_option("--graft-backgrounds-split", grafts.backgrounds_split,
                 "only images of this split of its release");
}

}  // namespace mammograft
