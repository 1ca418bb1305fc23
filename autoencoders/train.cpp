#include "autoencoders/train.hpp"

#include "autoencoders/denoising.hpp"

namespace strata {

bool has_explicit_backprop(Autoencoder& model) {
  const DenseAutoencoder* const dense = dense_net_of(model);
  return dense != nullptr && dense->dropout == 0;
}

std::unique_ptr<Backprop> make_backprop(BackpropKind kind, Autoencoder& model, Workers* workers) {
  const bool by_hand = kind == BackpropKind::explicit_rule && has_explicit_backprop(model);
  if (!by_hand) return std::make_unique<TapeBackprop>(model, workers);
  if (auto* const denoising = dynamic_cast<DenoisingAutoencoder*>(&model))
    return std::make_unique<DenoisingBackprop>(*denoising, workers);
  return std::make_unique<ExplicitBackprop>(*dense_net_of(model), workers);
}

void check_optimizer(Autoencoder& model, const OptimizerOptions& optimizer) {
  check(optimizer.kind != OptimizerKind::lbfgs || model.generators().empty(),
        "lbfgs: its line search needs an objective that stands still, but this one draws at random "
        "each time (choose another, like adam)");
}

History train(Autoencoder& model, const Dataset& data, Rng& rng, FitOptions options,
              const Engine& engine) {
  model.check_data(data.X);
  check_optimizer(model, options.optimizer);
  model.begin_at_means(data.X);
  const auto backprop = make_backprop(engine.backprop, model, engine.workers);
  options.before_epoch = [&model, tell = options.before_epoch](std::size_t epoch) {
    model.start_epoch(epoch);
    if (tell) tell(epoch);
  };
  return fit(*backprop, data, rng, options, engine.listeners);
}

}  // namespace strata
