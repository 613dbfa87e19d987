// How well a placement prior foretells where held-out masses lie (README.md):
//   bench_placement COHORT [PICTURE.png]
// The picture shows the density of every view over the mean outline of its breasts.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>

#include "cohort/annotation_index.h"
#include "core/error.h"
#include "core/parallel.h"
#include "graft/placement_prior.h"
#include "graft/tissue.h"
#include "image/image_io.h"

namespace {

using namespace mammograft;

constexpr int kStep = 4;  // px between the points at which a breast is sampled
constexpr int kFolds = 5;
constexpr int kSquare = 64;  // side of the mean outline

// The breast without the muscle around a mass, in coordinates of its frame.
struct Seen {
  RealMass mass;
  std::string laterality;
  double from_nipple = 0;  // in depths of the breast
  std::vector<BreastPoint> breast;
  cv::Mat outline;  // kSquare x kSquare: the mask in the frame
};

// In shares of the breast's depth, so that no pixel size is needed.
double from_nipple(const Tissue& tissue, Point px) {
  const Point nipple = nipple_of(tissue.breast, tissue.chest_wall_left);
  return std::hypot(px.x - nipple.x, px.y - nipple.y) / cv::boundingRect(tissue.breast).width;
}

std::vector<BreastPoint> sampled(const Tissue& tissue, const BreastFrame& frame) {
  std::vector<BreastPoint> points;
  for (int y = 0; y < tissue.breast.rows; y += kStep) {
    for (int x = 0; x < tissue.breast.cols; x += kStep) {
      if (tissue.breast.at<uint8_t>(y, x) && !tissue.pectoral.at<uint8_t>(y, x))
        points.push_back(frame.to_breast({x + 0.5, y + 0.5}));
    }
  }
  return points;
}

cv::Mat outline_of(const Tissue& tissue) {
  cv::Mat square, mask = tissue.breast(cv::boundingRect(tissue.breast));
  cv::resize(mask, square, {kSquare, kSquare}, 0, 0, cv::INTER_AREA);
  if (!tissue.chest_wall_left) cv::flip(square, square, 1);
  return square;
}

std::vector<Seen> read_masses(const Cohort& cohort) {
  const AnnotationIndex annotations(cohort, /*ignored=*/false);
  std::vector<std::vector<Seen>> found(cohort.images.size());
  parallel_for(std::ssize(found), 0, [&](int64_t i) {
    const ImageRecord& image = cohort.images[static_cast<size_t>(i)];
    if (is_synthetic(image) || !annotations.any(image.id)) return;
    const Tissue tissue = find_tissue(read_pixels(cohort, image), image);
    const BreastFrame frame(tissue.breast, tissue.chest_wall_left);
    for (const Annotation* mass : annotations.of(image.id)) {
      found[static_cast<size_t>(i)].push_back(
          {{image.view, image.patient_id, image.own_name(), mass->own_id(),
            frame.to_breast(mass->bbox.center()), std::nan("")},
           image.laterality,
           from_nipple(tissue, mass->bbox.center()),
           sampled(tissue, frame),
           outline_of(tissue)});
    }
  });
  std::vector<Seen> all;
  for (std::vector<Seen>& masses : found)
    std::move(masses.begin(), masses.end(), std::back_inserter(all));
  return all;
}

// log of the density at the mass over the mean density in its breast: 0 for a uniform one.
double log_gain(const PlacementPrior& prior, const Seen& seen) {
  double sum = 0;
  for (const BreastPoint& point : seen.breast) sum += prior.density(seen.mass.view, point);
  const double mean = sum / static_cast<double>(seen.breast.size());
  return std::log(prior.density(seen.mass.view, seen.mass.at) / mean);
}

std::map<std::string, int> fold_of(const std::vector<Seen>& masses) {
  std::map<std::string, int> folds;
  for (const Seen& seen : masses) folds.emplace(seen.mass.patient_id, 0);
  std::vector<std::string> patients;
  for (const auto& [patient, unused] : folds) patients.push_back(patient);
  Rng(1).shuffle(patients);
  for (size_t i = 0; i < patients.size(); ++i) folds[patients[i]] = static_cast<int>(i % kFolds);
  return folds;
}

struct Gains {
  std::map<std::string, std::vector<double>> of_patient;
  int masses = 0, better = 0;
};

// Mean over the masses, and its standard error, patients being what is drawn.
void print_gains(const std::string& name, const Gains& gains) {
  double sum = 0, squares = 0;
  for (const auto& [unused, own] : gains.of_patient) {
    for (const double gain : own) sum += gain;
  }
  const double mean = sum / gains.masses;
  for (const auto& [unused, own] : gains.of_patient) {
    double off = 0;
    for (const double gain : own) off += gain - mean;
    squares += off * off;
  }
  fmt::print("{:<8} {:>6} {:>9} {:>+8.3f} {:>7.3f} {:>9.2f}\n", name, gains.masses,
             gains.of_patient.size(), mean, std::sqrt(squares) / gains.masses,
             double(gains.better) / gains.masses);
}

void measure(const std::vector<Seen>& masses, const std::string& path) {
  const std::map<std::string, int> folds = fold_of(masses);
  std::map<std::string, Gains> gains;
  for (int k = 0; k < kFolds; ++k) {
    std::vector<RealMass> learning;
    for (const Seen& seen : masses) {
      if (folds.at(seen.mass.patient_id) != k) learning.push_back(seen.mass);
    }
    const PlacementPrior prior(learning, path);
    for (const Seen& seen : masses) {
      if (folds.at(seen.mass.patient_id) != k) continue;
      const double gain = log_gain(prior, seen);
      for (const std::string& name : {seen.mass.view, std::string("all")}) {
        gains[name].of_patient[seen.mass.patient_id].push_back(gain);
        ++gains[name].masses;
        gains[name].better += gain > 0;
      }
    }
  }
  fmt::print("view     masses  patients  log gain   error    better\n");
  for (const auto& [name, own] : gains) print_gains(name, own);
}

double median_of(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + std::ssize(values) / 2, values.end());
  return values[values.size() / 2];
}

// Whether the rule of --views both holds: breasts with one mass in either view.
void compare_views(const std::vector<Seen>& masses) {
  std::map<std::pair<std::string, std::string>, std::map<std::string, std::vector<double>>> breasts;
  for (const Seen& seen : masses)
    breasts[{seen.mass.patient_id, seen.laterality}][seen.mass.view].push_back(seen.from_nipple);
  std::vector<double> cc, mlo, same, other;
  for (auto& [unused, views] : breasts) {
    if (views["CC"].size() != 1 || views["MLO"].size() != 1) continue;
    cc.push_back(views["CC"].front());
    mlo.push_back(views["MLO"].front());
    same.push_back(std::abs(cc.back() - mlo.back()));
  }
  if (cc.empty()) return;
  for (const double a : cc) {
    for (const double b : mlo) other.push_back(std::abs(a - b));
  }
  cv::Scalar cc_mean, cc_deviation, mlo_mean, mlo_deviation;
  cv::meanStdDev(cc, cc_mean, cc_deviation);
  cv::meanStdDev(mlo, mlo_mean, mlo_deviation);
  const double products = cv::Mat(cc).dot(cv::Mat(mlo)) / static_cast<double>(cc.size());
  fmt::print(
      "distance from the nipple, CC and MLO of {} breasts, in depths: correlation {:.2f}, median "
      "difference {:.3f}, of masses of any two breasts {:.3f}\n",
      cc.size(), (products - cc_mean[0] * mlo_mean[0]) / (cc_deviation[0] * mlo_deviation[0]),
      median_of(same), median_of(other));
}

cv::Mat heat_map(const PlacementPrior& prior, const std::string& view,
                 const std::vector<Seen>& masses) {
  constexpr int kSide = 512;
  cv::Mat outline(kSquare, kSquare, CV_64FC1, cv::Scalar(0)), density(kSide, kSide, CV_64FC1);
  for (const Seen& seen : masses) {
    if (seen.mass.view == view) cv::accumulate(seen.outline, outline);
  }
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x)
      density.at<double>(y, x) = prior.density(view, {(x + 0.5) / kSide, (y + 0.5) / kSide});
  }
  double most = 0;
  cv::minMaxLoc(outline, nullptr, &most);
  cv::Mat half, grey, picture;
  cv::resize(cv::Mat(outline > most / 2), half, {kSide, kSide}, 0, 0, cv::INTER_NEAREST);
  density.convertTo(grey, CV_8U, 255 / 3.0);  // three times the uniform density is white
  cv::applyColorMap(grey, picture, cv::COLORMAP_INFERNO);
  cv::cvtColor(picture, picture, cv::COLOR_BGR2RGB);
  picture.setTo(cv::Scalar(90, 90, 90), ~half);
  for (const Seen& seen : masses) {
    if (seen.mass.view != view) continue;
    const cv::Point at(cvRound(seen.mass.at.u * kSide), cvRound(seen.mass.at.v * kSide));
    cv::circle(picture, at, 2, cv::Scalar(255, 255, 255), cv::FILLED);
  }
  return picture;
}

void draw(const std::vector<Seen>& masses, const std::string& path, const std::string& file) {
  std::vector<RealMass> places;
  std::map<std::string, int> views;
  for (const Seen& seen : masses) {
    places.push_back(seen.mass);
    ++views[seen.mass.view];
  }
  const PlacementPrior prior(places, path);
  std::vector<cv::Mat> pictures;
  for (const auto& [view, count] : views) pictures.push_back(heat_map(prior, view, masses));
  cv::Mat row;
  cv::hconcat(pictures, row);
  write_png(file, row);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2 && argc != 3) fail(ErrorKind::usage, "expected a cohort and maybe a picture");
    const std::vector<Seen> masses = read_masses(read_cohort(argv[1]));
    measure(masses, argv[1]);
    compare_views(masses);
    if (argc == 3) draw(masses, argv[1], argv[2]);
  } catch (const Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return static_cast<int>(error.kind());
  }
}
