#include "core/optim/first_order.hpp"

#include <cmath>

namespace strata {

// Makes one zero tensor a parameter at the first step; later checks that the parameters are still
// the same.
static void match_state(std::vector<Tensor>& state, const std::vector<Parameter*>& parameters) {
  if (state.empty()) {
    for (const Parameter* p : parameters) state.emplace_back(p->value.shape);
  }
  bool same = state.size() == parameters.size();
  for (std::size_t k = 0; same && k < state.size(); ++k)
    same = state[k].shape == parameters[k]->value.shape;
  check(same,
        "optimizer: the parameters are not those of the first step (make a new optimiser for "
        "another model)");
}

namespace {

// Calls update(k, begin, end) for pieces of every parameter k; large parameters are cut among the
// threads.
template <class Update>
void for_each_piece(const std::vector<Parameter*>& parameters, Workers* workers,
                    const Update& update) {
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    for_ranges(workers, parameters[k]->value.size(), numbers_worth_a_thread,
               [&update, k](std::size_t begin, std::size_t end) { update(k, begin, end); });
  }
}

// Plain pointers and local constants, in this and the updates below: a compiler then knows that
// writing to w cannot change a constant, and computes many entries at once.
Real* numbers(Tensor& A) {
  return A.values.data();
}

}  // namespace

void Sgd::new_epoch(std::size_t epoch) {
  const bool at_first = epoch <= options.epochs_at_first;
  const bool has_momentum = options.kind != OptimizerKind::sgd;
  momentum = !has_momentum ? 0 : at_first ? options.momentum_at_first : options.momentum;
}

// v ← μ v + g        w ← w − η v            Nesterov: w ← w − η (μ v + g)
// with the rate in the velocity: v ← μ v + η g,  w ← w − v            decay first: g ← g + λ w
void Sgd::step(const std::vector<Parameter*>& parameters, double learning_rate, double,
               const Recompute&) {
  match_state(velocity, parameters);
  for_each_piece(parameters, workers, [&](std::size_t k, std::size_t begin, std::size_t end) {
    Real *w = numbers(parameters[k]->value), *g = numbers(parameters[k]->grad),
         *v = numbers(velocity[k]);
    const Real mu = Real(momentum),
               lambda = Real(parameters[k]->decays ? options.weight_decay.value_or(0) : 0);
    const Real into_v = Real(options.rate_in_velocity ? learning_rate : 1);
    const Real out_of_v = Real(options.rate_in_velocity ? 1 : learning_rate);
    const bool looks_ahead = options.kind == OptimizerKind::nesterov;
    for (std::size_t i = begin; i < end; ++i) {
      const Real slope = g[i] + lambda * w[i];
      v[i] = mu * v[i] + into_v * slope;
      w[i] -= out_of_v * (looks_ahead ? mu * v[i] + slope : v[i]);
      g[i] = 0;
    }
  });
}

// s ← s + g²         w ← w − η g / (√s + ε)
void AdaGrad::step(const std::vector<Parameter*>& parameters, double learning_rate, double,
                   const Recompute&) {
  match_state(sum_of_squares, parameters);
  for_each_piece(parameters, workers, [&](std::size_t k, std::size_t begin, std::size_t end) {
    Real *w = numbers(parameters[k]->value), *g = numbers(parameters[k]->grad),
         *s = numbers(sum_of_squares[k]);
    const Real eta = Real(learning_rate), eps = Real(epsilon);
    for (std::size_t i = begin; i < end; ++i) {
      s[i] += g[i] * g[i];
      w[i] -= eta * g[i] / (std::sqrt(s[i]) + eps);
      g[i] = 0;
    }
  });
}

// s ← α s + (1 − α) g²         w ← w − η g / (√s + ε)
void RmsProp::step(const std::vector<Parameter*>& parameters, double learning_rate, double,
                   const Recompute&) {
  match_state(mean_square, parameters);
  for_each_piece(parameters, workers, [&](std::size_t k, std::size_t begin, std::size_t end) {
    Real *w = numbers(parameters[k]->value), *g = numbers(parameters[k]->grad),
         *s = numbers(mean_square[k]);
    const Real eta = Real(learning_rate), eps = Real(epsilon), keep = Real(alpha);
    for (std::size_t i = begin; i < end; ++i) {
      s[i] = keep * s[i] + (1 - keep) * g[i] * g[i];
      w[i] -= eta * g[i] / (std::sqrt(s[i]) + eps);
      g[i] = 0;
    }
  });
}

// m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
// w ← w − η m̂ / (√v̂ + ε),     m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
// AdamW first: w ← w − η λ w
void Adam::step(const std::vector<Parameter*>& parameters, double learning_rate, double,
                const Recompute&) {
  match_state(mean, parameters);
  match_state(mean_square, parameters);
  ++steps;
  const double corrected_rate = learning_rate / (1 - std::pow(beta1, double(steps)));
  const double corrected_root = 1 / std::sqrt(1 - std::pow(beta2, double(steps)));
  for_each_piece(parameters, workers, [&](std::size_t k, std::size_t begin, std::size_t end) {
    Real *w = numbers(parameters[k]->value), *g = numbers(parameters[k]->grad);
    Real *m = numbers(mean[k]), *v = numbers(mean_square[k]);
    const Real b1 = Real(beta1), b2 = Real(beta2), eps = Real(epsilon);
    const Real rate = Real(corrected_rate), root_correction = Real(corrected_root);
    const Real keep = parameters[k]->decays ? Real(1 - learning_rate * weight_decay) : Real(1);
    for (std::size_t i = begin; i < end; ++i) {
      m[i] = b1 * m[i] + (1 - b1) * g[i];
      v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
      w[i] = keep * w[i] - rate * m[i] / (std::sqrt(v[i]) * root_correction + eps);
      g[i] = 0;
    }
  });
}

}  // namespace strata
