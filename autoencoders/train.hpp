#pragma once

#include <memory>
#include <string>

#include "autoencoders/dense_autoencoder.hpp"
#include "layers/fit.hpp"

namespace strata {

/// How gradients are computed: the delta rule by hand, or the tape. They agree to rounding.
enum class BackpropKind { explicit_rule, tape };
const char* backprop_name(BackpropKind kind);  // explicit, tape
/// Throws Error for another name.
BackpropKind backprop_named(const std::string& name);

/// The model and the workers, if any, must outlive the result.
std::unique_ptr<Backprop> make_backprop(BackpropKind kind, DenseAutoencoder& model,
                                        Workers* workers = nullptr);

/// Who computes: the kind of backprop and the threads for it.
struct Engine {
  BackpropKind backprop = BackpropKind::explicit_rule;
  Workers* workers = nullptr;
};

/// Trains an autoencoder to reconstruct the data set (fit.hpp). Throws Error where sigmoid outputs cannot reach the data.
History train(DenseAutoencoder& model, const Dataset& data, Rng& rng, const FitOptions& options,
              const Engine& engine = {});

/// The same for an autoencoder of any kind, by the tape. Throws Error where the model cannot fit the data (check_data).
History train_on_tape(Autoencoder& model, const Dataset& data, Rng& rng, const FitOptions& options,
                      Workers* workers = nullptr);

}  // namespace strata
