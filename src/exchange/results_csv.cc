#include "exchange/results_csv.h"

#include <array>
#include <map>

#include "cohort/box_form.h"
#include "core/csv.h"
#include "core/error.h"
#include "core/text.h"
#include "core/utf8.h"
#include "exchange/box_columns.h"
#include "exchange/category_lookup.h"
#include "exchange/cell.h"
#include "exchange/image_lookup.h"
#include "exchange/table_columns.h"

namespace mammograft {

namespace {

// A row before it is known how the file calls its images.
struct ResultRow {
  int line = 0;
  size_t image = 0;  // in the mentions
  int64_t category_id = 0;
  double score = 0;
  std::array<double, 4> box{};
};

class ResultsTable {
 public:
  ResultsTable(const std::filesystem::path& path, const Cohort& truth,
               const ExchangeOptions& options)
      : name_(readable(path.string())),
        table_(path),
        columns_(table_, options.results.columns, name_),
        decimal_comma_(table_.separator() == ';'),
        boxes_(columns_, options.results.boxes, decimal_comma_),
        categories_(truth, options.default_category),
        image_(columns_.need("image")),
        score_(columns_.need("score")),
        category_(columns_.find("category")) {
    while (table_.next()) read_row();
  }

  std::vector<Detection> detections(const ImageLookup& images, const std::string& image_by) const {
    const bool are_ids = columns_.name_of(image_).ends_with("id");
    const std::vector<const ImageRecord*> found = images.find(mentions_, image_by, are_ids);
    std::vector<Detection> detections;
    detections.reserve(rows_.size());
    BoxForm form;
    for (const ResultRow& row : rows_) {
      const ImageRecord& image = *found[row.image];
      const Box box = box_from_numbers(row.box, boxes_.meaning(), image, where(row.line) + ": box");
      form.add(box, image.width, image.height);
      detections.push_back({image.id, row.category_id, box, row.score, std::nullopt, ""});
    }
    if (form.are_fractions()) {
      fail(ErrorKind::bad_input, "{}: {}; boxes {}-fractions takes them as they are", name_,
           form.suspicion(), to_string(boxes_.meaning()));
    }
    return detections;
  }

 private:
  std::string where(int line) const { return fmt::format("{}: line {}", name_, line); }
  std::string at_column(size_t column) const {
    return fmt::format("{}: {}", where(table_.line()), table_.columns()[column]);
  }

  void read_row() {
    const std::vector<std::string>& fields = table_.fields();
    const size_t image = mention(fields[image_]);
    const auto box = boxes_.numbers(fields, where(table_.line()) + ": box");
    if (!box) return;
    ResultRow row{table_.line(), image, category_of(fields), 0, *box};
    const std::optional<double> score = number_of(fields[score_], decimal_comma_);
    if (!score) {
      fail(ErrorKind::bad_input, "{}: found \"{}\", expected a number", at_column(score_),
           fields[score_]);
    }
    row.score = *score;
    rows_.push_back(row);
  }

  size_t mention(const std::string& text) {
    const auto [found, is_new] = mention_of_.emplace(text, mentions_.size());
    if (is_new) mentions_.push_back({trimmed(text), at_column(image_)});
    return found->second;
  }

  int64_t category_of(const std::vector<std::string>& fields) {
    const std::string text = category_ ? fields[*category_] : "";
    const auto found = category_of_.find(text);
    if (found != category_of_.end()) return found->second;
    const int64_t id = trimmed(text).empty() ? categories_.unsaid(where(table_.line()))
                                             : categories_.find(text, at_column(*category_));
    return category_of_[text] = id;
  }

  std::string name_;
  CsvReader table_;
  TableColumns columns_;
  bool decimal_comma_;
  BoxColumns boxes_;
  CategoryLookup categories_;
  size_t image_, score_;
  std::optional<size_t> category_;
  std::vector<ResultRow> rows_;
  std::vector<ImageMention> mentions_;
  std::map<std::string, size_t> mention_of_;
  std::map<std::string, int64_t> category_of_;
};

}  // namespace

std::vector<Detection> read_results_csv(const std::filesystem::path& path, const Cohort& truth,
                                        const ExchangeOptions& options) {
  return ResultsTable(path, truth, options).detections(ImageLookup(truth), options.image_by);
}

}  // namespace mammograft
