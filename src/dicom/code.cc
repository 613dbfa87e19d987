#include "dicom/code.h"

#include "dicom/object_tag.h"

namespace mammograft {

void write_code(DataSetWriter to, const Code& code) {
  to.set(tags::kCodeValue, code.value);
  to.set(tags::kCodingSchemeDesignator, code.scheme);
  to.set(tags::kCodeMeaning, code.meaning);
}

void add_code(DataSetWriter to, Tag sequence, const Code& code) {
  write_code(to.add_item(sequence), code);
}

Code read_code(const DataSet& data, Tag sequence) {
  for (const DataSet& item : data.items(sequence)) {
    return {item.text(tags::kCodeValue), item.text(tags::kCodingSchemeDesignator),
            item.text(tags::kCodeMeaning)};
  }
  return {};
}

}  // namespace mammograft
