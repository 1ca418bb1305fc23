#pragma once

#include <memory>
#include <string>

#include "autoencoders/dense_autoencoder.hpp"
#include "layers/fit.hpp"

namespace strata {

/// How gradients are computed: the delta rule by hand, or the tape. They agree to rounding.
enum class BackpropKind { explicit_rule, tape };
inline const Choice<BackpropKind> backprop_kinds{"backprop", {"explicit", "tape"}};

/// Whether the delta rule by hand covers the model: the kinds that are settings of the dense
/// autoencoder, also where they denoise, without dropout.
bool has_explicit_backprop(Autoencoder& model);
/// The model and the workers, if any, must outlive the result. A model without a rule by hand gets
/// the tape.
std::unique_ptr<Backprop> make_backprop(BackpropKind kind, Autoencoder& model,
                                        Workers* workers = nullptr);

/// What all trainings of a run share: the kind of backprop, the threads, and who listens. It is
/// handed down to each of them.
struct Engine {
  BackpropKind backprop = BackpropKind::explicit_rule;
  Workers* workers = nullptr;
  Listeners listeners{};
};

/// Throws Error for L-BFGS where the model's objective draws at random: its line search compares
/// values of one function.
void check_optimizer(Autoencoder& model, const OptimizerOptions& optimizer);

/// Trains an autoencoder of any kind to reconstruct the data set (fit.hpp). Throws Error where the
/// model can never fit the data (check_data), or not with this optimiser (check_optimizer).
History train(Autoencoder& model, const Dataset& data, Rng& rng, FitOptions options,
              const Engine& engine = {});

}  // namespace strata
