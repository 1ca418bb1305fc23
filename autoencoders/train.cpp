#include "autoencoders/train.hpp"

#include "autoencoders/explicit_backprop.hpp"

namespace strata {

const char* backprop_name(BackpropKind kind) {
  return kind == BackpropKind::tape ? "tape" : "explicit";
}

BackpropKind backprop_named(const std::string& name) {
  check(name == "explicit" || name == "tape", "backprop: there is no '", name, "' (choose explicit or tape)");
  return name == "tape" ? BackpropKind::tape : BackpropKind::explicit_rule;
}

std::unique_ptr<Backprop> make_backprop(BackpropKind kind, DenseAutoencoder& model, Workers* workers) {
  if (kind == BackpropKind::tape) return std::make_unique<TapeBackprop>(model, workers);
  return std::make_unique<ExplicitBackprop>(model, workers);
}

History train(DenseAutoencoder& model, const Dataset& data, Rng& rng, const FitOptions& options,
              const Engine& engine) {
  check(data.features() == model.features(), "train: the data '", data.name, "' is ", data.X.shape,
        " but the model has ", model.features(), " features");
  check_data_range(model.decoder.back().activation, data.X);
  const auto backprop = make_backprop(engine.backprop, model, engine.workers);
  return fit(*backprop, data, rng, options);
}

History train_on_tape(Autoencoder& model, const Dataset& data, Rng& rng, const FitOptions& options,
                      Workers* workers) {
  model.check_data(data.X);
  TapeBackprop backprop(model, workers);
  return fit(backprop, data, rng, options);
}

}  // namespace strata
