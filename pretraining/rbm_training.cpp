#include "pretraining/rbm_training.hpp"

#include <cmath>

#include "core/clock.hpp"
#include "core/matmul.hpp"
#include "core/rows.hpp"

namespace strata {
namespace {

void check_options(const RbmTraining& o) {
  check(o.batch_size > 0, o.label, ": the batch size is 0");
  check(o.learning_rate > 0 && std::isfinite(o.learning_rate), o.label, ": the learning rate is ",
        o.learning_rate, ", but must be above 0");
  for (double momentum : {o.momentum_at_first, o.momentum}) {
    check(momentum >= 0 && momentum < 1, o.label, ": the momentum is ", momentum, ", but must lie in [0, 1)");
  }
  check(o.weight_cost >= 0 && std::isfinite(o.weight_cost), o.label, ": the weight cost is ", o.weight_cost,
        ", but must be 0 or more");
}

// velocity = momentum · velocity + rate · (gradient − cost · value), value += velocity.
void step(Tensor& value, Tensor& velocity, const Tensor& gradient, double momentum, double rate, double cost,
          Workers* workers) {
  const Real keep = Real(momentum), eta = Real(rate), lambda = Real(cost);
  for_ranges(workers, value.size(), numbers_worth_a_thread, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      velocity[i] = keep * velocity[i] + eta * (gradient[i] - lambda * value[i]);
      value[i] += velocity[i];
    }
  });
}

// What stays from batch to batch.
struct Run {
  Rbm& rbm;
  const RbmTraining& options;
  Batches batches;
  ContrastiveDivergence divergence;
  RbmGradient velocity;
  Workers* workers;
};

void train_batch(Run& run, const Tensor& V, double momentum) {
  const RbmTraining& o = run.options;
  const RbmGradient& gradient = run.divergence.gradient(V);
  step(run.rbm.W.value, run.velocity.W, gradient.W, momentum, o.learning_rate, o.weight_cost, run.workers);
  step(run.rbm.a.value, run.velocity.a, gradient.a, momentum, o.learning_rate, 0, run.workers);
  step(run.rbm.b.value, run.velocity.b, gradient.b, momentum, o.learning_rate, 0, run.workers);
}

[[noreturn]] void throw_not_finite(const RbmTraining& o, std::size_t epoch, const char* what) {
  throw Error(text(o.label, ": epoch ", epoch, ": ", what,
                   " are not finite (try a smaller learning rate than ", o.learning_rate,
                   "; Gaussian units need about 0.001)"));
}

EpochRecord train_epoch(Run& run, std::size_t epoch) {
  const RbmTraining& o = run.options;
  const double momentum = epoch <= o.epochs_at_first ? o.momentum_at_first : o.momentum;
  double error_sum = 0, examples = 0;
  for (std::size_t k = 0; k < run.batches.count(); ++k) {
    const Tensor& V = run.batches.batch(k).X;
    train_batch(run, V, momentum);
    const double error = run.divergence.reconstruction_error();
    if (!std::isfinite(error)) throw_not_finite(o, epoch, "the reconstructions");
    error_sum += error * double(V.rows());
    examples += double(V.rows());
  }
  // Saturated units would hide it from the error.
  const bool finite =
      all_finite(run.rbm.W.value) && all_finite(run.rbm.a.value) && all_finite(run.rbm.b.value);
  if (!finite) throw_not_finite(o, epoch, "the weights");
  EpochRecord record;
  record.epoch = epoch;
  record.loss = error_sum / examples;
  record.terms = {{"reconstruction", record.loss}};
  record.learning_rate = o.learning_rate;
  return record;
}

}  // namespace

ContrastiveDivergence::ContrastiveDivergence(const Rbm& rbm, const RbmTraining& options, Rng& rng,
                                             Workers* workers)
    : rbm_(rbm), steps_(options.steps), persistent_(options.persistent), rng_(rng), workers_(workers) {
  check(steps_ > 0, options.label, ": contrastive divergence needs 1 step of Gibbs sampling at least");
  gradient_ = {Tensor(rbm.W.value.shape), Tensor(rbm.a.value.shape), Tensor(rbm.b.value.shape)};
}

// The hidden states that drive the chains: of CD drawn from the data, of PCD those that the last batch left.
void ContrastiveDivergence::start_chains(const Tensor& V) {
  H_data_ = P_data_;
  rbm_.draw_hidden(H_data_, rng_, workers_);
  rbm_.visible_mean(H_data_, V_, workers_);
  error_ = squared_error_per_example(V, V_);
  if (!persistent_ || H_.empty()) H_ = H_data_;
}

void ContrastiveDivergence::run_chains() {
  for (std::size_t k = 1; k <= steps_; ++k) {
    const bool is_made = k == 1 && !persistent_;  // CD's first reconstruction is that of the error
    if (!is_made) rbm_.visible_mean(H_, V_, workers_);
    if (persistent_ || k < steps_) rbm_.draw_visible(V_, rng_, workers_);
    rbm_.hidden_mean(V_, P_, workers_);
    if (k == steps_ && !persistent_) break;  // nothing is driven by the last hidden states of CD
    H_ = P_;
    rbm_.draw_hidden(H_, rng_, workers_);
  }
}

const RbmGradient& ContrastiveDivergence::gradient(const Tensor& V) {
  rbm_.hidden_mean(V, P_data_, workers_);
  start_chains(V);
  run_chains();

  const Real of_data = Real(1) / Real(V.rows());
  const Real of_model = Real(1) / Real(V_.rows());  // PCD: a short batch does not shorten the chains' list
  matmul_tn(V, P_data_, gradient_.W, Store::overwrite, workers_, of_data);
  matmul_tn(V_, P_, gradient_.W, Store::add, workers_, -of_model);
  gradient_.a.fill(0);
  add_row_sums(V, of_data, gradient_.a, workers_);
  add_row_sums(V_, -of_model, gradient_.a, workers_);
  gradient_.b.fill(0);
  add_row_sums(P_data_, of_data, gradient_.b, workers_);
  add_row_sums(P_, -of_model, gradient_.b, workers_);
  return gradient_;
}

History train_rbm(Rbm& rbm, const Dataset& data, Rng& rng, const RbmTraining& options, Workers* workers) {
  check_options(options);
  check(data.size() > 0, options.label, ": the data set '", data.name, "' has no examples");
  rbm.check_data(data.X);
  const auto start = Clock::now();
  Run run{rbm,
          options,
          Batches(data, options.batch_size),
          ContrastiveDivergence(rbm, options, rng, workers),
          {Tensor(rbm.W.value.shape), Tensor(rbm.a.value.shape), Tensor(rbm.b.value.shape)},
          workers};
  History history;
  for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
    run.batches.shuffle(rng);
    EpochRecord record = train_epoch(run, epoch);
    record.seconds = seconds_since(start);
    history.epochs.push_back(record);
    if (options.progress != nullptr) {
      const double examples_per_second = double(epoch * data.size()) / record.seconds;
      options.progress->update(options.label, epoch, options.epochs, record.loss, examples_per_second);
    }
    if (options.after_epoch && !options.after_epoch(record)) {
      history.stopped_early = epoch < options.epochs;
      break;
    }
  }
  history.seconds = seconds_since(start);
  return history;
}

}  // namespace strata
