#include "assess/classifier.h"

#include <ATen/Parallel.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"
#include "core/parallel.h"
#include "core/rng.h"
#include "nn/optimizer.h"
#include "nn/schedule.h"

namespace mammograft {
namespace {

constexpr float kLimit = 8;          // robust deviations
constexpr double kMadToSd = 1.4826;  // of a normal distribution
constexpr int kSymmetries = 8;       // of the square

// Four convolutions, 1/8 of the resolution at the end; the mean over the disc in the middle and
// over the window decide.
struct NetworkImpl : torch::nn::Module {
  NetworkImpl() {
    const auto add = [&](int64_t in, int64_t out, int64_t kernel, int64_t stride) {
      layers->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel)
                                              .stride(stride)
                                              .padding(kernel / 2)
                                              .bias(false)));
      layers->push_back(torch::nn::BatchNorm2d(out));
      layers->push_back(torch::nn::ReLU(torch::nn::ReLUOptions(true)));
    };
    add(1, 16, 5, 2);
    add(16, 32, 3, 2);
    add(32, 48, 3, 2);
    add(48, 64, 3, 1);
    register_module("layers", layers);
    register_module("decide", decide);
  }

  // x [N, 1, S, S], disc [s, s] that sums to 1 -> logits [N]
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& disc) {
    const torch::Tensor features = layers->forward(x);
    const torch::Tensor middle = (features * disc).sum({2, 3}), all = features.mean({2, 3});
    return decide->forward(torch::cat({middle, all}, 1)).squeeze(1);
  }

  torch::nn::Sequential layers;
  torch::nn::Linear decide{128, 1};
};
TORCH_MODULE(Network);

// The weights of a mean over a disc in the middle of the features.
torch::Tensor disc_weights(int64_t side, double radius) {
  const torch::Tensor place = (torch::arange(side) + 0.5) / side - 0.5;
  const torch::Tensor squared = place.square();
  const torch::Tensor inside =
      (squared.unsqueeze(0) + squared.unsqueeze(1) <= radius * radius).to(torch::kFloat);
  return inside / inside.sum().clamp_min(1);
}

int64_t feature_side(int64_t side) {
  for (int i = 0; i < 3; ++i) side = (side + 1) / 2;
  return side;
}

// Writes a window, turned by one of the symmetries of the square, times gain plus shift.
void put(const cv::Mat& window, int symmetry, float gain, float shift, float* out) {
  const int side = window.rows;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      int v = symmetry & 4 ? x : y, u = symmetry & 4 ? y : x;
      if (symmetry & 1) u = side - 1 - u;
      if (symmetry & 2) v = side - 1 - v;
      out[y * side + x] = window.at<float>(v, u) * gain + shift;
    }
  }
}

struct Batch {
  torch::Tensor windows, labels;
};

Batch draw_batch(const TrainingPart& part, const ClassifierOptions& options, Rng& rng) {
  const int64_t side = part.real.front()->window.rows;
  Batch batch{torch::empty({options.batch, 1, side, side}), torch::empty({options.batch})};
  for (int i = 0; i < options.batch; ++i) {
    const auto& members = i % 2 ? part.synthetic : part.real;
    const MassSample& sample =
        *members[static_cast<size_t>(rng.integer(static_cast<int64_t>(members.size())))];
    const auto symmetry = static_cast<int>(rng.integer(kSymmetries));
    const double gain = 1 + rng.uniform(-options.contrast, options.contrast);
    const double shift = rng.uniform(-options.brightness, options.brightness);
    put(sample.window, symmetry, static_cast<float>(gain), static_cast<float>(shift),
        batch.windows.data_ptr<float>() + i * side * side);
    batch.labels.data_ptr<float>()[i] = sample.synthetic ? 1.0f : 0.0f;
  }
  return batch;
}

void train(Network& network, const TrainingPart& part, const torch::Tensor& disc,
           const ClassifierOptions& options, Rng rng) {
  TensorMap parameters;
  for (auto& item : network->named_parameters()) parameters[item.key()] = item.value();
  OptimizerOptions adam;
  adam.kind = "adam";
  adam.weight_decay = options.weight_decay;
  adam.decay_bias = false;
  Optimizer optimizer(parameters, adam);
  ScheduleOptions schedule;
  schedule.learning_rate = options.learning_rate;
  schedule.warmup_steps = std::min(10, options.steps / 4);
  for (int step = 0; step < options.steps; ++step) {
    check_cancelled();
    const Batch batch = draw_batch(part, options, rng);
    optimizer.zero_grad();
    torch::binary_cross_entropy_with_logits(network->forward(batch.windows, disc), batch.labels)
        .backward();
    optimizer.step(learning_rate(schedule, step, options.steps));
  }
}

// The mean logit over all symmetries of a window.
double score(Network& network, const cv::Mat& window, const torch::Tensor& disc) {
  const int64_t side = window.rows;
  torch::Tensor turned = torch::empty({kSymmetries, 1, side, side});
  for (int k = 0; k < kSymmetries; ++k) {
    put(window, k, 1, 0, turned.data_ptr<float>() + k * side * side);
  }
  return network->forward(turned, disc).mean().item<double>();
}

float median(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// One network of the cross-validation.
struct Job {
  int fold = 0, seed = 0;
  Network network{nullptr};
  Rng rng{0};
};

// The networks get their starting weights here, in order: LibTorch draws from one generator.
std::vector<Job> make_jobs(const std::map<int, TrainingPart>& parts, int seeds, uint64_t seed) {
  std::vector<Job> jobs;
  for (const auto& [fold, part] : parts) {
    for (int run = 0; run < seeds; ++run) {
      const Rng rng = Rng(seed)
                          .fork("assess.classifier", static_cast<uint64_t>(run))
                          .fork("fold", static_cast<uint64_t>(fold));
      torch::manual_seed(rng.fork("weights").next());
      jobs.push_back({fold, run, Network(), rng.fork("draws")});
    }
  }
  return jobs;
}

// LibTorch computes on one thread while this lives. Networks as small as these lose more by
// waiting for each other's threads than they gain, many times over where the machine is busy; so
// each is trained on one thread, several at a time.
class OneThreadEach {
 public:
  OneThreadEach() : before_(at::get_num_threads()) { at::set_num_threads(1); }
  ~OneThreadEach() { at::set_num_threads(before_); }
  OneThreadEach(const OneThreadEach&) = delete;
  OneThreadEach& operator=(const OneThreadEach&) = delete;

 private:
  int before_;
};

}  // namespace

void check(const ClassifierOptions& options) {
  const auto at_least = [](const char* name, int value, int least) {
    if (value < least) {
      fail(ErrorKind::usage, "classifier.{}: found {}, expected at least {}", name, value, least);
    }
  };
  at_least("seeds", options.seeds, 1);
  at_least("steps", options.steps, 1);
  at_least("batch", options.batch, 2);
  if (!(options.learning_rate > 0)) {
    fail(ErrorKind::usage, "classifier.learning_rate: found {}, expected above 0",
         options.learning_rate);
  }
  if (!(options.disc > 0)) {
    fail(ErrorKind::usage, "classifier.disc: found {}, expected above 0", options.disc);
  }
}

cv::Mat normalised_window(const cv::Mat& window, const cv::Mat& inside) {
  ensure(window.type() == CV_32FC1 && inside.type() == CV_8UC1 && window.size() == inside.size(),
         "normalised_window: expected CV_32FC1 pixels and a CV_8UC1 mask of one size");
  std::vector<float> values;
  for (int y = 0; y < window.rows; ++y) {
    for (int x = 0; x < window.cols; ++x) {
      if (inside.at<uint8_t>(y, x)) values.push_back(window.at<float>(y, x));
    }
  }
  cv::Mat result(window.size(), CV_32FC1, cv::Scalar(0));
  if (values.empty()) return result;
  const float center = median(values);
  for (float& value : values) value = std::abs(value - center);
  constexpr float kFlat = 1e-4f;  // of full scale: finer than what film shows
  const float scale = std::max(kFlat, static_cast<float>(kMadToSd * median(values)));
  for (int y = 0; y < window.rows; ++y) {
    for (int x = 0; x < window.cols; ++x) {
      if (!inside.at<uint8_t>(y, x)) continue;
      const float value = (window.at<float>(y, x) - center) / scale;
      result.at<float>(y, x) = std::clamp(value, -kLimit, kLimit);
    }
  }
  return result;
}

ClassifierScores cross_validate(const std::vector<MassSample>& samples, int folds,
                                const ClassifierOptions& options, uint64_t seed, int threads,
                                Progress& progress) {
  check(options);
  const auto start = std::chrono::steady_clock::now();
  ClassifierScores scores;
  scores.fold = test_folds(samples, folds);
  const double not_tested = std::numeric_limits<double>::quiet_NaN();
  scores.score.assign(static_cast<size_t>(options.seeds),
                      std::vector<double>(samples.size(), not_tested));
  std::map<int, TrainingPart> parts;
  for (const int fold : scores.fold) {
    if (fold >= 0 && !parts.count(fold)) parts[fold] = training_part(samples, fold);
  }
  if (parts.empty()) return scores;
  const torch::Tensor disc = disc_weights(feature_side(samples.front().window.rows), options.disc);
  std::vector<Job> jobs = make_jobs(parts, options.seeds, seed);
  const OneThreadEach one_thread_each;
  parallel_for("training networks", std::ssize(jobs), threads, progress, [&](int64_t i) {
    at::init_num_threads();  // OpenMP keeps the number for each thread by itself
    Job& job = jobs[static_cast<size_t>(i)];
    train(job.network, parts.at(job.fold), disc, options, job.rng);
    job.network->eval();
    const torch::NoGradGuard no_grad;
    std::vector<double>& said = scores.score[static_cast<size_t>(job.seed)];
    for (size_t k = 0; k < samples.size(); ++k) {
      if (scores.fold[k] == job.fold) said[k] = score(job.network, samples[k].window, disc);
    }
  });
  scores.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return scores;
}

}  // namespace mammograft
