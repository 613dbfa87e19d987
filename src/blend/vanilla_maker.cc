#include "blend/vanilla_maker.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "blend/blend_input.h"
#include "blend/blender_file.h"
#include "blend/vanilla_gan.h"
#include "cohort/segmentation_json.h"
#include "core/files.h"
#include "graft/lesion_bank.h"
#include "nn/compute.h"

namespace mammograft {
namespace {

// An image and the mask of its mass, which is empty where it could not be made.
struct Made {
  cv::Mat pixels, mask;
};

class VanillaMaker : public ImageMaker {
 public:
  VanillaMaker(const std::filesystem::path& model, const SynthesisOptions& options,
               const RunContext& context)
      : options_(options),
        seed_(context.seed),
        rng_(Rng(context.seed).fork("synthesize vanilla")),
        model_hash_(hash_hex(read_file(model))),
        generator_(load_vanilla(model, &info_)),
        threads_(context.threads) {}

  std::string method() const override { return "vanilla"; }
  std::string label() const override { return "making images"; }
  std::string title(int64_t images) const override {
    return fmt::format("synthetic: {} images of a vanilla GAN", images);
  }
  Json description() const override {
    return {{"method", method()},
            {"seed", seed_},
            {"options", to_json(options_)},
            {"model_hash", model_hash_}};
  }
  Json info() const override {
    return {{"synthesis", {{"method", method()}, {"seed", seed_}, {"model_hash", model_hash_}}}};
  }
  std::vector<Category> categories() const override { return {{1, "mass"}}; }
  PatientSet patients() const override { return info_.patients_hashed; }

  std::vector<MadeImage> make(int64_t first, const std::vector<Json>& notes) override;

 private:
  Made one(const Rng& rng);
  void describe(const cv::Mat& mask, MadeImage& image) const;

  const SynthesisOptions options_;
  uint64_t seed_;
  Rng rng_;
  std::string model_hash_;
  BlenderInfo info_;
  VanillaGenerator generator_;
  int threads_;
};

Made VanillaMaker::one(const Rng& rng) {
  const torch::NoGradGuard no_grad;
  for (int64_t k = 0; k < options_.attempts; ++k) {
    const torch::Tensor made = generator_(
        vanilla_noise(1, info_.options.vanilla, rng.fork("z", static_cast<uint64_t>(k))));
    const cv::Mat mask = to_image(made[0][1]) > 0;
    if (cv::countNonZero(mask) > 0) return {grey_levels(to_image(made[0][0]), {}), mask};
  }
  return {};
}

void VanillaMaker::describe(const cv::Mat& mask, MadeImage& image) const {
  const double mm_per_px = info_.options.grid_mm;  // 0: not known
  image.record.width = mask.cols;
  image.record.height = mask.rows;
  if (mm_per_px > 0) image.record.pixel_spacing_mm = {mm_per_px, mm_per_px};
  image.record.status = Status::mass;
  image.record.source.emplace();
  image.record.source->method = method();
  image.record.source->seed = seed_;
  Annotation annotation;
  annotation.bbox = bounds(encode_rle(mask));
  annotation.segmentation = contours(mask, 0);
  annotation.mask_origin = MaskOrigin::synthetic;
  if (mm_per_px > 0) annotation.size_mm = largest_diameter(mask, {mm_per_px, mm_per_px});
  image.annotations.push_back(std::move(annotation));
}

// The mask is noted, so that what is on disk is never made again.
std::vector<MadeImage> VanillaMaker::make(int64_t first, const std::vector<Json>& notes) {
  set_threads_here(threads_);
  std::vector<MadeImage> images(notes.size());
  for (size_t k = 0; k < notes.size(); ++k) {
    check_cancelled();
    MadeImage& image = images[k];
    Made made;
    if (notes[k].is_null()) {
      made = one(rng_.fork("image", static_cast<uint64_t>(first) + k));
      image.pixels = made.pixels;
    } else {
      made.mask = decode_rle(rle_from_json(JsonView(notes[k], "synthesis.jsonl").at("mask"))) * 255;
    }
    image.made = !made.mask.empty();
    if (image.made) {
      describe(made.mask, image);
      image.note = {{"mask", rle_to_json(encode_rle(made.mask))}};
    } else {
      image.failures["its mask stayed empty"] += static_cast<int>(options_.attempts);
    }
  }
  return images;
}

}  // namespace

std::unique_ptr<ImageMaker> open_vanilla(const std::filesystem::path& model,
                                         const SynthesisOptions& options,
                                         const RunContext& context) {
  return std::make_unique<VanillaMaker>(model, options, context);
}

}  // namespace mammograft
