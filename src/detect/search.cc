#include "detect/search.h"

#include <deque>
#include <future>

#include "core/error.h"
#include "core/log.h"

namespace mammograft {
namespace {

struct Looked {
  cv::Mat pixels;
  std::vector<NetworkInput> inputs;
  std::vector<FoundMass> found;
};

// What comes before the caller's own work, a few items ahead of it: reading and preparing, and with
// several lanes looking too.
class Ahead {
 public:
  Ahead(const MassFinder& finder, const std::vector<SearchItem>& items, int lanes)
      : finder_(finder), items_(items), looks_(lanes > 1) {
    for (int i = 0; i < lanes; ++i) begin_next();
  }

  // Of the next item. Throws what happened to it.
  Looked take() {
    std::future<Looked> first = std::move(begun_.front());
    begun_.pop_front();
    begin_next();
    Looked looked = first.get();
    if (!looks_) looked.found = finder_.detect(looked.inputs);
    return looked;
  }

 private:
  void begin_next() {
    if (next_ == items_.size()) return;
    begun_.push_back(std::async(std::launch::async, [this, &item = items_[next_]] {
      Looked looked;
      looked.pixels = item.read();
      looked.inputs = with_name(
          item.name, [&] { return finder_.prepare(looked.pixels, item.spacing_mm, item.view); });
      if (looks_) looked.found = finder_.detect(looked.inputs);
      return looked;
    }));
    ++next_;
  }

  const MassFinder& finder_;
  const std::vector<SearchItem>& items_;
  const bool looks_;
  size_t next_ = 0;
  std::deque<std::future<Looked>> begun_;
};

void append(const SearchItem& item, const std::vector<FoundMass>& found,
            std::vector<Detection>& out) {
  for (const FoundMass& mass : found) {
    out.push_back({item.image_id, mass.label, mass.box, mass.score, mass.mask, item.name});
  }
}

}  // namespace

SearchResult search(const MassFinder& finder, const std::vector<SearchItem>& items,
                    const SearchOptions& options,
                    const std::function<void(const SearchItem&, const cv::Mat&,
                                             const std::vector<FoundMass>&)>& seen,
                    Progress& progress) {
  ensure(options.lanes == 1 || (options.lanes > 1 && finder.many_at_a_time()),
         "search: found {} lanes", options.lanes);
  SearchResult result;
  progress.start("detecting", static_cast<int64_t>(items.size()));
  Ahead ahead(finder, items, options.lanes);
  std::future<void> drawing;
  for (size_t i = 0; i < items.size(); ++i) {
    check_cancelled();
    Looked looked;
    try {
      looked = ahead.take();
    } catch (const Error& error) {
      if (!options.keep_going || !is_of_one_file(error)) throw;
      log_warning(error.what());
      result.failures.push_back({items[i].name, error.what(), items[i].place});
      progress.advance(static_cast<int64_t>(i) + 1);
      continue;
    }
    append(items[i], looked.found, result.detections);
    result.image_ids.push_back(items[i].image_id);
    result.places.push_back(items[i].place);
    if (seen) {
      if (drawing.valid()) drawing.get();
      drawing = std::async(std::launch::async,
                           [&seen, &item = items[i], pixels = std::move(looked.pixels),
                            found = std::move(looked.found)] { seen(item, pixels, found); });
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
