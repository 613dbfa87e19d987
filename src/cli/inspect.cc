#include <cstdio>

#include "cli/command.h"
#include "cohort/contact_sheet.h"
#include "cohort/summary.h"
#include "core/files.h"
#include "core/log.h"

namespace mammograft {

std::unique_ptr<Command> inspect_command(CLI::App& parent) {
  auto command = std::make_unique<Command>(
      parent, "inspect", "Count what a cohort holds, say what looks odd, and draw contact sheets.");
  auto options = std::make_shared<ContactSheetOptions>();
  auto cohort = std::make_shared<std::string>(), out = std::make_shared<std::string>();
  command->app()
      .add_option("cohort", *cohort, "cohort folder or COCO JSON")
      ->required()
      ->type_name("COHORT");
  command->app()
      .add_option("--out", *out, "folder for summary.json and contact sheets; none: only the table")
      ->type_name("DIR");
  command->describe_options(*options);
  command->action([=, &c = *command] {
    const Cohort read = read_cohort(*cohort);
    const CohortSummary summary = summarize(read);
    std::fputs(summary_to_text(summary).c_str(), stdout);
    if (out->empty()) return;
    begin_output(*out, "summary.json", c.common().force);
    options->threads = c.common().threads;
    const auto sheets = write_contact_sheets(read, *out, *options, c.progress());
    write_json(fs::path(*out) / "summary.json", summary_to_json(summary));
    log_info(fmt::format("{}: {} contact sheets", *out, sheets.size()));
  });
  return command;
}

}  // namespace mammograft
