#pragma once
// Optimisers: given the gradient in every parameter, they move its value. A step uses the gradient
// up: afterwards it is zero, set in the same pass over memory, ready for the next backward pass to
// add to. The definitions are PyTorch's, step for step; g is the gradient, η the learning rate, t
// counts steps from 1.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/autodiff/parameter.hpp"
#include "core/choice.hpp"
#include "core/io/state.hpp"
#include "core/parallel.hpp"

namespace strata {

/// Computes the objective again at the parameters' present values: returns it, and leaves its
/// gradient in them. Line searches need it.
using Recompute = std::function<double()>;

struct Optimizer {
  virtual ~Optimizer() = default;
  /// One step. `loss` is the objective whose gradient the parameters hold now. The list must be the
  /// same at every step: momentum and the like are kept by position. Throws Error when it changes.
  virtual void step(const std::vector<Parameter*>& parameters, double learning_rate, double loss,
                    const Recompute& recompute) = 0;
  /// Says that the next steps are on another batch, and so on another objective. Means over many
  /// batches, momentum and Adam's, go on; lbfgs forgets what it knows of the old objective's
  /// curvature.
  virtual void new_batch() {}
  /// Says that the next steps belong to this epoch, counted from 1.
  virtual void new_epoch(std::size_t) {}

  /// What goes on from step to step (core/io/state.hpp): once it is put back, the next step is the
  /// one that would have been taken.
  virtual void remember(State& state) = 0;

  Workers* workers = nullptr;  // threads for large parameters; may be null
};

enum class OptimizerKind { sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, lbfgs };
inline const Choice<OptimizerKind> optimizer_kinds{
    "optimizer", {"sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "lbfgs"}};

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::adam;
  double momentum = 0.9;            // momentum, nesterov
  double momentum_at_first = 0.5;   // the same in the first epochs, ...
  std::size_t epochs_at_first = 0;  // ... which are this many
  /// momentum: v ← μ v + η g, w ← w − v, as Hinton (2012) writes it; PyTorch's v has no η in it.
  /// While η stays as it is, both take the same steps, but for rounding.
  bool rate_in_velocity = false;
  double alpha = 0.99;   // rmsprop: how slowly its mean of g² forgets
  double beta1 = 0.9;    // adam: the mean of g
  double beta2 = 0.999;  // adam: the mean of g²
  double epsilon = 0;    // added to the root; 0: PyTorch's, 1e-10 for adagrad, 1e-8 for the others
  /// Of weights only (Parameter::decays). sgd, momentum, nesterov: part of g, 0 unless given;
  /// adamw: decoupled, 0.01 unless given.
  std::optional<double> weight_decay{};
  std::size_t history = 20;  // lbfgs: pairs that are remembered
};

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options);
/// A learning rate that is a reasonable first try for this kind.
double usual_learning_rate(OptimizerKind kind);

}  // namespace strata
