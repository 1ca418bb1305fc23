#include "pretraining/rbm/contrastive_divergence.hpp"

#include <cmath>

#include "core/math/matmul.hpp"
#include "core/math/rows.hpp"

namespace strata {

ContrastiveDivergence::ContrastiveDivergence(Rbm& rbm, const RbmTraining& options, Rng& rng,
                                             Workers* workers_, const Listeners& listeners)
    : Backprop(workers_),
      rbm_(rbm),
      steps_(options.steps),
      persistent_(options.persistent),
      rng_(rng),
      listeners_(listeners) {
  check(steps_ > 0, options.label,
        ": contrastive divergence needs 1 step of Gibbs sampling at least");
}

const std::vector<TermValue>& ContrastiveDivergence::gradients(const Batch& batch) {
  const Rng before = rng_;
  if (persistent_) H_before_ = H_;
  try {
    rbm_.hidden_mean(batch.X, P_data_, workers);
    start_chains(batch.X);
    run_chains();
    add_statistics(batch.X, P_data_, -1);
    add_statistics(V_, P_, 1);
  } catch (const Stopped&) {
    rng_ = before;
    H_ = H_before_;
    throw;
  }
  return terms_;
}

// The hidden states that drive the chains: of CD drawn from the data, of PCD those that the last
// batch left.
void ContrastiveDivergence::start_chains(const Tensor& V) {
  H_data_ = P_data_;
  rbm_.draw_hidden(H_data_, rng_, workers);
  rbm_.visible_mean(H_data_, V_, workers);
  terms_[0].value = squared_error_per_example(V, V_);
  if (!persistent_ || H_.empty()) H_ = H_data_;
}

void ContrastiveDivergence::run_chains() {
  for (std::size_t k = 1; k <= steps_; ++k) {
    const bool is_made = k == 1 && !persistent_;  // CD's first reconstruction is that of the error
    if (!is_made) rbm_.visible_mean(H_, V_, workers);
    if (persistent_ || k < steps_) rbm_.draw_visible(V_, rng_, workers);
    rbm_.hidden_mean(V_, P_, workers);
    if (k == steps_ && !persistent_) break;  // nothing is driven by the last hidden states of CD
    H_ = P_;
    rbm_.draw_hidden(H_, rng_, workers);
    if (k < steps_) listeners_.stop_if_asked();
  }
}

// dW += weight · ⟨v hᵀ⟩, da += weight · ⟨v⟩, db += weight · ⟨h⟩: means over the rows of V, which in
// PCD are as many as there are chains, also beside a short batch.
void ContrastiveDivergence::add_statistics(const Tensor& V, const Tensor& P, Real weight) {
  const Real of_row = weight / Real(V.rows());
  matmul_at(V, P, rbm_.W.grad, Store::add, workers, of_row);
  add_row_sums(V, of_row, rbm_.a.grad, workers);
  add_row_sums(P, of_row, rbm_.b.grad, workers);
}

const std::vector<TermValue>& ContrastiveDivergence::evaluate(const Batch& batch) {
  terms_[0].value = squared_error_per_example(batch.X, rbm_.reconstruct(batch.X, workers));
  return terms_;
}

void ContrastiveDivergence::remember(State& state) {
  std::vector<Tensor> chains;
  if (persistent_ && !H_.empty()) chains.push_back(H_);
  state.tensors("chains", chains);
  if (!chains.empty()) H_ = chains.front();
}

std::string ContrastiveDivergence::explain_non_finite(const Batch&) {
  return "the weights have run away (Gaussian units need a rate of about 0.001)";
}

static FitOptions fit_options(const RbmTraining& o) {
  check(o.learning_rate > 0, o.label, ": the learning rate is ", o.learning_rate,
        ", but must be above 0");
  for (double momentum : {o.momentum_at_first, o.momentum}) {
    check(momentum >= 0 && momentum < 1, o.label, ": the momentum is ", momentum,
          ", but must lie in [0, 1)");
  }
  check(o.weight_cost >= 0 && std::isfinite(o.weight_cost), o.label, ": the weight cost is ",
        o.weight_cost, ", but must be 0 or more");
  return {.epochs = o.epochs,
          .batch_size = o.batch_size,
          .optimizer = {.kind = OptimizerKind::momentum,
                        .momentum = o.momentum,
                        .momentum_at_first = o.momentum_at_first,
                        .epochs_at_first = o.epochs_at_first,
                        .rate_in_velocity = true,
                        .weight_decay = o.weight_cost},
          .learning_rate = o.learning_rate,
          .label = o.label,
          .remember = o.remember,
          .after_epoch = o.after_epoch};
}

History train_rbm(Rbm& rbm, const Dataset& data, Rng& rng, const RbmTraining& options,
                  const Engine& engine) {
  rbm.check_data(data.X);
  ContrastiveDivergence divergence(rbm, options, rng, engine.workers, engine.listeners);
  const History history = fit(divergence, data, rng, fit_options(options), engine.listeners);
  // Saturated units would hide it from their gradient.
  for (const Parameter* p : divergence.parameters())
    check(all_finite(p->value), options.label, ": ", p->name,
          " is not finite (try a smaller learning rate than ", options.learning_rate, ")");
  return history;
}

}  // namespace strata
