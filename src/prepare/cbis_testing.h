// A small CBIS-DDSM, laid out as any of its downloads.
#pragma once

#include <fmt/format.h>

#include <map>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "core/files.h"
#include "dicom/testing.h"
#include "image/image_io.h"

namespace mammograft {

enum class CbisLayout { old_folders, dated_folders, flat, jpeg };

inline constexpr int kCbisHeight = 240, kCbisWidth = 160;

// A breast with a chest wall on the left, of many grey values.
inline cv::Mat cbis_film_pixels() {
  cv::Mat film(kCbisHeight, kCbisWidth, CV_8UC1, cv::Scalar(0));
  cv::ellipse(film, {0, kCbisHeight / 2}, {110, 90}, 0, -90, 90, cv::Scalar(100), cv::FILLED);
  for (int y = 0; y < film.rows; ++y) {
    for (int x = 0; x < film.cols; ++x)
      if (film.at<uchar>(y, x) > 0) film.at<uchar>(y, x) = uchar(60 + (x + y) / 4);
  }
  return film;
}

// An ellipse of `value` on nothing.
inline cv::Mat cbis_mask_pixels(cv::Point centre, int value = 255,
                                cv::Size size = {kCbisWidth, kCbisHeight}) {
  cv::Mat mask(size, value > 255 ? CV_16UC1 : CV_8UC1, cv::Scalar(0));
  cv::ellipse(mask, centre, {18, 12}, 30, 0, 360, cv::Scalar(value), cv::FILLED);
  return mask;
}

inline cv::Mat cbis_crop_pixels() { return cbis_film_pixels()(cv::Rect(20, 80, 50, 44)).clone(); }

class CbisReplica {
 public:
  struct File {
    std::string patient_id, series;
    cv::Mat pixels;  // CV_8UC1, CV_16UC1
  };
  struct Row {
    std::string table = "mass_case_description_train_set.csv";
    std::string patient = "P_00001", side = "LEFT", view = "CC";
    int number = 1;
    std::string image, crop, mask;  // series
    std::string facts = "IRREGULAR,SPICULATED,4,MALIGNANT,3";
  };
  std::vector<File> files;
  std::vector<Row> rows;
  bool other_series = false;  // the headers' series are not those of the tables

  // Of a row: "Mass-Training_P_00001_LEFT_CC".
  static std::string film_id(const Row& row) {
    const std::string set = row.table.starts_with("mass") ? "Mass" : "Calc";
    const bool train = row.table.find("train") != row.table.npos;
    return fmt::format("{}-{}_{}_{}_{}", set, train ? "Training" : "Test", row.patient, row.side,
                       row.view);
  }

  void add_film(const Row& row) { files.push_back({film_id(row), row.image, cbis_film_pixels()}); }
  // Of a series with a name of its own. Which of the two is which is up to the pixels.
  void add_finding_file(const Row& row, const std::string& series, const cv::Mat& pixels) {
    files.push_back({fmt::format("{}_{}", film_id(row), row.number), series, pixels});
  }
  // A row as it should be, with its film, crop and mask.
  void add(Row row, const cv::Mat& mask) {
    const std::string id = fmt::format("{}_{}", film_id(row), row.number);
    row.image = "film of " + film_id(row);
    row.crop = "crop of " + id;
    row.mask = "mask of " + id;
    if (row.number == 1) add_film(row);
    add_finding_file(row, row.crop, cbis_crop_pixels());
    add_finding_file(row, row.mask, mask);
    rows.push_back(row);
  }

  void write(const fs::path& folder, CbisLayout layout = CbisLayout::old_folders) const {
    write_tables(layout == CbisLayout::jpeg ? folder / "csv" : folder);
    std::string info = "file_path,image_path,PatientID,PatientName,SeriesInstanceUID\n";
    for (size_t i = 0; i < files.size(); ++i) {
      const fs::path path = folder / path_of(i, layout);
      create_folder(path.parent_path());
      if (layout == CbisLayout::jpeg) {
        write_jpeg(path, eight_bits(files[i].pixels), 95);
        info += fmt::format("x,CBIS-DDSM/{},{},Doe^Jane,{}\n", path_of(i, layout).string(),
                            files[i].patient_id, uid_of(files[i].series));
      } else {
        dicom_of(i).write(path, transfer_syntax::kExplicitLittleEndian);
      }
    }
    if (layout == CbisLayout::jpeg) write_file(folder / "csv/dicom_info.csv", info);
  }

 private:
  static cv::Mat eight_bits(const cv::Mat& pixels) {
    cv::Mat narrow = pixels;
    if (pixels.depth() == CV_16U) pixels.convertTo(narrow, CV_8U, 1 / 257.0);
    return narrow;
  }
  std::string uid_of(const std::string& series) const {
    return uid_from((other_series ? "anew " : "") + series);
  }
  // How many files of the series come before.
  int number_in_series(size_t at) const {
    int number = 0;
    for (size_t i = 0; i < at; ++i) number += files[i].series == files[at].series;
    return number;
  }

  fs::path path_of(size_t at, CbisLayout layout) const {
    const File& file = files[at];
    const int number = number_in_series(at);
    switch (layout) {
      case CbisLayout::old_folders:
        return fs::path(file.patient_id) / "DOI" / uid_from("study of " + file.series) /
               uid_of(file.series) / fmt::format("{:06}.dcm", number);
      case CbisLayout::dated_folders:
        return fs::path("manifest-1/CBIS-DDSM") / file.patient_id /
               fmt::format("07-20-2016-DDSM-NA-{}", 12000 + at) /
               fmt::format("1.000000-images-{}", 54000 + at) / fmt::format("1-{}.dcm", number + 1);
      case CbisLayout::flat:
        return fmt::format("{}.dcm", uid_from(fmt::format("file {}", at)));
      case CbisLayout::jpeg:
        return fs::path("jpeg") / uid_of(file.series) / fmt::format("1-{:03}.jpg", at + 100);
    }
    return {};
  }

  NewDicom dicom_of(size_t at) const {
    const File& file = files[at];
    NewDicom made;
    DataSetWriter data = made.data();
    data.set(tags::kSopClassUid, "1.2.840.10008.5.1.4.1.1.7");  // secondary capture
    data.set(tags::kSopInstanceUid, uid_from(fmt::format("instance {}", at)));
    data.set(tags::kSeriesInstanceUid, uid_of(file.series));
    data.set(tags::kStudyInstanceUid, uid_from("study of " + file.series));
    data.set(tags::kModality, "MG");
    data.set(tags::kPatientId, file.patient_id);
    data.set(Tag{0x0010, 0x0010}, "Doe^Jane");
    cv::Mat values = file.pixels;
    if (values.depth() == CV_8U) values.convertTo(values, CV_16U);
    made.set_pixels({values, file.pixels.depth() == CV_8U ? 8 : 16});
    return made;
  }

  static std::string path_text(const std::string& patient_id, const std::string& series) {
    return fmt::format("{}/{}/{}/000000.dcm", patient_id, uid_from("study of " + series),
                       uid_from(series));
  }
  static std::string header_of(bool mass) {
    return mass ? "patient_id,breast_density,left or right breast,image view,abnormality id,"
                  "abnormality type,mass shape,mass margins,assessment,pathology,subtlety,image "
                  "file path,cropped image file path,ROI mask file path\n"
                : "patient_id,breast density,left or right breast,image view,abnormality id,"
                  "abnormality type,calc type,calc distribution,assessment,pathology,subtlety,"
                  "image file path,cropped image file path,ROI mask file path\n";
  }
  void write_tables(const fs::path& folder) const {
    create_folder(folder);
    std::map<std::string, std::string> tables;
    for (const Row& row : rows) {
      const bool mass = row.table.starts_with("mass");
      std::string& text = tables[row.table];
      if (text.empty()) text = header_of(mass);
      const std::string film = film_id(row), finding = fmt::format("{}_{}", film, row.number);
      // Paths in quotes, with a line break at their end.
      text += fmt::format("{},3,{},{},{},{},{},{},\"{}\n\",\"{}\n\"\n", row.patient, row.side,
                          row.view, row.number, mass ? "mass" : "calcification", row.facts,
                          path_text(film, row.image), path_text(finding, row.crop),
                          path_text(finding, row.mask));
    }
    for (const auto& [name, text] : tables) write_file(folder / name, text);
  }
};

}  // namespace mammograft
