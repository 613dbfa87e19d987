#include "experiment/snakefile.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

TEST(Snakefile, IsARuleATask) {
  Graph graph("1");
  Task first;
  first.kind = "phantom";
  first.what = "cohort {a}";
  first.arguments = {"phantom", "--title=it's {b} \"c\" \\d", "--out", "{out}"};
  first.marker = "cohort.json";
  const std::string made = graph.add(first).id;
  Task second;
  second.kind = "split";
  second.what = "folds";
  second.arguments = {"split", "tasks/" + made, "--device", "cuda", "--out", "{out}/folds.json"};
  second.marker = "folds.json";
  second.inputs = {made};
  second.threads = 2;
  second.memory_mb = 4000;
  const std::string cut = graph.add(second).id;
  const auto with_ids = [&](std::string text) {
    for (const std::string& id : {made, cut}) {
      const std::string mark = id == made ? "PHANTOM" : "SPLIT";
      for (size_t at = text.find(mark); at != text.npos; at = text.find(mark))
        text.replace(at, mark.size(), id.substr(id.size() - 16));
    }
    return text;
  };
  EXPECT_EQ(snakefile_text(graph, "/opt/my programs/mammograft"),
            with_ids(R"snake(# Written by mammograft experiment export. In this folder:
#   snakemake --cores 2 --keep-going --rerun-incomplete
#   snakemake --executor slurm --jobs 100 --keep-going --rerun-incomplete
# A killed training goes on from its checkpoint.


rule all:
    input:
        "tasks/split-SPLIT/folds.json",


rule phantom_PHANTOM:
    output:
        "tasks/phantom-PHANTOM/cohort.json",
    message:
        "cohort {{a}}"
    threads: 1
    resources:
        mem_mb=1000,
    shell:
        "trap : INT TERM; flock -F logs/phantom-PHANTOM.lock sh -c 'exec \"$@\" > logs/phantom-PHANTOM.log 2>&1' sh '/opt/my programs/mammograft' phantom '--title=it'\\''s {{b}} \"c\" \\d' --out tasks/phantom-PHANTOM 2>> logs/phantom-PHANTOM.log || {{ code=$?; printf '\\nexit status %s\\n' $code >> logs/phantom-PHANTOM.log; exit $code; }}"


rule split_SPLIT:
    input:
        "tasks/phantom-PHANTOM/cohort.json",
    output:
        "tasks/split-SPLIT/folds.json",
    message:
        "folds"
    threads: 2
    resources:
        mem_mb=4000,
        gpu=1,
    shell:
        "trap : INT TERM; flock -F logs/split-SPLIT.lock sh -c 'exec \"$@\" > logs/split-SPLIT.log 2>&1' sh '/opt/my programs/mammograft' split tasks/phantom-PHANTOM --device cuda --out tasks/split-SPLIT/folds.json 2>> logs/split-SPLIT.log || {{ code=$?; printf '\\nexit status %s\\n' $code >> logs/split-SPLIT.log; exit $code; }}"
)snake"));
}

}  // namespace
}  // namespace mammograft
