#include "blend/adversaries.h"

#include "nn/tensor_names.h"

namespace mammograft {
namespace {

torch::nn::Module& brought(torch::nn::Module& network, torch::Device device) {
  network.to(device);
  return network;
}

}  // namespace

Adversaries::Adversaries(torch::nn::Module& generator, torch::nn::Module& discriminator,
                         const BlenderTrainingOptions& options, torch::Device device)
    : generator_(brought(generator, device)),
      discriminator_(brought(discriminator, device)),
      discriminator_rate_(options.discriminator_rate),
      average_(parameters_of(generator_), options.ema_decay),
      generator_optimizer_(parameters_of(generator_), options.optimizer),
      discriminator_optimizer_(parameters_of(discriminator_), options.optimizer) {}

void Adversaries::let_discriminator_learn(bool learns) {
  for (torch::Tensor& parameter : discriminator_.parameters()) parameter.set_requires_grad(learns);
}

void Adversaries::step_discriminator(const torch::Tensor& loss, double learning_rate) {
  discriminator_optimizer_.zero_grad();
  loss.backward();
  discriminator_optimizer_.step(learning_rate * discriminator_rate_);
}

void Adversaries::begin_generator() { let_discriminator_learn(false); }

void Adversaries::step_generator(const torch::Tensor& loss, double learning_rate) {
  generator_optimizer_.zero_grad();
  loss.backward();
  generator_optimizer_.step(learning_rate);
  let_discriminator_learn(true);
  average_.update(parameters_of(generator_));
}

TensorMap Adversaries::save() const {
  TensorMap tensors = with_prefix(copied(named_tensors(generator_)), "generator.");
  tensors.merge(with_prefix(copied(named_tensors(discriminator_)), "discriminator."));
  tensors.merge(with_prefix(generator_optimizer_.state(), "generator_optimizer."));
  tensors.merge(with_prefix(discriminator_optimizer_.state(), "discriminator_optimizer."));
  tensors.merge(with_prefix(average_.state(), "average."));
  return tensors;
}

void Adversaries::load(const TensorMap& checkpoint) {
  load_into(without_prefix(checkpoint, "generator."), generator_);
  load_into(without_prefix(checkpoint, "discriminator."), discriminator_);
  generator_optimizer_.load_state(without_prefix(checkpoint, "generator_optimizer."));
  discriminator_optimizer_.load_state(without_prefix(checkpoint, "discriminator_optimizer."));
  average_.load_state(without_prefix(checkpoint, "average."));
}

}  // namespace mammograft
