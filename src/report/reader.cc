#include "report/reader.h"

#include <kainjow/mustache.hpp>

#include "core/error.h"
#include "core/json.h"
#include "report/html.h"
#include "report/reader_page.h"
#include "report/style.h"

namespace mammograft {
namespace {

namespace mustache = kainjow::mustache;
using mustache::data;

// The page's script runs the same generator (Marsaglia's xorshift, 32 bits).
std::string veiled(std::string text, uint32_t key) {
  uint32_t state = key;
  for (char& c : text) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    c = static_cast<char>(static_cast<unsigned char>(c) ^ (state & 255));
  }
  return base64(text);
}

std::string data_url(const std::string& bytes) {
  const bool png = bytes.rfind("\x89PNG", 0) == 0;
  ensure(png || bytes.rfind("\xff\xd8\xff", 0) == 0,
         "a picture of the reader page is neither PNG nor JPEG");
  return std::string("data:image/") + (png ? "png" : "jpeg") + ";base64," + base64(bytes);
}

}  // namespace

std::string render_reader(const ReaderPage& page) {
  Json pictures = Json::array(), answers = Json::array();
  for (const ReaderItem& item : page.items) {
    pictures.push_back({{"src", data_url(item.picture)}, {"radius", item.radius}});
    answers.push_back({{"synthetic", item.synthetic ? 1 : 0}, {"origin", item.origin}});
  }
  const auto dump = [](const Json& json) {
    return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  };
  const auto key = static_cast<uint32_t>(page.seed * 2654435761u) | 1u;  // never 0
  data values;
  values.set("title", page.title);
  values.set("name", page.name);
  values.set("generator", page.generator);
  values.set("count", std::to_string(page.items.size()));
  values.set("style", std::string(kStyleSheet) + kReaderStyleSheet);
  values.set("measure", std::string(kReaderMeasure));
  values.set("script", std::string(kReaderScript));
  values.set("pictures", dump(pictures));
  values.set("sealed", veiled(dump(answers), key));
  values.set("key", std::to_string(key));
  mustache::mustache source{std::string(kReaderTemplate)};
  const std::string html = source.render(values);
  ensure(source.is_valid(), "reader page: {}", source.error_message());
  return html;
}

}  // namespace mammograft
