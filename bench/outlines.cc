// How near refined outlines come to true ones (README.md):
//   bench_outlines COHORT   a cohort with drawn contours, of phantoms for example
#include <fmt/format.h>

#include "core/error.h"
#include "prepare/outline_testing.h"

namespace {

using namespace mammograft;

void print_row(const std::string& name, const std::vector<double>& dice) {
  const auto low = std::lower_bound(dice.begin(), dice.end(), 0.7) - dice.begin();
  fmt::print("{:<18} {:.3f}  {:.3f}  {:.3f}\n", name, mean_of(dice), dice[dice.size() / 2],
             double(low) / double(dice.size()));
}

void measure(const std::string& path) {
  Cohort truth = read_cohort(path);
  std::erase_if(truth.annotations, [](const Annotation& one) {
    return one.mask_origin != MaskOrigin::contour ||
           !std::holds_alternative<std::vector<Polygon>>(one.segmentation);
  });
  if (truth.annotations.empty()) fail(ErrorKind::bad_input, "{}: no drawn contours", path);
  fmt::print("Dice of {} masses  mean   median below .7\n", truth.annotations.size());
  for (const MaskOrigin origin : {MaskOrigin::circle, MaskOrigin::box}) {
    const OutlineDice dice = measure_outlines(truth, origin, {}, 0);
    print_row(to_string(origin) + " itself", dice.before);
    print_row(to_string(origin) + " refined", dice.after);
    fmt::print("  kept as they are: {}\n", dice.kept);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) fail(ErrorKind::usage, "expected one cohort");
    measure(argv[1]);
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return static_cast<int>(error.kind());
  }
}
