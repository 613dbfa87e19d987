#include "detect/search.h"

#include <future>

#include "core/error.h"
#include "core/log.h"

namespace mammograft {
namespace {

struct Prepared {
  cv::Mat pixels;
  std::vector<NetworkInput> inputs;
};

std::future<Prepared> prepare_later(const MassFinder& finder, const SearchItem& item) {
  return std::async(std::launch::async, [&finder, &item] {
    Prepared prepared;
    prepared.pixels = item.read();
    prepared.inputs = finder.prepare(prepared.pixels, item.spacing_mm, item.view);
    return prepared;
  });
}

void append(const SearchItem& item, const std::vector<FoundMass>& found,
            std::vector<Detection>& out) {
  for (const FoundMass& mass : found) {
    out.push_back({item.image_id, mass.label, mass.box, mass.score, mass.mask, item.name});
  }
}

}  // namespace

SearchResult search(const MassFinder& finder, const std::vector<SearchItem>& items, bool keep_going,
                    const std::function<void(const SearchItem&, const cv::Mat&,
                                             const std::vector<FoundMass>&)>& seen,
                    Progress& progress) {
  SearchResult result;
  progress.start("detecting", static_cast<int64_t>(items.size()));
  std::future<Prepared> next;
  std::future<void> drawing;
  if (!items.empty()) next = prepare_later(finder, items.front());
  for (size_t i = 0; i < items.size(); ++i) {
    check_cancelled();
    std::future<Prepared> current = std::move(next);
    if (i + 1 < items.size()) next = prepare_later(finder, items[i + 1]);
    Prepared prepared;
    try {
      prepared = current.get();
    } catch (const Error& error) {
      if (!keep_going || !is_of_one_file(error)) throw;
      log_warning(error.what());
      result.failures.push_back({items[i].name, error.what(), items[i].place});
      continue;
    }
    std::vector<FoundMass> found = finder.detect(prepared.inputs);
    append(items[i], found, result.detections);
    result.image_ids.push_back(items[i].image_id);
    result.places.push_back(items[i].place);
    if (seen) {
      if (drawing.valid()) drawing.get();
      drawing = std::async(std::launch::async,
                           [&seen, &item = items[i], pixels = std::move(prepared.pixels),
                            found = std::move(found)] { seen(item, pixels, found); });
    }
    progress.advance(static_cast<int64_t>(i) + 1);
  }
  if (drawing.valid()) drawing.get();
  progress.finish();
  return result;
}

void check_any_searched(const SearchResult& result) {
  if (!result.image_ids.empty() || result.failures.empty()) return;
  fail(ErrorKind::bad_input, "not one image could be searched; first: {}",
       result.failures.front().message);
}

}  // namespace mammograft
