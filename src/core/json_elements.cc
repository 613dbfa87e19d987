#include "core/json_elements.h"

#include <algorithm>

namespace mammograft {

namespace {

// Called by the parser for everything that it meets. Builds the value of one element, hands it over
// and forgets it.
class ElementHandler : public nlohmann::json_sax<Json> {
 public:
  ElementHandler(const std::string& text, const std::string& where, const JsonArrayPlace& place,
                 const std::function<void(const JsonView&)>& take)
      : text_(text), where_(where), place_(place), take_(take) {}

  bool null() override { return value(nullptr); }
  bool boolean(bool v) override { return value(v); }
  bool number_integer(number_integer_t v) override { return value(v); }
  bool number_unsigned(number_unsigned_t v) override { return value(v); }
  bool number_float(number_float_t v, const string_t&) override { return value(v); }
  bool string(string_t& v) override { return value(std::move(v)); }
  bool binary(binary_t&) override { return true; }  // is not in text

  bool start_object(std::size_t) override {
    if (depth_ == 0) {
      root_is_object_ = true;
    } else {
      open(Json::object());
    }
    ++depth_;
    return true;
  }

  bool key(string_t& name) override {
    if (!stack_.empty()) {
      slot_ = &(*stack_.back())[name];
    } else if (depth_ == 1) {
      key_ = name;
    }
    return true;
  }

  bool end_object() override { return close(); }

  bool start_array(std::size_t) override {
    if (is_the_array()) {
      begin_array();
    } else {
      open(Json::array());
    }
    ++depth_;
    return true;
  }

  bool end_array() override {
    if (in_array() && depth_ == array_depth_) array_depth_ = 0;
    return close();
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    fail_as_not_json(error, text_, where_);
  }

  // Behind the end of the text.
  void finish() const {
    if (found_) return;
    JsonView(root_is_object_ ? Json::object() : root_, where_).reject(place_.expected);
  }

 private:
  bool in_array() const { return array_depth_ > 0; }
  bool is_an_element() const { return in_array() && depth_ == array_depth_; }
  bool is_wanted() const {
    return depth_ == 1 && root_is_object_ &&
           std::find(place_.keys.begin(), place_.keys.end(), key_) != place_.keys.end();
  }
  bool is_the_array() const { return !in_array() && (depth_ == 0 || is_wanted()); }

  void begin_array() {
    if (found_) {
      fail(ErrorKind::bad_input, "{}: found two arrays, {} and {}, expected one", where_, name_,
           key_);
    }
    found_ = true;
    array_depth_ = depth_ + 1;
    name_ = depth_ == 0 ? "" : key_;
  }

  bool value(Json&& json) {
    if (depth_ == 0)
      root_ = std::move(json);
    else if (is_an_element())
      hand_over(json);
    else if (!stack_.empty())
      put(std::move(json));
    else if (is_wanted())
      JsonView(json, where_ + ": " + key_, false).reject("an array");
    return true;
  }

  Json* put(Json&& json) {
    if (stack_.back()->is_array()) {
      stack_.back()->push_back(std::move(json));
      return &stack_.back()->back();
    }
    *slot_ = std::move(json);
    return slot_;
  }

  void open(Json&& empty) {
    if (is_an_element()) {
      element_ = std::move(empty);
      stack_.push_back(&element_);
    } else if (!stack_.empty()) {
      stack_.push_back(put(std::move(empty)));
    } else if (is_wanted()) {
      JsonView(empty, where_ + ": " + key_, false).reject("an array");
    }
  }

  bool close() {
    --depth_;
    if (stack_.empty()) return true;
    stack_.pop_back();
    if (stack_.empty()) hand_over(element_);
    return true;
  }

  void hand_over(const Json& element) {
    take_(JsonView(element, fmt::format("{}: {}[{}]", where_, name_, index_++), false));
  }

  const std::string& text_;
  const std::string& where_;
  const JsonArrayPlace& place_;
  const std::function<void(const JsonView&)>& take_;
  int depth_ = 0;        // open objects and arrays
  int array_depth_ = 0;  // of the array's elements; 0: not in it
  bool root_is_object_ = false, found_ = false;
  std::string key_;   // the root's latest
  std::string name_;  // of the array: its key
  size_t index_ = 0;
  Json root_;  // one that is neither object nor array
  Json element_;
  std::vector<Json*> stack_;  // the open ones of the element, itself first
  Json* slot_ = nullptr;      // the value of the latest key of the innermost
};

}  // namespace

void for_each_element(const std::string& text, const std::string& where,
                      const JsonArrayPlace& place,
                      const std::function<void(const JsonView&)>& take) {
  ElementHandler handler(text, where, place, take);
  Json::sax_parse(text, &handler);
  handler.finish();
}

}  // namespace mammograft
