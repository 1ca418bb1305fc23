#pragma once
// The optimisers that take one gradient a step. Their formulas stand above their loops in
// first_order.cpp.

#include "core/optim/optimizer.hpp"

namespace strata {

/// Polyak (1964); Nesterov's variant as in Sutskever et al. (2013). sgd is plain gradient descent,
/// without momentum.
struct Sgd : Optimizer {
  OptimizerOptions options;
  double momentum = 0;  // of this epoch
  std::vector<Tensor> velocity;
  explicit Sgd(const OptimizerOptions& options_) : options(options_) { new_epoch(1); }
  void new_epoch(std::size_t epoch) override;
  void step(const std::vector<Parameter*>&, double learning_rate, double loss,
            const Recompute&) override;
  void remember(State& state) override { state.tensors("velocity", velocity); }
};

/// Duchi, Hazan and Singer (2011).
struct AdaGrad : Optimizer {
  double epsilon;
  std::vector<Tensor> sum_of_squares;
  explicit AdaGrad(double epsilon_) : epsilon(epsilon_) {}
  void step(const std::vector<Parameter*>&, double learning_rate, double loss,
            const Recompute&) override;
  void remember(State& state) override { state.tensors("sum_of_squares", sum_of_squares); }
};

/// Tieleman and Hinton (2012).
struct RmsProp : Optimizer {
  double alpha, epsilon;
  std::vector<Tensor> mean_square;
  RmsProp(double alpha_, double epsilon_) : alpha(alpha_), epsilon(epsilon_) {}
  void step(const std::vector<Parameter*>&, double learning_rate, double loss,
            const Recompute&) override;
  void remember(State& state) override { state.tensors("mean_square", mean_square); }
};

/// Kingma and Ba (2015); with weight_decay the AdamW of Loshchilov and Hutter (2019).
struct Adam : Optimizer {
  double beta1, beta2, epsilon, weight_decay;
  std::size_t steps = 0;  // steps taken: one for all tensors together
  std::vector<Tensor> mean, mean_square;
  Adam(double beta1_, double beta2_, double epsilon_, double weight_decay_)
      : beta1(beta1_), beta2(beta2_), epsilon(epsilon_), weight_decay(weight_decay_) {}
  void step(const std::vector<Parameter*>&, double learning_rate, double loss,
            const Recompute&) override;
  void remember(State& state) override {
    state.count("steps", steps);
    state.tensors("mean", mean);
    state.tensors("mean_square", mean_square);
  }
};

}  // namespace strata
