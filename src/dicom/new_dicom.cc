#include "dicom/new_dicom.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <dcmtk/dcmdata/dcvrfl.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djrparam.h>

#include "core/error.h"
#include "core/files.h"
#include "core/sha256.h"
#include "dicom/jpeg2000.h"
#include "dicom/set_up.h"
#include "dicom/transfer_syntax.h"

namespace mammograft {
namespace {

DcmTagKey written_key(Tag tag) { return {tag.group, tag.element}; }

void check(const OFCondition& done, const char* what) {
  ensure(done.good(), "DICOM: {}: {}", what, done.text());
}

// Without the sign's bits above Bits Stored: encoders take them for values.
std::vector<uint16_t> stored_words(const NewPixels& pixels) {
  const auto* first = pixels.values.ptr<uint16_t>();
  std::vector<uint16_t> words(first, first + pixels.values.total());
  const int mask = (1 << pixels.bits) - 1;
  for (uint16_t& word : words) word = static_cast<uint16_t>(word & mask);
  return words;
}

// Pixel Data as words, whose values are those that the codestream gets.
void insert_jpeg2000(DcmDataset& data, const NewPixels& pixels, E_TransferSyntax syntax) {
  const bool is_signed = pixels.values.depth() == CV_16S;
  const cv::Mat words(pixels.values.size(), CV_16UC1, pixels.values.data, pixels.values.step);
  std::vector<uint8_t> stream = encode_jpeg2000(words, pixels.bits, is_signed);
  if (stream.size() % 2 != 0) stream.push_back(0);
  auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData, EVR_OB));
  auto offsets = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item, EVR_OB));
  check(sequence->insert(offsets.release()), "Pixel Data");
  auto fragment = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item, EVR_OB));
  check(fragment->putUint8Array(stream.data(), stream.size()), "Pixel Data");
  check(sequence->insert(fragment.release()), "Pixel Data");
  auto element = std::make_unique<DcmPixelData>(DCM_PixelData);
  element->putOriginalRepresentation(syntax, nullptr, sequence.release());
  check(data.insert(element.release(), /*replaceOld=*/OFTrue), "Pixel Data");
}

// Whether the data set can be written in that syntax, after its pixels were brought there.
bool encode(DcmDataset& data, E_TransferSyntax syntax) {
  const DJ_RPLossy lossy;
  const DJ_RPLossless lossless;
  const DJLSRepresentationParameter near(0, OFTrue);
  const DcmRLERepresentationParameter rle;
  const DcmRepresentationParameter* parameter = nullptr;
  if (syntax == EXS_JPEGProcess1 || syntax == EXS_JPEGProcess2_4) parameter = &lossy;
  if (syntax == EXS_JPEGProcess14 || syntax == EXS_JPEGProcess14SV1) parameter = &lossless;
  if (syntax == EXS_JPEGLSLossless || syntax == EXS_JPEGLSLossy) parameter = &near;
  if (syntax == EXS_RLELossless) parameter = &rle;
  return data.chooseRepresentation(syntax, parameter).good() && data.canWriteXfer(syntax);
}

}  // namespace

void DataSetWriter::set(Tag tag, const std::string& value) {
  DcmTag written(written_key(tag));
  // Signed or not, as the pixels are; the dictionary leaves it open.
  if (written.getEVR() == EVR_xs || written.getEVR() == EVR_lt)
    written.setVR(DcmVR(value.find('-') == value.npos ? EVR_US : EVR_SS));
  check(item_->putAndInsertString(written, value.c_str()), "an attribute");
}

void DataSetWriter::set_words(Tag tag, const std::vector<uint16_t>& values) {
  DcmTag of_words(written_key(tag));
  of_words.setVR(DcmVR(EVR_OW));
  check(item_->putAndInsertUint16Array(of_words, values.data(), values.size()), "words");
}

void DataSetWriter::set_private(const std::string& creator, uint8_t element,
                                const std::string& text) {
  constexpr uint16_t kGroup = 0x0029, kBlock = 0x10;
  check(item_->putAndInsertString(DcmTag(kGroup, kBlock, EVR_LO), creator.c_str()), "a creator");
  const DcmTag own(kGroup, static_cast<uint16_t>(kBlock << 8 | element), EVR_LO);
  check(item_->putAndInsertString(own, text.c_str()), "a private attribute");
}

void DataSetWriter::set_bytes(Tag tag, const std::vector<uint8_t>& values) {
  DcmTag of_bytes(written_key(tag));
  // Pixel Data by its own name is of a class of its own, without which nothing is encoded.
  if (tag != tags::kPixelData) of_bytes.setVR(DcmVR(EVR_OB));
  check(item_->putAndInsertUint8Array(of_bytes, values.data(), values.size()), "bytes");
}

void DataSetWriter::set_floats(Tag tag, const std::vector<float>& values) {
  auto element = std::make_unique<DcmFloatingPointSingle>(DcmTag(written_key(tag)));
  check(element->putFloat32Array(values.data(), values.size()), "numbers");
  check(item_->insert(element.get(), /*replaceOld=*/OFTrue), "numbers");
  element.release();
}

void DataSetWriter::set_tag(Tag tag, Tag value) {
  check(item_->putAndInsertTagKey(DcmTag(written_key(tag)), written_key(value)), "a tag");
}

void DataSetWriter::set_empty(Tag tag) {
  check(item_->insertEmptyElement(DcmTag(written_key(tag))), "an empty attribute");
}

bool DataSetWriter::copy(Tag tag, const DataSet& from) {
  return from.item_->findAndInsertCopyOfElement(written_key(tag), item_).good();
}

DataSetWriter DataSetWriter::add_item(Tag sequence) {
  DcmItem* item = nullptr;
  check(item_->findOrCreateSequenceItem(written_key(sequence), item, -2), "a sequence");
  return DataSetWriter(item);
}

NewDicom::NewDicom() : format_(std::make_unique<DcmFileFormat>()) { set_up_dcmtk(); }
NewDicom::~NewDicom() = default;
NewDicom::NewDicom(NewDicom&&) noexcept = default;

DataSetWriter NewDicom::data() { return DataSetWriter(format_->getDataset()); }

void NewDicom::set_pixels(const NewPixels& pixels) {
  ensure(pixels.values.isContinuous() && pixels.bits >= 1 && pixels.bits <= 16, "DICOM: {} bits",
         pixels.bits);
  pixels_ = pixels;
  const bool is_signed = pixels.values.depth() == CV_16S;
  const bool bytes = pixels.bits <= 8 && !is_signed;
  DataSetWriter to = data();
  to.set(tags::kRows, pixels.values.rows);
  to.set(tags::kColumns, pixels.values.cols);
  to.set(tags::kSamplesPerPixel, 1);
  to.set(tags::kBitsAllocated, bytes ? 8 : 16);
  to.set(tags::kBitsStored, pixels.bits);
  to.set(tags::kHighBit, pixels.bits - 1);
  to.set(tags::kPixelRepresentation, is_signed ? 1 : 0);
  DcmDataset& set = *format_->getDataset();
  if (!set.tagExistsWithValue(DCM_PhotometricInterpretation))
    to.set(tags::kPhotometricInterpretation, "MONOCHROME2");
  const size_t count = pixels.values.total();
  if (bytes) {
    cv::Mat narrow;
    pixels.values.convertTo(narrow, CV_8U);
    check(set.putAndInsertUint8Array(DCM_PixelData, narrow.data, count), "Pixel Data");
  } else {
    const std::vector<uint16_t> words = stored_words(pixels);
    check(set.putAndInsertUint16Array(DCM_PixelData, words.data(), count), "Pixel Data");
  }
}

void NewDicom::write(const std::filesystem::path& path, const std::string& transfer_syntax) {
  DcmDataset& data = *format_->getDataset();
  const E_TransferSyntax syntax = DcmXfer(transfer_syntax.c_str()).getXfer();
  if (is_jpeg2000(transfer_syntax)) {
    insert_jpeg2000(data, pixels_, syntax);
  } else {
    ensure(encode(data, syntax), "DICOM: cannot be written as {}",
           transfer_syntax_name(transfer_syntax));
  }
  AtomicFile file(path);
  const OFCondition done = format_->saveFile(file.temporary().c_str(), syntax, EET_ExplicitLength);
  if (done.bad()) fail(ErrorKind::io, "{}: cannot be written: {}", path.string(), done.text());
  file.commit();
}

std::string uid_from(std::string_view bytes) {
  // 2.25 and a number of 128 bits, here of 120: 15 bytes of the hash, in decimals.
  std::string decimals = "0";
  for (const char digit : sha256_hex(bytes).substr(0, 30)) {
    int carry = digit <= '9' ? digit - '0' : digit - 'a' + 10;
    for (auto at = decimals.rbegin(); at != decimals.rend(); ++at) {
      const int value = (*at - '0') * 16 + carry;
      *at = static_cast<char>('0' + value % 10);
      carry = value / 10;
    }
    for (; carry > 0; carry /= 10) decimals.insert(0, 1, static_cast<char>('0' + carry % 10));
  }
  return "2.25." + decimals;
}

}  // namespace mammograft
