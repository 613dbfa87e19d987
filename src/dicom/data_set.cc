#include "dicom/data_set.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcitem.h>
#include <dcmtk/dcmdata/dcsequen.h>
#include <dcmtk/dcmdata/dcspchrs.h>

#include <cmath>

#include "core/text.h"
#include "core/utf8.h"

namespace mammograft {
namespace {

DcmTagKey key_of(Tag tag) { return {tag.group, tag.element}; }

DcmElement* find(DcmItem* item, Tag tag) {
  DcmElement* element = nullptr;
  return item->findAndGetElement(key_of(tag), element).good() ? element : nullptr;
}

// Spaces and zero bytes pad values to an even length; some writers put them in front too.
constexpr std::string_view kPadding(" \0\t\r\n", 5);

// A character set that is not known, or not the one in which the text is, is no reason to stop.
std::string in_utf8(const std::string& text, DcmItem* item) {
  if (is_utf8(text)) return text;
  OFString name;
  item->findAndGetOFStringArray(DCM_SpecificCharacterSet, name);
  DcmSpecificCharacterSet set;
  OFString converted;
  if (set.selectCharacterSet(name).good() &&
      set.convertString(text.data(), text.size(), converted).good() &&
      is_utf8({converted.data(), converted.size()}))
    return {converted.data(), converted.size()};
  return readable(text);
}

std::optional<double> number_at(DcmElement& element, unsigned long i) {
  switch (element.getVR()) {
    case EVR_FL: {
      Float32 value = 0;
      if (element.getFloat32(value, i).bad()) return std::nullopt;
      return value;
    }
    case EVR_US:
    case EVR_xs: {
      Uint16 value = 0;
      if (element.getUint16(value, i).bad()) return std::nullopt;
      return value;
    }
    case EVR_SS: {
      Sint16 value = 0;
      if (element.getSint16(value, i).bad()) return std::nullopt;
      return value;
    }
    case EVR_UL: {
      Uint32 value = 0;
      if (element.getUint32(value, i).bad()) return std::nullopt;
      return value;
    }
    case EVR_SL:
    case EVR_IS: {
      Sint32 value = 0;
      if (element.getSint32(value, i).bad()) return std::nullopt;
      return value;
    }
    default: {
      Float64 value = 0;
      if (element.getFloat64(value, i).bad() || !std::isfinite(value)) return std::nullopt;
      return value;
    }
  }
}

}  // namespace

bool DataSet::exists(Tag tag) const { return find(item_, tag) != nullptr; }

std::string DataSet::text(Tag tag) const {
  const std::vector<std::string> all = texts(tag);
  return all.empty() ? "" : all.front();
}

std::vector<std::string> DataSet::texts(Tag tag) const {
  std::vector<std::string> values;
  DcmElement* element = find(item_, tag);
  if (element == nullptr || !element->isLeaf()) return values;
  const unsigned long count = element->getVM();
  for (unsigned long i = 0; i < count; ++i) {
    OFString value;
    if (element->getOFString(value, i).bad()) break;
    values.push_back(trimmed(in_utf8({value.data(), value.size()}, item_), kPadding));
  }
  return values;
}

std::optional<double> DataSet::number(Tag tag) const {
  const std::vector<double> all = numbers(tag);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

std::vector<double> DataSet::numbers(Tag tag) const {
  std::vector<double> values;
  DcmElement* element = find(item_, tag);
  if (element == nullptr || !element->isLeaf()) return values;
  const unsigned long count = element->getVM();
  for (unsigned long i = 0; i < count; ++i) {
    const std::optional<double> value = number_at(*element, i);
    if (!value) break;
    values.push_back(*value);
  }
  return values;
}

std::optional<int64_t> DataSet::integer(Tag tag) const {
  const std::optional<double> value = number(tag);
  if (!value || *value != std::trunc(*value) || std::abs(*value) > 1e15) return std::nullopt;
  return static_cast<int64_t>(*value);
}

std::vector<uint16_t> DataSet::words(Tag tag) const {
  DcmElement* element = find(item_, tag);
  Uint16* values = nullptr;
  if (element == nullptr || !element->isLeaf() || element->getUint16Array(values).bad() ||
      values == nullptr)
    return {};
  return {values, values + element->getLength() / 2};
}

std::vector<DataSet> DataSet::items(Tag sequence) const {
  std::vector<DataSet> found;
  DcmSequenceOfItems* items = nullptr;
  if (item_->findAndGetSequence(key_of(sequence), items).bad() || items == nullptr) return found;
  // getItem(i) would walk from the first item every time.
  for (DcmObject* item = items->nextInContainer(nullptr); item != nullptr;
       item = items->nextInContainer(item))
    found.emplace_back(static_cast<DcmItem*>(item));
  return found;
}

}  // namespace mammograft
