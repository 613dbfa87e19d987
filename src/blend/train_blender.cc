#include "blend/train_blender.h"

#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <future>

#include "blend/adversaries.h"
#include "blend/blend_input.h"
#include "blend/blend_losses.h"
#include "blend/blend_quality.h"
#include "blend/blend_sheet.h"
#include "blend/blender_file.h"
#include "blend/discriminator.h"
#include "blend/jitter.h"
#include "blend/make_discriminator.h"
#include "cohort/fingerprint.h"
#include "core/files.h"
#include "core/log.h"
#include "image/image_io.h"
#include "nn/best_state.h"
#include "nn/precision.h"
#include "nn/tensor_names.h"
#include "nn/training.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

constexpr int kSheetRows = 8;
constexpr int kValidationBatch = 16;

const std::vector<std::string> kLossNames = {"loss_g", "adversarial", "seamless", "background",
                                             "loss_d", "d_real",      "d_fake"};

struct TrainingBatch {
  BlendBatch fake;
  ShownWindows real;
};

// Logits of places, and how much each counts: of sum 1 in each sample.
struct Judgement {
  torch::Tensor logits, weight;

  torch::Tensor mean() const { return (logits * weight).sum({1, 2, 3}).mean(); }
  // The share of the places whose sign is right.
  double accuracy(bool real) const {
    const torch::Tensor right = ((logits > 0) == real).to(weight.scalar_type());
    return (right * weight).sum({1, 2, 3}).mean().item<double>();
  }
};

ShownWindows shown_windows(const std::vector<RealWindow>& windows) {
  std::vector<cv::Mat> images, omegas;
  for (const RealWindow& window : windows) {
    images.push_back(normalised(window.x, window.range));
    omegas.emplace_back();
    window.omega.convertTo(omegas.back(), CV_32F, 1.0 / 255);
  }
  return {to_tensor(images), to_tensor(omegas)};
}

class BlenderTrainer : public Trainer {
 public:
  BlenderTrainer(const BlendSet& set, const BlenderTrainingOptions& options,
                 const Training& training)
      : set_(set),
        options_(options),
        rng_(training.rng("blender")),
        device_(training.device()),
        compute_(resolve_precision(options.precision, device_)),
        run_(training.folder()),
        generator_(options.generator),
        discriminator_(make_discriminator(options.discriminator)),
        averaged_(options.generator),
        networks_(*generator_, *discriminator_, options, device_) {
    if (options.data.window_px % generator_->multiple() != 0) {
      fail(ErrorKind::usage, "data.window_px: found {}, expected a multiple of {}",
           options.data.window_px, generator_->multiple());
    }
    averaged_->to(device_);
  }

  StepOutput step(int64_t i) override;
  TensorMap save() const override;
  void load(const TensorMap& tensors) override;
  const BestState& best() const { return best_; }

 private:
  void validate(int64_t steps_done);
  TrainingBatch make_batch(int64_t i) const;
  TrainingBatch next_batch(int64_t i);
  torch::Tensor generate(Generator& generator, const BlendBatch& batch);
  Judgement judge(const ShownWindows& windows);
  Judgement judge_jittered(const ShownWindows& windows, Rng& rng) {
    return judge(jitter(windows, options_.jitter, rng));
  }
  double accuracy(const std::vector<cv::Mat>& results);
  torch::Tensor step_discriminator(const TrainingBatch& batch, const torch::Tensor& fake, Rng& rng,
                                   double rate, std::vector<torch::Tensor>& means);
  std::vector<cv::Mat> validation_results();
  ShownWindows on_device(const ShownWindows& windows) const {
    return {windows.images.to(device_), windows.omega.to(device_)};
  }
  BlendInputOptions input_options() const {
    return {options_.generator, options_.match, options_.method == "noprior"};
  }
  bool adversarial() const { return options_.loss.adversarial_weight > 0; }

  const BlendSet& set_;
  const BlenderTrainingOptions& options_;
  Rng rng_;
  torch::Device device_;
  torch::ScalarType compute_;
  RunFolder run_;
  Generator generator_;
  std::shared_ptr<DiscriminatorImpl> discriminator_;
  Generator averaged_;  // holds the average where windows are made for measurements
  Adversaries networks_;
  BestState best_{BestState::Better::smaller};  // of the average
  int64_t steps_done_ = 0;
  std::future<TrainingBatch> prefetched_;
  int64_t prefetched_step_ = -1;
};

TrainingBatch BlenderTrainer::make_batch(int64_t i) const {
  std::vector<GraftWindow> windows;
  std::vector<Rng> rngs;
  std::vector<RealWindow> reals;
  for (int64_t k = i * options_.batch; k < (i + 1) * options_.batch; ++k) {
    windows.push_back(set_.draw(k, rng_));
    rngs.push_back(rng_.fork("noise", static_cast<uint64_t>(k)));
    if (adversarial()) reals.push_back(set_.draw_real(k, rng_));
  }
  TrainingBatch batch{make_blend_batch(windows, input_options(), rngs), {}};
  for (torch::Tensor* tensor :
       {&batch.fake.x, &batch.fake.e, &batch.fake.pasted, &batch.fake.omega, &batch.fake.feather,
        &batch.fake.breast, &batch.fake.seen, &batch.fake.body, &batch.fake.fused}) {
    *tensor = tensor->to(device_);
  }
  if (!adversarial()) return batch;
  batch.real = on_device(shown_windows(reals));
  return batch;
}

// The next batch is made while the networks work on this one.
TrainingBatch BlenderTrainer::next_batch(int64_t i) {
  TrainingBatch batch = prefetched_step_ == i ? prefetched_.get() : make_batch(i);
  prefetched_step_ = i + 1;
  prefetched_ = i + 1 < options_.steps
                    ? std::async(std::launch::async, [this, i] { return make_batch(i + 1); })
                    : std::future<TrainingBatch>();
  return batch;
}

torch::Tensor BlenderTrainer::generate(Generator& generator, const BlendBatch& batch) {
  const torch::Tensor input = batch.input().to(compute_).contiguous(at::MemoryFormat::ChannelsLast);
  const torch::Tensor y = generator(input).to(torch::kFloat);
  return compose(batch.x, batch.body, y, batch.feather, options_.generator);
}

Judgement BlenderTrainer::judge(const ShownWindows& windows) {
  const DiscriminatorOptions& options = options_.discriminator;
  const torch::Tensor& images = windows.images;
  const torch::Tensor seen = options.gain * (images - images.detach().mean({1, 2, 3}, true));
  const torch::Tensor input = options.sees_mask ? torch::cat({seen, windows.omega}, 1) : seen;
  return {discriminator_->forward(input, compute_), discriminator_->response_weight(windows.omega)};
}

// R1 (Mescheder et al. 2018): half of the squared gradient of the mean response.
torch::Tensor gradient_penalty(const Judgement& of_real, const torch::Tensor& images) {
  const torch::Tensor gradient =
      torch::autograd::grad({(of_real.logits * of_real.weight).sum()}, {images}, {},
                            /*retain_graph=*/true, /*create_graph=*/true)[0];
  return gradient.square().sum({1, 2, 3}).mean() / 2;
}

torch::Tensor BlenderTrainer::step_discriminator(const TrainingBatch& batch,
                                                 const torch::Tensor& fake, Rng& rng, double rate,
                                                 std::vector<torch::Tensor>& means) {
  const double penalty = options_.discriminator.gradient_penalty;
  ShownWindows real = jitter(batch.real, options_.jitter, rng);
  if (penalty > 0) real.images = real.images.detach().set_requires_grad(true);
  const Judgement of_real = judge(real);
  const Judgement of_fake = judge_jittered({fake.detach(), batch.fake.omega}, rng);
  torch::Tensor loss = discriminator_loss(of_real.logits, of_real.weight, of_fake.logits,
                                          of_fake.weight, options_.loss.adversarial);
  if (penalty > 0) loss = loss + penalty * gradient_penalty(of_real, real.images);
  networks_.step_discriminator(loss, rate);
  means = {of_real.mean().detach(), of_fake.mean().detach()};
  return loss.detach();
}

StepOutput BlenderTrainer::step(int64_t i) {
  const TrainingBatch batch = next_batch(i);
  Rng rng = rng_.fork("jitter", static_cast<uint64_t>(i));
  const double rate = learning_rate(options_.schedule, i, options_.steps);
  const torch::Tensor g = generate(generator_, batch.fake);
  const torch::Tensor nothing = torch::zeros({}, g.options());
  torch::Tensor loss_d = nothing, adversary = nothing;
  std::vector<torch::Tensor> means = {nothing, nothing};
  if (adversarial()) {
    loss_d = step_discriminator(batch, g, rng, rate, means);
    networks_.begin_generator();
    const Judgement of_fake = judge_jittered({g, batch.fake.omega}, rng);
    adversary = adversarial_loss(of_fake.logits, of_fake.weight, options_.loss.adversarial);
  }
  const torch::Tensor guide =
      options_.loss.guidance == "fused" ? batch.fake.fused : torch::Tensor();
  const torch::Tensor seamless =
      options_.loss.seamless
          ? seamless_loss(g, batch.fake.x, batch.fake.e, batch.fake.omega, options_.loss, guide)
          : nothing;
  const torch::Tensor background =
      background_loss(g, batch.fake.x, batch.fake.breast, batch.fake.omega, options_.loss.epsilon);
  const GeneratorLosses losses = generator_loss(adversary, seamless, background, options_.loss);
  networks_.step_generator(losses.total, rate);
  steps_done_ = i + 1;
  const int64_t done = steps_done_;
  if (done % options_.validate_every == 0 || done == options_.steps) validate(done);
  return {kLossNames,
          torch::stack({losses.total, losses.adversarial, losses.seamless, losses.background,
                        loss_d, means[0], means[1]})
              .detach(),
          rate};
}

std::vector<cv::Mat> BlenderTrainer::validation_results() {
  const torch::NoGradGuard no_grad;
  load_into(networks_.average(), *averaged_);
  std::vector<cv::Mat> results;
  const std::vector<GraftWindow>& windows = set_.validation();
  for (size_t first = 0; first < windows.size(); first += kValidationBatch) {
    const size_t last = std::min(windows.size(), first + kValidationBatch);
    const std::vector<GraftWindow> some(windows.begin() + static_cast<std::ptrdiff_t>(first),
                                        windows.begin() + static_cast<std::ptrdiff_t>(last));
    std::vector<Rng> rngs;
    for (size_t k = first; k < last; ++k) rngs.push_back(rng_.fork("validation noise", k));
    BlendBatch batch = make_blend_batch(some, input_options(), rngs);
    batch.x = batch.x.to(device_);
    batch.pasted = batch.pasted.to(device_);
    batch.omega = batch.omega.to(device_);
    batch.seen = batch.seen.to(device_);
    batch.feather = batch.feather.to(device_);
    batch.body = batch.body.to(device_);
    const torch::Tensor g = generate(averaged_, batch);
    for (size_t k = 0; k < some.size(); ++k) {
      cv::Mat result = grey_levels(to_image(g[static_cast<int64_t>(k)][0]), some[k].range);
      some[k].x.copyTo(result, ~some[k].omega);  // as write_back() does
      results.push_back(result);
    }
  }
  return results;
}

// Of the discriminator, on grafts and real masses of held-out patients: 0.5 is chance. Spectral
// norm must not go on meanwhile: a measurement changes no training.
double BlenderTrainer::accuracy(const std::vector<cv::Mat>& results) {
  const torch::NoGradGuard no_grad;
  discriminator_->eval();
  std::vector<RealWindow> grafts;
  for (size_t i = 0; i < results.size(); ++i) {
    const GraftWindow& window = set_.validation()[i];
    grafts.push_back({results[i], window.mask, window.omega, window.breast, window.range});
  }
  const auto of = [&](const std::vector<RealWindow>& windows, bool real) {
    double sum = 0;
    for (const RealWindow& window : windows)
      sum += judge(on_device(shown_windows({window}))).accuracy(real);
    return sum / static_cast<double>(windows.size());
  };
  const double right = (of(set_.held_out_reals(), true) + of(grafts, false)) / 2;
  discriminator_->train();
  return right;
}

void BlenderTrainer::validate(int64_t steps_done) {
  const std::vector<cv::Mat> results = validation_results();
  const BlendQuality quality = measure_quality(set_, results, options_.data.grid_mm);
  Json line{{"step", steps_done},
            {"score", quality.score},
            {"contrast", quality.contrast.ratio_of_means},
            {"slope", quality.contrast.slope},
            {"invisible", quality.contrast.invisible_share},
            {"seam", quality.seam},
            {"hf", quality.hf}};
  if (adversarial() && !set_.held_out_reals().empty()) line["d_accuracy"] = accuracy(results);
  append_line(run_.validation_log(), line.dump());
  const bool last = steps_done == options_.steps;
  if (options_.keep == "best" || last) best_.offer(quality.score, steps_done, networks_.average());
  if (options_.sheet_every <= 0 || (steps_done % options_.sheet_every != 0 && !last)) return;
  create_folder(run_.sheets());
  const size_t rows = std::min<size_t>(kSheetRows, results.size());
  const auto& windows = set_.validation();
  write_png(run_.sheet(steps_done),
            blend_sheet({windows.begin(), windows.begin() + static_cast<std::ptrdiff_t>(rows)},
                        {results.begin(), results.begin() + static_cast<std::ptrdiff_t>(rows)},
                        options_.match));
}

TensorMap BlenderTrainer::save() const {
  TensorMap tensors = networks_.save();
  tensors.merge(best_.state());
  tensors["steps_done"] = torch::scalar_tensor(steps_done_, torch::kInt64);
  return tensors;
}

void BlenderTrainer::load(const TensorMap& tensors) {
  networks_.load(tensors);
  best_.load_state(tensors);
  steps_done_ = tensors.at("steps_done").item<int64_t>();
}

BlenderInfo info_of(const BestState& best, const BlendSet& set,
                    const BlenderTrainingOptions& options, uint64_t seed) {
  BlenderInfo info;
  info.options = {.method = options.method,
                  .grid_mm = options.data.grid_mm,
                  .window_px = options.data.window_px,
                  .match = options.match,
                  .generator = options.generator,
                  .vanilla = {},
                  .lesion = options.data.lesion,
                  .intensity = options.data.intensity};
  info.patients_hashed = PatientSet::of(set.patients());
  info.training = {{"seed", seed},
                   {"steps", options.steps},
                   {"best_step", best.step()},
                   {"best_score", best.score()},
                   {"lesions", set.lesions()},
                   {"backgrounds", set.backgrounds()}};
  return info;
}

}  // namespace

TrainingRun train_blender(const Cohort& backgrounds, const Cohort& lesions,
                          const BlenderTrainingOptions& options, const RunFolder& run,
                          const RunContext& context) {
  check(options);
  const Training training(
      run, context,
      {"blender", fingerprint(backgrounds) + fingerprint(lesions), to_json(options), std::nullopt});
  const BlendSet set(backgrounds, lesions, options.data, context.seed, context.threads,
                     context.progress);
  log_info(fmt::format(
      "{} lesions and {} backgrounds to learn from, {} real masses to look like; {} lesions are "
      "held out to choose the best state",
      set.lesions(), set.backgrounds(), set.reals().size(), set.held_out_lesions()));
  BlenderTrainer trainer(set, options, training);
  const int64_t steps =
      training.run(trainer, {options.steps, options.checkpoint_every, options.log_every});
  const BestState& best = trainer.best();
  if (best.empty()) {
    fail(ErrorKind::bad_input, "{}: no validation gave a score, so there is no best state",
         run.validation_log().string());
  }
  log_info(
      fmt::format("the state of step {} is the best, score {:.3f}", best.step(), best.score()));
  save_blender(run.model(), best.tensors(), info_of(best, set, options, context.seed));
  return {run.model(), steps, best.step()};
}

}  // namespace mammograft
