#include "phantom/phantom.h"

#include "cli/command.h"
#include "core/files.h"
#include "core/log.h"

namespace mammograft {

std::unique_ptr<Command> phantom_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "phantom", "Make a cohort of procedural mammograms with masses (the built-in data).");
  auto options = std::make_shared<PhantomOptions>();
  auto out = std::make_shared<std::string>();
  command->app().add_option("--out", *out, "folder of the cohort")->required()->type_name("COHORT");
  command->describe_options(*options);
  command->action([options, out, &c = *command] {
    begin_output(*out, "cohort.json", c.common().force);
    const Cohort cohort = make_phantom(*out, *options, c.progress());
    log_info(fmt::format("{}: {} images, {} masses", *out, cohort.images.size(),
                         cohort.annotations.size()));
  });
  return command;
}

}  // namespace mammograft
