// What the trainings of both GANs share: the optimisers of generator and discriminator, the running
// average of the generator, and all their state in a checkpoint.
#pragma once

#include <torch/nn/module.h>

#include "blend/blender_training_options.h"
#include "nn/exponential_average.h"
#include "nn/optimizer.h"

namespace mammograft {

class Adversaries {
 public:
  // Brings both networks, which must outlive this, to the device.
  Adversaries(torch::nn::Module& generator, torch::nn::Module& discriminator,
              const BlenderTrainingOptions& options, torch::Device device);

  // A step of the discriminator, at its own rate.
  void step_discriminator(const torch::Tensor& loss, double learning_rate);

  // A step of the generator, whose loss is computed between these two: the discriminator passes
  // gradients on and takes none meanwhile. The average follows.
  void begin_generator();
  void step_generator(const torch::Tensor& loss, double learning_rate);

  TensorMap average() const { return average_.value(); }  // of the generator's parameters

  // "generator.*", "discriminator.*", "generator_optimizer.*", "discriminator_optimizer.*",
  // "average.*"; load() takes them from all the tensors of a checkpoint.
  TensorMap save() const;
  void load(const TensorMap& checkpoint);

 private:
  void let_discriminator_learn(bool learns);

  torch::nn::Module& generator_;
  torch::nn::Module& discriminator_;
  double discriminator_rate_;
  ExponentialAverage average_;
  Optimizer generator_optimizer_, discriminator_optimizer_;
};

}  // namespace mammograft
