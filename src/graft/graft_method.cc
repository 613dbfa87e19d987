#include "graft/graft_method.h"

#include <functional>

#include "core/parallel.h"
#include "graft/membrane.h"

namespace mammograft {
namespace {

// A method without a network: windows are independent of each other.
class PlainMethod : public GraftMethod {
 public:
  PlainMethod(std::string name, std::function<cv::Mat(const GraftWindow&)> one)
      : name_(std::move(name)), one_(std::move(one)) {}
  std::string name() const override { return name_; }
  double window_mm() const override { return 0; }
  double margin_mm() const override { return 2; }
  std::vector<cv::Mat> graft(const std::vector<GraftWindow>& windows, std::vector<Rng>&,
                             int threads) override {
    std::vector<cv::Mat> results(windows.size());
    parallel_for(std::ssize(windows), threads,
                 [&](int64_t i) { results[i] = one_(windows[static_cast<size_t>(i)]); });
    return results;
  }

 private:
  std::string name_;
  std::function<cv::Mat(const GraftWindow&)> one_;
};

}  // namespace

std::unique_ptr<GraftMethod> make_paste() {
  return std::make_unique<PlainMethod>("paste", [](const GraftWindow& window) {
    cv::Mat result;
    pasted(window, 0).convertTo(result, CV_16U);
    return result;
  });
}

std::unique_ptr<GraftMethod> make_poisson(const PoissonOptions& options) {
  return std::make_unique<PlainMethod>("pie", [options](const GraftWindow& window) {
    cv::Mat result;
    poisson_edit(window.x, window.e, window.omega, options).convertTo(result, CV_16U);
    return result;
  });
}

std::unique_ptr<GraftMethod> make_fuse(const FuseOptions& options) {
  return std::make_unique<PlainMethod>("fuse", [options](const GraftWindow& window) {
    const SeatedLesion lesion = on_membrane(window, options.membrane);
    const cv::Mat both = fused(window.x, lesion, window.omega, window.mm_per_px, options.fusion);
    cv::Mat x, result;
    window.x.convertTo(x, CV_32F);
    const double px = std::min(window.mm_per_px[0], window.mm_per_px[1]);
    const cv::Mat share = feather(window.omega, options.feather_mm / px);
    cv::Mat(x + share.mul(both - x)).convertTo(result, CV_16U);
    return result;
  });
}

}  // namespace mammograft
