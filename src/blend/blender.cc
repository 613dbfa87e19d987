#include "blend/blender.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <map>

#include "blend/blend_input.h"
#include "blend/blender_file.h"
#include "core/files.h"
#include "core/parallel.h"
#include "image/resize.h"
#include "nn/compute.h"

namespace mammograft {
namespace {

constexpr double kMarginPx = 16;  // around omega, on the network's grid

cv::Mat scaled(const cv::Mat& image, cv::Size size) {
  return resized(image, size, {Resampling::Growth::cubic, Resampling::Mixed::shrink});
}

// What the network is shown of a window, on its grid, of a size that it can take.
GraftWindow on_network_grid(const GraftWindow& window, double grid_mm, int64_t multiple) {
  const auto side = [&](int pixels, double mm_per_px) {
    const double wanted =
        std::max(1.0, pixels * mm_per_px / grid_mm / static_cast<double>(multiple));
    return static_cast<int>(multiple * std::llround(wanted));
  };
  const cv::Size size(side(window.x.cols, window.mm_per_px[1]),
                      side(window.x.rows, window.mm_per_px[0]));
  GraftWindow grid;
  grid.range = window.range;
  grid.x = scaled(window.x, size);
  grid.omega = scaled(window.omega, size) > 127;
  grid.seen = scaled(window.seen, size) > 127;
  grid.mm_per_px = {grid_mm, grid_mm};
  return grid;
}

class GeneratorMethod : public GraftMethod {
 public:
  GeneratorMethod(Generator generator, BlenderOptions options)
      : generator_(std::move(generator)), options_(std::move(options)) {}
  std::string name() const override { return options_.method; }
  double window_mm() const override { return options_.window_px * options_.grid_mm; }
  double margin_mm() const override { return kMarginPx * options_.grid_mm; }

  std::vector<cv::Mat> graft(const std::vector<GraftWindow>& windows, std::vector<Rng>& rngs,
                             int threads) override {
    set_threads_here(threads);
    std::vector<Seat> seats(windows.size());
    parallel_for(std::ssize(windows), threads, [&](int64_t i) {
      const auto k = static_cast<size_t>(i);
      seats[k] = seat(windows[k]);
    });
    std::vector<cv::Mat> results(windows.size());
    std::map<std::pair<int, int>, std::vector<size_t>> by_size;
    for (size_t k = 0; k < seats.size(); ++k)
      by_size[{seats[k].grid.x.rows, seats[k].grid.x.cols}].push_back(k);
    for (const auto& [size, members] : by_size) {
      const std::vector<cv::Mat> learnt = generated(members, seats, rngs);
      parallel_for(std::ssize(members), threads, [&](int64_t i) {
        const auto k = static_cast<size_t>(i);
        results[members[k]] = result(windows[members[k]], seats[members[k]], learnt[k]);
      });
    }
    return results;
  }

 private:
  // The lesion on its membrane in the window's own pixels, and both on the network's grid.
  struct Seat {
    SeatedLesion lesion;
    GraftWindow grid;
    cv::Mat grid_levels;
  };

  Seat seat(const GraftWindow& window) const {
    Seat seat{seated(window, options_.match),
              on_network_grid(window, options_.grid_mm, generator_->multiple()),
              {}};
    seat.grid_levels = scaled(seat.lesion.levels, seat.grid.x.size());
    return seat;
  }

  bool plain() const { return options_.generator.output == "plain"; }

  // The generator's output for windows of one size, on its grid.
  std::vector<cv::Mat> generated(const std::vector<size_t>& members, const std::vector<Seat>& seats,
                                 const std::vector<Rng>& rngs) {
    const torch::NoGradGuard no_grad;
    std::vector<GraftWindow> grids;
    std::vector<cv::Mat> levels;
    std::vector<Rng> of_members;
    for (const size_t i : members) {
      grids.push_back(seats[i].grid);
      levels.push_back(seats[i].grid_levels);
      of_members.push_back(rngs[i]);
    }
    torch::Tensor y = generator_(
        make_blend_view(grids, levels, options_.method == "noprior", of_members).input());
    if (plain()) y = torch::tanh(y);
    std::vector<cv::Mat> images;
    for (int64_t k = 0; k < y.size(0); ++k) images.push_back(to_image(y[k][0]));
    return images;
  }

  cv::Mat result(const GraftWindow& window, const Seat& seat, const cv::Mat& learnt) const {
    const cv::Mat own = scaled(learnt, window.x.size());
    return plain() ? grey_levels(own, window.range)
                   : faded_in(window, own + body(window, seat.lesion));
  }

  // In the window's own pixels, where these are finer than the network's: what the lesion has
  // between the two would be lost on the grid.
  cv::Mat body(const GraftWindow& window, const SeatedLesion& lesion) const {
    if (options_.method == "noprior" || options_.generator.body == "none")
      return cv::Mat::zeros(window.x.size(), CV_32FC1);
    const double half_range = (window.range.high - window.range.low) / 2;
    return body_of(window, lesion, options_.generator) / half_range;
  }

  cv::Mat faded_in(const GraftWindow& window, const cv::Mat& residual) const {
    const double grid_per_px =
        std::min(window.mm_per_px[0], window.mm_per_px[1]) / options_.grid_mm;
    const cv::Mat weight = feather(window.omega, options_.generator.feather_px / grid_per_px);
    const double half_range = (window.range.high - window.range.low) / 2;
    cv::Mat x, result;
    window.x.convertTo(x, CV_32F);
    cv::Mat(x + weight.mul(residual, half_range)).convertTo(result, CV_16U);
    return result;
  }

  Generator generator_;
  BlenderOptions options_;
};

}  // namespace

Blender open_blender(const std::filesystem::path& path) {
  BlenderInfo info;
  Generator generator = load_blender(path, &info);
  Blender blender;
  blender.method = std::make_unique<GeneratorMethod>(generator, info.options);
  blender.patients_hashed = info.patients_hashed;
  blender.lesion = info.options.lesion;
  blender.intensity = info.options.intensity;
  blender.description = {{"file", path.filename().string()},
                         {"hash", hash_hex(read_file(path))},
                         {"options", to_json(info.options)},
                         {"training", info.training}};
  return blender;
}

}  // namespace mammograft
