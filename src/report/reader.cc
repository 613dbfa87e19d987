#include "report/reader.h"

#include "core/json.h"
#include "report/assets.h"
#include "report/data_url.h"
#include "report/template.h"

namespace mammograft {
namespace {

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
  kainjow::mustache::data values;
  values.set("title", page.title);
  values.set("name", page.name);
  values.set("generator", page.generator);
  values.set("count", std::to_string(page.items.size()));
  values.set("style", std::string(assets::page_css));
  values.set("reader_style", std::string(assets::reader_css));
  values.set("measure", std::string(assets::rated_auc_js));
  values.set("script", std::string(assets::reader_js));
  values.set("pictures", dump(pictures));
  values.set("sealed", veiled(dump(answers), key));
  values.set("key", std::to_string(key));
  return fill(assets::reader_html, values);
}

}  // namespace mammograft
