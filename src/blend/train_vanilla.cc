#include "blend/train_vanilla.h"

#include <torch/torch.h>

#include <cmath>
#include <numeric>

#include "blend/blend_input.h"
#include "blend/blend_losses.h"
#include "blend/blender_file.h"
#include "blend/vanilla_gan.h"
#include "blend/vanilla_set.h"
#include "cohort/fingerprint.h"
#include "core/files.h"
#include "core/first_few.h"
#include "core/log.h"
#include "core/run_folder.h"
#include "image/draw.h"
#include "image/image_io.h"
#include "nn/compute.h"
#include "nn/exponential_average.h"
#include "nn/optimizer.h"
#include "nn/precision.h"
#include "nn/tensor_names.h"
#include "nn/training_loop.h"
#include "nn/training_run.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

constexpr int kSheetImages = 16;

torch::Tensor noise(int64_t n, int64_t latent, Rng rng) {
  torch::Tensor z = torch::empty({n, latent});
  float* values = z.data_ptr<float>();
  for (int64_t i = 0; i < z.numel(); ++i) values[i] = static_cast<float>(rng.normal());
  return z;
}

torch::Tensor sums_to_one(const torch::Tensor& logits) { return torch::ones_like(logits); }

class VanillaTrainer {
 public:
  VanillaTrainer(const VanillaSet& set, const BlenderTrainingOptions& options, uint64_t seed,
                 torch::Device device, RunFolder run)
      : set_(set),
        options_(options),
        rng_(Rng(seed).fork("vanilla")),
        device_(device),
        run_(std::move(run)),
        generator_(options.vanilla),
        discriminator_(options.vanilla, options.discriminator.spectral_norm),
        average_(parameters_of(*generator_), options.ema_decay),
        generator_optimizer_(parameters_of(*generator_), options.optimizer),
        discriminator_optimizer_(parameters_of(*discriminator_), options.optimizer) {
    generator_->to(device_);
    discriminator_->to(device_);
  }

  StepOutput step(int64_t i) {
    Rng rng = rng_.fork("jitter", static_cast<uint64_t>(i));
    const double rate = learning_rate(options_.schedule, i, options_.steps);
    const std::string& form = options_.loss.adversarial;
    const torch::Tensor real = reals(i).to(device_);
    const torch::Tensor z =
        noise(options_.batch, options_.vanilla.latent, rng_.fork("z", static_cast<uint64_t>(i)));
    const torch::Tensor fake = generator_(z.to(device_));
    discriminator_optimizer_.zero_grad();
    const torch::Tensor of_real = judge(real, rng), of_fake = judge(fake.detach(), rng);
    const torch::Tensor loss_d =
        discriminator_loss(of_real, sums_to_one(of_real), of_fake, sums_to_one(of_fake), form);
    loss_d.backward();
    discriminator_optimizer_.step(rate * options_.discriminator_rate);
    for (torch::Tensor& p : discriminator_->parameters()) p.set_requires_grad(false);
    const torch::Tensor verdict = judge(fake, rng);
    const torch::Tensor loss_g = adversarial_loss(verdict, sums_to_one(verdict), form);
    generator_optimizer_.zero_grad();
    loss_g.backward();
    generator_optimizer_.step(rate);
    for (torch::Tensor& p : discriminator_->parameters()) p.set_requires_grad(true);
    average_.update(parameters_of(*generator_));
    if (options_.sheet_every > 0 &&
        ((i + 1) % options_.sheet_every == 0 || i + 1 == options_.steps))
      write_sheet(i + 1);
    return {{"loss_g", "loss_d"}, torch::stack({loss_g, loss_d}).detach(), rate};
  }

  TensorMap save() const {
    TensorMap tensors;
    tensors.merge(with_prefix(copied(named_tensors(*generator_)), "generator."));
    tensors.merge(with_prefix(copied(named_tensors(*discriminator_)), "discriminator."));
    tensors.merge(with_prefix(generator_optimizer_.state(), "generator_optimizer."));
    tensors.merge(with_prefix(discriminator_optimizer_.state(), "discriminator_optimizer."));
    tensors.merge(with_prefix(average_.state(), "average."));
    return tensors;
  }

  void load(const TensorMap& tensors) {
    load_into(without_prefix(tensors, "generator."), *generator_);
    load_into(without_prefix(tensors, "discriminator."), *discriminator_);
    generator_optimizer_.load_state(without_prefix(tensors, "generator_optimizer."));
    discriminator_optimizer_.load_state(without_prefix(tensors, "discriminator_optimizer."));
    average_.load_state(without_prefix(tensors, "average."));
  }

  TensorMap result() const { return average_.value(); }

 private:
  // Mirrored top to bottom at random: the chest wall stays on the left.
  torch::Tensor reals(int64_t step) const {
    std::vector<cv::Mat> images, masks;
    const int64_t n = std::ssize(set_.images);
    for (int64_t k = step * options_.batch; k < (step + 1) * options_.batch; ++k) {
      std::vector<int64_t> order(static_cast<size_t>(n));
      std::iota(order.begin(), order.end(), 0);
      Rng shuffle = rng_.fork("order", static_cast<uint64_t>(k / n));
      shuffle.shuffle(order);
      const VanillaImage& one = set_.images[static_cast<size_t>(order[static_cast<size_t>(k % n)])];
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
    const torch::Tensor image = jitter(both.narrow(1, 0, 1), options_.jitter, rng);
    return discriminator_(torch::cat({image, both.narrow(1, 1, 1)}, 1));
  }

  void write_sheet(int64_t steps_done) {
    const torch::NoGradGuard no_grad;
    VanillaGenerator averaged(options_.vanilla);
    load_into(average_.value(), *averaged);
    const torch::Tensor made =
        averaged(noise(kSheetImages, options_.vanilla.latent, rng_.fork("sheet")));
    std::vector<Tile> tiles;
    for (int64_t k = 0; k < kSheetImages; ++k) {
      cv::Mat rgb = to_rgb(grey_levels(to_image(made[k][0]), {}));
      for (const Polygon& polygon : contours(to_image(made[k][1]) > 0))
        draw_polygon(rgb, polygon, colors::truth);
      tiles.push_back({rgb, ""});
    }
    create_folder(run_.sheets());
    write_png(run_.sheets() / fmt::format("step-{:06}.png", steps_done),
              montage(tiles, 8, options_.vanilla.side_px, options_.vanilla.side_px));
  }

  const VanillaSet& set_;
  const BlenderTrainingOptions& options_;
  Rng rng_;
  torch::Device device_;
  RunFolder run_;
  VanillaGenerator generator_;
  VanillaDiscriminator discriminator_;
  ExponentialAverage average_;
  Optimizer generator_optimizer_, discriminator_optimizer_;
};

void describe(int64_t i, const cv::Mat& mask, double mm_per_px, uint64_t seed, Cohort& cohort) {
  ImageRecord image;
  image.id = i + 1;
  image.file_name = fmt::format("images/vanilla-{:06}.png", i + 1);
  image.width = mask.cols;
  image.height = mask.rows;
  if (mm_per_px > 0) image.pixel_spacing_mm = {mm_per_px, mm_per_px};
  image.status = Status::mass;
  image.source.emplace();
  image.source->method = "vanilla";
  image.source->seed = seed;
  Annotation annotation;
  annotation.id = annotation.image_id = image.id;
  annotation.bbox = bounds(encode_rle(mask));
  annotation.segmentation = contours(mask, 0);
  annotation.mask_origin = MaskOrigin::synthetic;
  if (mm_per_px > 0) annotation.size_mm = largest_diameter(mask, {mm_per_px, mm_per_px});
  cohort.images.push_back(std::move(image));
  cohort.annotations.push_back(std::move(annotation));
}

}  // namespace

BlenderRun train_vanilla(const Cohort& cohort, const BlenderTrainingOptions& options, uint64_t seed,
                         int threads, const std::string& device_name, const fs::path& run_path,
                         Progress& progress) {
  const RunFolder run(run_path);
  set_threads(threads);
  const torch::Device device = resolve_device(device_name);
  begin_run(run, {{"kind", "vanilla"},
                  {"version", compute_description()},
                  {"seed", seed},
                  {"input", fingerprint(cohort)},
                  {"options", to_json(options)}});
  const VanillaSet set =
      read_vanilla_set(cohort, options.vanilla.side_px, options.data, threads, progress);
  log_info(fmt::format("{} whole mammograms with a mass to learn from", set.images.size()));
  if (!set.unseen.empty()) {
    log_warning(
        fmt::format("left out: {} images whose masses are smaller than a pixel at {} px: {}",
                    set.unseen.size(), options.vanilla.side_px, first_few(set.unseen, 5)));
  }
  torch::manual_seed(seed);
  VanillaTrainer trainer(set, options, seed, device, run);
  const LoopOptions loop{options.steps, options.checkpoint_every, options.log_every};
  const TrainingState state{[&] { return trainer.save(); },
                            [&](const TensorMap& t) { trainer.load(t); }};
  const int64_t steps =
      run_training_loop(run, loop, state, [&](int64_t i) { return trainer.step(i); }, progress);
  BlenderInfo info;
  info.options.method = "vanilla";
  info.options.grid_mm = set.mm_per_px;
  info.options.vanilla = options.vanilla;
  info.patients_hashed = PatientSet::of(set.patients);
  info.training = {{"seed", seed}, {"steps", options.steps}, {"images", set.images.size()}};
  save_blender(run.model(), trainer.result(), info);
  return {run.model(), steps, options.steps};
}

Cohort synthesize_vanilla(const fs::path& model, int64_t count, int64_t attempts, uint64_t seed,
                          int threads, const fs::path& out, Progress& progress) {
  set_threads(threads);
  BlenderInfo info;
  VanillaGenerator generator = load_vanilla(model, &info);
  const torch::NoGradGuard no_grad;
  const Rng rng = Rng(seed).fork("synthesize vanilla");
  create_folder(out / "images");
  remove_abandoned_temporaries(out / "images");
  Cohort cohort;
  cohort.folder = out;
  cohort.categories = {{1, "mass"}};
  Json skipped = Json::array();
  progress.start("making images", count);
  for (int64_t i = 0; i < count; ++i) {
    check_cancelled();
    const Rng own = rng.fork("image", static_cast<uint64_t>(i));
    cv::Mat image, mask;
    for (int64_t k = 0; k < attempts && mask.empty(); ++k) {
      const torch::Tensor made =
          generator(noise(1, info.options.vanilla.latent, own.fork("z", static_cast<uint64_t>(k))));
      cv::Mat inside = to_image(made[0][1]) > 0;
      if (cv::countNonZero(inside) == 0) continue;
      mask = inside;
      image = grey_levels(to_image(made[0][0]), {});
    }
    progress.advance(i + 1);
    if (mask.empty()) {
      skipped.push_back({{"image", i + 1}, {"reasons", "its mask stayed empty"}});
      continue;
    }
    describe(i, mask, info.options.grid_mm, seed, cohort);
    write_png(out / cohort.images.back().file_name, image);
  }
  progress.finish();
  if (cohort.images.empty())
    fail(ErrorKind::bad_input, "{}: makes no image with a mass", model.string());
  cohort.info = {
      {"description", fmt::format("synthetic: {} images of a vanilla GAN", cohort.images.size())},
      {"synthesis",
       {{"method", "vanilla"}, {"seed", seed}, {"model_hash", hash_hex(read_file(model))}}},
      {"images_skipped", skipped},
      {PatientSet::kKey, info.patients_hashed.to_json()}};
  write_cohort(cohort);
  return cohort;
}

}  // namespace mammograft
