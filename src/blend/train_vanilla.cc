#include "blend/train_vanilla.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>

#include "blend/adversaries.h"
#include "blend/blend_input.h"
#include "blend/blend_losses.h"
#include "blend/blender_file.h"
#include "blend/jitter.h"
#include "blend/vanilla_gan.h"
#include "blend/vanilla_set.h"
#include "cohort/fingerprint.h"
#include "core/files.h"
#include "core/first_few.h"
#include "core/log.h"
#include "core/rounds.h"
#include "image/draw.h"
#include "image/image_io.h"
#include "nn/tensor_names.h"
#include "nn/training.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

constexpr int kSheetImages = 16;

torch::Tensor sums_to_one(const torch::Tensor& logits) { return torch::ones_like(logits); }

class VanillaTrainer : public Trainer {
 public:
  VanillaTrainer(const VanillaSet& set, const BlenderTrainingOptions& options,
                 const Training& training)
      : set_(set),
        options_(options),
        rng_(training.rng("vanilla")),
        device_(training.device()),
        run_(training.folder()),
        generator_(options.vanilla),
        discriminator_(options.vanilla, options.discriminator.spectral_norm),
        networks_(*generator_, *discriminator_, options, device_) {}

  StepOutput step(int64_t i) override {
    Rng rng = rng_.fork("jitter", static_cast<uint64_t>(i));
    const double rate = learning_rate(options_.schedule, i, options_.steps);
    const std::string& form = options_.loss.adversarial;
    const torch::Tensor real = reals(i).to(device_);
    const torch::Tensor z =
        vanilla_noise(options_.batch, options_.vanilla, rng_.fork("z", static_cast<uint64_t>(i)));
    const torch::Tensor fake = generator_(z.to(device_));
    const torch::Tensor of_real = judge(real, rng), of_fake = judge(fake.detach(), rng);
    const torch::Tensor loss_d =
        discriminator_loss(of_real, sums_to_one(of_real), of_fake, sums_to_one(of_fake), form);
    networks_.step_discriminator(loss_d, rate);
    networks_.begin_generator();
    const torch::Tensor verdict = judge(fake, rng);
    const torch::Tensor loss_g = adversarial_loss(verdict, sums_to_one(verdict), form);
    networks_.step_generator(loss_g, rate);
    if (options_.sheet_every > 0 &&
        ((i + 1) % options_.sheet_every == 0 || i + 1 == options_.steps))
      write_sheet(i + 1);
    return {{"loss_g", "loss_d"}, torch::stack({loss_g, loss_d}).detach(), rate};
  }

  TensorMap save() const override { return networks_.save(); }
  void load(const TensorMap& tensors) override { networks_.load(tensors); }
  TensorMap result() const { return networks_.average(); }

 private:
  // Mirrored top to bottom at random: the chest wall stays on the left.
  torch::Tensor reals(int64_t step) const {
    std::vector<cv::Mat> images, masks;
    for (int64_t k = step * options_.batch; k < (step + 1) * options_.batch; ++k) {
      const VanillaImage& one = set_.images[in_rounds(set_.images.size(), k, rng_, "order")];
      cv::Mat image = one.image, mask = one.mask;
      if (rng_.fork("flip", static_cast<uint64_t>(k)).chance(0.5)) {
        cv::flip(one.image, image = cv::Mat(), 0);
        cv::flip(one.mask, mask = cv::Mat(), 0);
      }
      images.push_back(image);
      masks.push_back(mask);
    }
    return torch::cat({to_tensor(images), to_tensor(masks)}, 1);
  }

  torch::Tensor judge(const torch::Tensor& both, Rng& rng) {
    const ShownWindows shown =
        jitter({both.narrow(1, 0, 1), both.narrow(1, 1, 1)}, options_.jitter, rng);
    return discriminator_(torch::cat({shown.images, shown.omega}, 1));
  }

  void write_sheet(int64_t steps_done) {
    const torch::NoGradGuard no_grad;
    VanillaGenerator averaged(options_.vanilla);
    load_into(networks_.average(), *averaged);
    const torch::Tensor made =
        averaged(vanilla_noise(kSheetImages, options_.vanilla, rng_.fork("sheet")));
    std::vector<Tile> tiles;
    for (int64_t k = 0; k < kSheetImages; ++k) {
      cv::Mat rgb = to_rgb(grey_levels(to_image(made[k][0]), {}));
      for (const Polygon& polygon : contours(to_image(made[k][1]) > 0))
        draw_polygon(rgb, polygon, colors::truth);
      tiles.push_back({rgb, ""});
    }
    create_folder(run_.sheets());
    write_png(run_.sheet(steps_done),
              montage(tiles, 8, options_.vanilla.side_px, options_.vanilla.side_px));
  }

  const VanillaSet& set_;
  const BlenderTrainingOptions& options_;
  Rng rng_;
  torch::Device device_;
  RunFolder run_;
  VanillaGenerator generator_;
  VanillaDiscriminator discriminator_;
  Adversaries networks_;
};

// Skin and fat are drawn too, which a range for lesions leaves below its black.
BlendSetOptions for_whole_images(BlendSetOptions options) {
  options.intensity.low_percentile = std::min(options.intensity.low_percentile, 1.0);
  return options;
}

BlenderInfo info_of(const VanillaSet& set, const BlenderTrainingOptions& options, uint64_t seed) {
  BlenderInfo info;
  info.options.method = "vanilla";
  info.options.grid_mm = set.mm_per_px;
  info.options.vanilla = options.vanilla;
  info.options.intensity = options.data.intensity;
  info.patients_hashed = PatientSet::of(set.patients);
  info.training = {{"seed", seed}, {"steps", options.steps}, {"images", set.images.size()}};
  return info;
}

}  // namespace

TrainingRun train_vanilla(const Cohort& cohort, BlenderTrainingOptions options,
                          const RunFolder& run, const RunContext& context) {
  check(options);
  options.data = for_whole_images(options.data);
  const Training training(run, context,
                          {"vanilla", fingerprint(cohort), to_json(options), std::nullopt});
  const VanillaSet set = read_vanilla_set(cohort, options.vanilla.side_px, options.data,
                                          context.threads, context.progress);
  log_info(fmt::format("{} whole mammograms with a mass to learn from", set.images.size()));
  if (!set.unseen.empty()) {
    log_warning(
        fmt::format("left out: {} images whose masses are smaller than a pixel at {} px: {}",
                    set.unseen.size(), options.vanilla.side_px, first_few(set.unseen, 5)));
  }
  VanillaTrainer trainer(set, options, training);
  const int64_t steps =
      training.run(trainer, {options.steps, options.checkpoint_every, options.log_every});
  save_blender(run.model(), trainer.result(), info_of(set, options, context.seed));
  return {run.model(), steps, options.steps};
}

}  // namespace mammograft
