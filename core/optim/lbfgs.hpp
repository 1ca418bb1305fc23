#pragma once
// Limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.4) with a line search for the strong
// Wolfe conditions (algorithms 3.5 and 3.6). For objectives of the whole data set, or for several
// steps on a large batch: the pairs it remembers are worth nothing on another batch.

#include <deque>

#include "core/optim/optimizer.hpp"

namespace strata {

struct Lbfgs : Optimizer {
  std::size_t history;  // pairs that are remembered
  struct Pair {
    std::vector<double> s;  // the step: w_{t+1} − w_t
    std::vector<double> y;  // how the gradient changed over it
    double rho;             // 1 / (y·s)
  };
  std::deque<Pair> pairs;
  bool stalled = false;   // no lower point was found, not even along the gradient ...
  double stalled_at = 0;  // ... from this value: while it lasts, a step does nothing

  explicit Lbfgs(std::size_t history_) : history(history_) {}

  /// One step along −H g, where H approximates the inverse Hessian. learning_rate is the length
  /// first tried (1 is Newton's); the first step of all is shortened to length 1. Calls recompute a
  /// few times. Where no lower point is found, the parameters stay and the remembered pairs are
  /// dropped.
  void step(const std::vector<Parameter*>& parameters, double learning_rate, double loss,
            const Recompute& recompute) override;
  /// Drops the pairs: they were differences between gradients of the old batch.
  void new_batch() override;
  void remember(State& state) override;
};

}  // namespace strata
