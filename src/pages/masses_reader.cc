#include "pages/masses_reader.h"

#include "core/parallel.h"
#include "core/rng.h"
#include "image/draw.h"
#include "image/image_io.h"
#include "pages/generator.h"
#include "pages/sample.h"

namespace mammograft {
namespace {

constexpr int kMostPx = 512;  // a larger picture is reduced
constexpr int kCompression = 6;

const AssessedSet& set_of(const Assessment& assessment, const std::string& name) {
  for (const AssessedSet& set : assessment.sets) {
    if (set.name == name) return set;
  }
  return assessment.sets.front();
}

std::string origin_of(const AssessedMass& mass, const Assessment& assessment) {
  std::string text = mass.ref.image->file_name;
  for (int patient : mass.patients) {
    text += " · " + assessment.patients[static_cast<size_t>(patient)];
  }
  return text;
}

struct ShownMass {
  const AssessedMass* mass = nullptr;
  bool synthetic = false;
};

std::vector<ShownMass> shown_masses(const Assessment& assessment, const ReaderOptions& options,
                                    const Rng& rng) {
  std::vector<ShownMass> shown;
  const auto add = [&](const AssessedSet& from, bool synthetic) {
    const Rng draw = rng.fork(synthetic ? "synthetic" : "real");
    for (size_t i : sample(from.masses.size(), options.count, draw)) {
      shown.push_back({&from.masses[i], synthetic});
    }
  };
  add(assessment.real, false);
  add(set_of(assessment, options.set), true);
  Rng order = rng.fork("order");
  order.shuffle(shown);
  return shown;
}

ReaderItem item_of(const ShownMass& shown, const AssessedRun& run, int side_px) {
  const MassPicture picture = run.paint(shown.mass->ref, side_px);
  return {encode_png(resize_to_fit(picture.pixels, kMostPx, kMostPx), kCompression), picture.radius,
          shown.synthetic, origin_of(*shown.mass, run.assessment)};
}

}  // namespace

ReaderPage masses_reader(const AssessedRun& run, const ReaderOptions& options) {
  const Rng rng = Rng(run.seed).fork("assess.reader");
  const std::vector<ShownMass> shown = shown_masses(run.assessment, options, rng);
  ReaderPage page{"Real or synthetic?",
                  set_of(run.assessment, options.set).name,
                  generator(),
                  {},
                  rng.fork("veil").next()};
  page.items.resize(shown.size());
  parallel_for(static_cast<int64_t>(shown.size()), run.threads, [&](int64_t i) {
    const auto k = static_cast<size_t>(i);
    page.items[k] = item_of(shown[k], run, options.side_px);
  });
  return page;
}

}  // namespace mammograft
