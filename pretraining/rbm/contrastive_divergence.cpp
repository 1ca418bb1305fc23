#include "pretraining/rbm/contrastive_divergence.hpp"

#include <cmath>

#include "core/clock.hpp"
#include "core/math/matmul.hpp"
#include "core/math/rows.hpp"

namespace strata {
namespace {

void check_options(const RbmTraining& o) {
  check(o.batch_size > 0, o.label, ": the batch size is 0 (it takes at least 1)");
  check(o.learning_rate > 0 && std::isfinite(o.learning_rate), o.label, ": the learning rate is ",
        o.learning_rate, ", but must be above 0");
  for (double momentum : {o.momentum_at_first, o.momentum}) {
    check(momentum >= 0 && momentum < 1, o.label, ": the momentum is ", momentum,
          ", but must lie in [0, 1)");
  }
  check(o.weight_cost >= 0 && std::isfinite(o.weight_cost), o.label, ": the weight cost is ",
        o.weight_cost, ", but must be 0 or more");
}

// velocity = momentum · velocity + rate · (gradient − cost · value), value += velocity.
void step(Tensor& value, Tensor& velocity, const Tensor& gradient, double momentum, double rate,
          double cost, Workers* workers) {
  const Real keep = Real(momentum), eta = Real(rate), lambda = Real(cost);
  for_ranges(workers, value.size(), numbers_worth_a_thread,
             [&](std::size_t begin, std::size_t end) {
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
  Rng& rng;
  Clock::time_point start = Clock::now();
  History history{};
  std::size_t epoch = 1, batch = 0;  // of the next step
  Rng before_shuffle{0};             // the order of the batches follows from it
  double error_sum = 0, examples = 0;

  double seconds() const { return history.earlier_seconds + seconds_since(start); }
};

void remember_run(State& state, Run& run) {
  for (Parameter* p : {&run.rbm.W, &run.rbm.a, &run.rbm.b}) state.tensor(p->name, p->value);
  state.generator("rng", run.rng);
  remember_history(state, run.history);
  state.flag("stopped_early", run.history.stopped_early);
  double seconds = run.seconds();
  state.number("seconds", seconds);
  if (state.restoring) run.history.earlier_seconds = seconds;
  if (run.options.remember) run.options.remember(state);
  if (state.finished) return;
  state.tensor("velocity.W", run.velocity.W);
  state.tensor("velocity.a", run.velocity.a);
  state.tensor("velocity.b", run.velocity.b);
  run.divergence.remember(state);
  state.count("epoch", run.epoch);
  state.count("batch", run.batch);
  state.generator("rng_before_shuffle", run.before_shuffle);
  state.number("error_sum", run.error_sum);
  state.number("examples", run.examples);
}

// The order of the batches, fresh or, within an epoch that was stopped, as it was.
void begin_epoch(Run& run) {
  if (run.batch > 0) return run.batches.shuffle_again(run.before_shuffle);
  run.before_shuffle = run.rng;
  run.batches.shuffle(run.rng);
  run.error_sum = run.examples = 0;
}

void train_batch(Run& run, const Tensor& V, double momentum) {
  const RbmTraining& o = run.options;
  const RbmGradient& gradient = run.divergence.gradient(V);
  step(run.rbm.W.value, run.velocity.W, gradient.W, momentum, o.learning_rate, o.weight_cost,
       run.workers);
  step(run.rbm.a.value, run.velocity.a, gradient.a, momentum, o.learning_rate, 0, run.workers);
  step(run.rbm.b.value, run.velocity.b, gradient.b, momentum, o.learning_rate, 0, run.workers);
}

[[noreturn]] void throw_not_finite(const RbmTraining& o, std::size_t epoch, const char* what) {
  throw Error(text(o.label, ": epoch ", epoch, ": ", what,
                   " are not finite (try a smaller learning rate than ", o.learning_rate,
                   "; Gaussian units need about 0.001)"));
}

EpochRecord train_epoch(Run& run, TrainingStage& stage) {
  const RbmTraining& o = run.options;
  const double momentum = run.epoch <= o.epochs_at_first ? o.momentum_at_first : o.momentum;
  while (run.batch < run.batches.count()) {
    const Tensor& V = run.batches.batch(run.batch).X;
    train_batch(run, V, momentum);
    const double error = run.divergence.reconstruction_error();
    if (!std::isfinite(error)) throw_not_finite(o, run.epoch, "the reconstructions");
    run.error_sum += error * double(V.rows());
    run.examples += double(V.rows());
    ++run.batch;
    stage.after_step();
  }
  // Saturated units would hide it from the error.
  const bool finite =
      all_finite(run.rbm.W.value) && all_finite(run.rbm.a.value) && all_finite(run.rbm.b.value);
  if (!finite) throw_not_finite(o, run.epoch, "the weights");
  EpochRecord record;
  record.epoch = run.epoch;
  record.loss = run.error_sum / run.examples;
  record.terms = {{"reconstruction", record.loss}};
  record.learning_rate = o.learning_rate;
  return record;
}

}  // namespace

ContrastiveDivergence::ContrastiveDivergence(const Rbm& rbm, const RbmTraining& options, Rng& rng,
                                             Workers* workers)
    : rbm_(rbm),
      steps_(options.steps),
      persistent_(options.persistent),
      rng_(rng),
      workers_(workers) {
  check(steps_ > 0, options.label,
        ": contrastive divergence needs 1 step of Gibbs sampling at least");
  gradient_ = {Tensor(rbm.W.value.shape), Tensor(rbm.a.value.shape), Tensor(rbm.b.value.shape)};
}

// The hidden states that drive the chains: of CD drawn from the data, of PCD those that the last
// batch left.
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

void ContrastiveDivergence::remember(State& state) {
  std::vector<Tensor> chains;
  if (persistent_ && !H_.empty()) chains.push_back(H_);
  state.tensors("chains", chains);
  if (!chains.empty()) H_ = chains.front();
}

const RbmGradient& ContrastiveDivergence::gradient(const Tensor& V) {
  rbm_.hidden_mean(V, P_data_, workers_);
  start_chains(V);
  run_chains();

  const Real of_data = Real(1) / Real(V.rows());
  // PCD: a short batch does not shorten the chains' list
  const Real of_model = Real(1) / Real(V_.rows());
  matmul_at(V, P_data_, gradient_.W, Store::overwrite, workers_, of_data);
  matmul_at(V_, P_, gradient_.W, Store::add, workers_, -of_model);
  gradient_.a.fill(0);
  add_row_sums(V, of_data, gradient_.a, workers_);
  add_row_sums(V_, -of_model, gradient_.a, workers_);
  gradient_.b.fill(0);
  add_row_sums(P_data_, of_data, gradient_.b, workers_);
  add_row_sums(P_, -of_model, gradient_.b, workers_);
  return gradient_;
}

History train_rbm(Rbm& rbm, const Dataset& data, Rng& rng, const RbmTraining& options,
                  Workers* workers) {
  check_options(options);
  check(data.size() > 0, options.label, ": the data set '", data.name, "' has no examples");
  rbm.check_data(data.X);
  Run run{rbm,
          options,
          Batches(data, options.batch_size),
          ContrastiveDivergence(rbm, options, rng, workers),
          {Tensor(rbm.W.value.shape), Tensor(rbm.a.value.shape), Tensor(rbm.b.value.shape)},
          workers,
          rng};
  TrainingStage stage(options.checkpoint, options.label,
                      [&run](State& state) { remember_run(state, run); });
  bool go_on = !stage.was_finished();
  while (go_on && run.epoch <= options.epochs) {
    begin_epoch(run);
    EpochRecord record = train_epoch(run, stage);
    record.seconds = run.seconds();
    run.history.epochs.push_back(record);
    if (options.progress != nullptr) {
      const double examples_per_second = double(record.epoch * data.size()) / record.seconds;
      options.progress->update(options.label, record.epoch, options.epochs, record.loss,
                               examples_per_second);
    }
    go_on = !options.after_epoch || options.after_epoch(record);
    run.history.stopped_early = !go_on && record.epoch < options.epochs;
    ++run.epoch;
    run.batch = 0;
    if (go_on) stage.after_epoch();
  }
  run.history.seconds = run.seconds();
  if (!stage.was_finished()) stage.finish();
  return run.history;
}

}  // namespace strata
