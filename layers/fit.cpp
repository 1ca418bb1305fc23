#include "layers/fit.hpp"

#include <cmath>
#include <utility>

#include "core/clock.hpp"

namespace strata {
namespace {

void check_options(const FitOptions& o, const Dataset& train) {
  check(train.size() > 0, "fit: the data set '", train.name, "' has no examples");
  check(o.batch_size > 0, "fit: the batch size is 0");
  check(o.steps_a_batch > 0, "fit: steps_a_batch is 0 (it takes at least 1)");
  check(o.learning_rate >= 0 && std::isfinite(o.learning_rate), "fit: the learning rate is ",
        o.learning_rate);
  check(o.clip_norm == 0 || o.optimizer.kind != OptimizerKind::lbfgs,
        "fit: clipping would spoil the line search of lbfgs (it needs none: leave clip_norm 0)");
  check(o.patience == 0 || o.validation != nullptr, "fit: patience needs a validation set");
  check(o.validation == nullptr || o.validation->size() > 0,
        "fit: the validation set has no examples");
}

// Running means of the terms over an epoch, each batch with the weight of its examples.
struct TermMeans {
  std::vector<TermValue> sums;
  double examples = 0;

  void add(const std::vector<TermValue>& terms, std::size_t batch_rows) {
    if (sums.empty()) {
      for (const TermValue& term : terms) sums.push_back({term.name, 0});
    }
    for (std::size_t k = 0; k < terms.size(); ++k)
      sums[k].value += terms[k].value * double(batch_rows);
    examples += double(batch_rows);
  }
  std::vector<TermValue> means() const {
    std::vector<TermValue> result = sums;
    for (TermValue& term : result) term.value /= examples;
    return result;
  }
};

// Early stopping: the epoch with the lowest validation loss, and what the parameters were then.
struct BestEpoch {
  std::size_t epoch = 0;
  double loss = 0;
  std::vector<Tensor> values;

  void see(const EpochRecord& record, const std::vector<Parameter*>& parameters, bool keep_values) {
    if (epoch > 0 && record.validation_loss >= loss) return;
    epoch = record.epoch;
    loss = record.validation_loss;
    values.clear();
    for (const Parameter* p : parameters) {
      if (keep_values) values.push_back(p->value);
    }
  }
};

struct Run {
  // What stays the same from epoch to epoch.
  Backprop& backprop;
  Rng& rng;
  const FitOptions& options;
  std::vector<Parameter*> parameters;
  double rate;
  Batch validation;  // the whole validation set, if there is one
  Clock::time_point start = Clock::now();
  // What changes: with the parameters and the generators it is all that the next step depends on.
  std::unique_ptr<Optimizer> optimizer;
  Batches batches;
  std::size_t epoch = 1, batch = 0, step = 0;  // of the next step; `step` counts those on one batch
  Rng before_shuffle{0};                       // the order of the batches follows from it
  TermMeans means{};                           // of this epoch so far
  double last_rate = 0;
  BestEpoch best{};
  History history{};

  double seconds() const { return history.earlier_seconds + seconds_since(start); }
};

// ---- in a checkpoint
void remember_run(State& state, Run& run) {
  for (Parameter* p : run.parameters) state.tensor("values." + p->name, p->value);
  state.generator("rng", run.rng);
  const std::vector<Rng*> generators = run.backprop.generators();
  for (std::size_t k = 0; k < generators.size(); ++k)
    state.generator(text("generator.", k), *generators[k]);
  remember_history(state, run.history);
  state.count("best_epoch", run.best.epoch);
  state.flag("stopped_early", run.history.stopped_early);
  if (run.options.remember) run.options.remember(state);
  double seconds = run.seconds();
  state.number("seconds", seconds);
  if (state.restoring) run.history.earlier_seconds = seconds;
  if (state.finished) return;  // the rest is for the next step
  run.optimizer->remember(state);
  state.count("epoch", run.epoch);
  state.count("batch", run.batch);
  state.count("step", run.step);
  state.generator("rng_before_shuffle", run.before_shuffle);
  remember_terms(state, "sums", run.means.sums);
  state.number("examples", run.means.examples);
  state.number("last_rate", run.last_rate);
  state.number("best_loss", run.best.loss);
  state.tensors("best_values", run.best.values);
}

// ---- training
// Clips the gradient where that is asked for. Throws at the first loss or gradient that is not
// finite, before a step can carry it into the parameters.
void clip_and_check(Run& run, double loss, const Batch& batch) {
  const double most = run.options.clip_norm;
  const bool finite = most > 0 ? std::isfinite(clip_gradients(run.parameters, most))
                               : gradients_are_finite(run.parameters, run.backprop.workers);
  if (finite && std::isfinite(loss)) return;
  throw Error(text(run.options.label, ": epoch ", run.epoch, ", batch ", run.batch + 1, ": the ",
                   std::isfinite(loss) ? "gradient" : "loss", " is not finite; ",
                   run.backprop.explain_non_finite(batch), " (try a smaller learning rate than ",
                   run.rate, ", or clip gradients)"));
}

void train_step(Run& run, const Batch& batch) {
  const std::size_t batches = run.batches.count(), steps = run.options.steps_a_batch;
  const std::vector<TermValue>& terms = run.backprop.gradients(batch);
  const double loss = total_of(terms);
  clip_and_check(run, loss, batch);
  if (run.step == 0) run.means.add(terms, batch.X.rows());
  const std::size_t done = ((run.epoch - 1) * batches + run.batch) * steps + run.step;
  run.last_rate =
      learning_rate_at(run.options.schedule, run.rate, done, run.options.epochs * batches * steps);
  run.optimizer->step(run.parameters, run.last_rate, loss,
                      [&] { return total_of(run.backprop.gradients(batch)); });
}

// One pass over the batches, or the rest of one; an optimiser step or several on each.
EpochRecord train_epoch(Run& run, TrainingStage& stage) {
  for (; run.batch < run.batches.count(); ++run.batch, run.step = 0) {
    const Batch& batch = run.batches.batch(run.batch);
    if (run.step == 0 && run.batches.count() > 1) run.optimizer->new_batch();
    while (run.step < run.options.steps_a_batch) {
      train_step(run, batch);
      ++run.step;
      stage.after_step();
    }
  }
  EpochRecord record;
  record.epoch = run.epoch;
  record.terms = run.means.means();
  record.loss = total_of(record.terms);
  record.learning_rate = run.last_rate;
  return record;
}

double validation_loss(Run& run) {
  const double loss = total_of(run.backprop.evaluate(run.validation));
  if (std::isfinite(loss)) return loss;
  throw Error(text(run.options.label, ": epoch ", run.epoch,
                   ": the validation loss is not finite; ",
                   run.backprop.explain_non_finite(run.validation)));
}

// Shuffles, or goes on where a checkpoint stopped.
void begin_epoch(Run& run) {
  if (run.options.before_epoch) run.options.before_epoch(run.epoch);
  if (run.batch > 0 || run.step > 0) {
    if (run.options.shuffle) run.batches.shuffle_again(run.before_shuffle);
    return;
  }
  run.before_shuffle = run.rng;
  if (run.options.shuffle) run.batches.shuffle(run.rng);
  run.means = {};
}

// Whether there is to be another epoch.
bool end_epoch(Run& run, EpochRecord record) {
  const FitOptions& options = run.options;
  if (options.validation != nullptr) {
    record.validation_loss = validation_loss(run);
    run.best.see(record, run.parameters, options.patience > 0);
  }
  record.seconds = run.seconds();
  run.history.epochs.push_back(record);
  if (options.progress != nullptr) {
    const double examples_per_second =
        double(record.epoch * run.batches.examples()) / record.seconds;
    options.progress->update(options.label, record.epoch, options.epochs, record.loss,
                             examples_per_second);
  }
  const bool out_of_patience =
      options.patience > 0 && record.epoch >= run.best.epoch + options.patience;
  const bool told_to_stop = options.after_epoch && !options.after_epoch(record);
  run.history.stopped_early = (out_of_patience || told_to_stop) && record.epoch < options.epochs;
  return !run.history.stopped_early;
}

}  // namespace

History fit(Backprop& backprop, const Dataset& train, Rng& rng, const FitOptions& options) {
  check_options(options, train);
  const bool usual = options.learning_rate == 0;
  Run run{.backprop = backprop,
          .rng = rng,
          .options = options,
          .parameters = backprop.parameters(),
          .rate = usual ? usual_learning_rate(options.optimizer.kind) : options.learning_rate,
          .validation = {},
          .optimizer = make_optimizer(options.optimizer),
          .batches = Batches(train, options.batch_size)};
  if (options.validation != nullptr)
    run.validation = {options.validation->X, options.validation->labels};
  run.optimizer->workers = backprop.workers;
  for (Parameter* p : run.parameters) p->grad.fill(0);

  TrainingStage stage(options.checkpoint, options.stage.empty() ? options.label : options.stage,
                      [&run](State& state) { remember_run(state, run); });
  // What changes from epoch to epoch, such as a warm-up, is left as the last one had it.
  const std::size_t epochs_done = run.history.epochs.size();
  if (stage.was_finished() && options.before_epoch && epochs_done > 0)
    options.before_epoch(epochs_done);
  bool go_on = !stage.was_finished();
  while (go_on && run.epoch <= options.epochs) {
    begin_epoch(run);
    const EpochRecord record = train_epoch(run, stage);
    go_on = end_epoch(run, record);
    ++run.epoch;
    run.batch = 0;
    if (go_on) stage.after_epoch();
  }
  for (std::size_t k = 0; k < run.best.values.size(); ++k)
    run.parameters[k]->value = run.best.values[k];
  run.history.best_epoch = run.best.epoch;
  run.history.seconds = run.seconds();
  if (!stage.was_finished()) stage.finish();
  return run.history;
}

}  // namespace strata
