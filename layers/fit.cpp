#include "layers/fit.hpp"

#include <atomic>
#include <cmath>

#include "core/denormals.hpp"
#include "core/sums.hpp"
#include "layers/early_stopping.hpp"

namespace strata {
namespace {

void check_options(const FitOptions& o, const Dataset& train) {
  check(train.size() > 0, o.label, ": the data set '", train.name, "' has no examples");
  check(o.batch_size > 0, o.label, ": the batch size is 0 (it takes at least 1)");
  check(o.steps_a_batch > 0, o.label, ": steps_a_batch is 0 (it takes at least 1)");
  check(o.learning_rate >= 0 && std::isfinite(o.learning_rate), o.label, ": the learning rate is ",
        o.learning_rate);
  check(o.clip_norm == 0 || o.optimizer.kind != OptimizerKind::lbfgs, o.label,
        ": clipping would spoil the line search of lbfgs (it needs none: leave clip_norm 0)");
  check(o.patience == 0 || o.validation != nullptr, o.label, ": patience needs a validation set");
  check(o.validation == nullptr || o.validation->size() > 0, o.label,
        ": the validation set has no examples");
}

// With the parameters and the generators this is all that the next step depends on.
struct Run {
  Backprop& backprop;
  Rng& rng;
  const FitOptions& options;
  std::vector<Parameter*> parameters;
  double rate;       // before the schedule
  Batch validation;  // the whole validation set, if there is one
  std::unique_ptr<Optimizer> optimizer;
  Batches batches;
  EarlyStopping early_stopping{};
  std::size_t epoch = 1, batch = 0, step = 0;  // of the next step; `step` counts those on one batch
  Rng before_shuffle{0};                       // the order of the batches follows from it
  EpochMeans means{};                          // of this epoch so far
  double last_rate = 0;
  History history{};

  void remember(State& state);
};

Run start_run(Backprop& backprop, const Dataset& train, Rng& rng, const FitOptions& options) {
  check_options(options, train);
  const bool usual = options.learning_rate == 0;
  Run run{.backprop = backprop,
          .rng = rng,
          .options = options,
          .parameters = backprop.parameters(),
          .rate = usual ? usual_learning_rate(options.optimizer.kind) : options.learning_rate,
          .validation = {},
          .optimizer = make_optimizer(options.optimizer),
          .batches = Batches(train, options.batch_size),
          .early_stopping = {.patience = options.patience}};
  if (options.validation != nullptr)
    run.validation = {options.validation->X, options.validation->labels};
  run.optimizer->workers = backprop.workers;
  for (Parameter* p : run.parameters) p->grad.fill(0);
  return run;
}

void Run::remember(State& state) {
  for (Parameter* p : parameters) state.tensor("values." + p->name, p->value);
  state.generator("rng", rng);
  const std::vector<Rng*> generators = backprop.generators();
  for (std::size_t k = 0; k < generators.size(); ++k)
    state.generator(text("generator.", k), *generators[k]);
  history.remember(state);
  early_stopping.remember(state);
  if (options.remember) options.remember(state);
  if (state.finished) return;  // the rest is for the next step
  optimizer->remember(state);
  backprop.remember(state);
  state.count("epoch", epoch);
  state.count("batch", batch);
  state.count("step", step);
  state.generator("rng_before_shuffle", before_shuffle);
  means.remember(state);
  state.number("last_rate", last_rate);
}

// Shuffles, or goes on where a checkpoint stopped.
void begin_epoch(Run& run) {
  if (run.options.before_epoch) run.options.before_epoch(run.epoch);
  run.optimizer->new_epoch(run.epoch);
  if (run.batch > 0 || run.step > 0) {
    if (run.options.shuffle) run.batches.shuffle_again(run.before_shuffle);
    return;
  }
  run.before_shuffle = run.rng;
  if (run.options.shuffle) run.batches.shuffle(run.rng);
  run.means = {};
}

std::string what_helps(const Run& run) {
  if (run.epoch == 1 && run.batch == 0 && run.step == 0)
    return "before any step, so no learning rate helps: scale the data";
  const bool clips = run.options.optimizer.kind != OptimizerKind::lbfgs;
  return text("try a smaller learning rate than ", run.rate, clips ? ", or clip gradients" : "");
}

// The last step of an epoch has no next one that would look at what it did before the checkpoint
// is written.
void check_parameters(const Run& run) {
  for (const Parameter* p : run.parameters) {
    if (all_finite(p->value)) continue;  // no words are made while all is well: every epoch asks
    check_all_finite(text(run.options.label, ": after epoch ", run.epoch - 1, " ", p->name),
                     p->value, what_helps(run));
  }
}

Error not_finite(const Run& run, double loss, const Batch& batch) {
  return Error(text(run.options.label, ": epoch ", run.epoch, ", batch ", run.batch + 1, ": the ",
                    std::isfinite(loss) ? "gradient" : "loss", " is not finite; ",
                    run.backprop.explain_non_finite(batch), " (", what_helps(run), ")"));
}

double validation_loss(const Run& run) {
  const double loss = total_of(run.backprop.evaluate(run.validation));
  if (std::isfinite(loss)) return loss;
  throw Error(text(run.options.label, ": epoch ", run.epoch,
                   ": the validation loss is not finite; ",
                   run.backprop.explain_non_finite(run.validation)));
}

// Whether there is to be another epoch.
bool end_epoch(Run& run, const TrainingStage& stage, const Listeners& listeners) {
  const FitOptions& options = run.options;
  EpochRecord record = run.means.record(run.epoch);
  record.learning_rate = run.last_rate;
  bool go_on = true;
  if (options.validation != nullptr) {
    record.validation_loss = validation_loss(run);
    go_on = run.early_stopping.after_epoch(record, run.parameters);
  }
  record.seconds = stage.seconds();
  run.history.epochs.push_back(record);
  listeners.show_progress(options.label, run.epoch, options.epochs, record.loss,
                          run.batches.examples(), record.seconds);
  if (options.after_epoch && !options.after_epoch(record)) go_on = false;
  run.history.stopped_early = !go_on && run.epoch < options.epochs;
  ++run.epoch;
  run.batch = 0;
  return go_on;
}

}  // namespace

bool gradients_are_finite(const std::vector<Parameter*>& parameters, Workers* workers) {
  std::atomic<bool> finite = true;
  for (const Parameter* p : parameters) {
    const Real* g = p->grad.values.data();
    for_ranges(workers, p->grad.size(), numbers_worth_a_thread,
               [g, &finite](std::size_t begin, std::size_t end) {
                 if (!all_finite(g + begin, end - begin)) finite = false;
               });
  }
  return finite;
}

// √Σ g² over all parameters, in double.
static double gradient_norm(const std::vector<Parameter*>& parameters) {
  double sum = 0;
  for (const Parameter* p : parameters) {
    const Real* g = p->grad.values.data();
    sum += sum_over<double>(p->grad.size(),
                            [g](std::size_t i) { return double(g[i]) * double(g[i]); });
  }
  return std::sqrt(sum);
}

double clip_gradients(const std::vector<Parameter*>& parameters, double most) {
  const double norm = gradient_norm(parameters);
  if (norm <= most) return norm;
  const Real shrink = Real(most / norm);
  for (Parameter* p : parameters) {
    for (Real& g : p->grad.values) g *= shrink;
  }
  return norm;
}

static void take_step(Run& run, const Batch& batch) {
  const FlushDenormals flushed;
  const FitOptions& options = run.options;
  const std::vector<TermValue>& terms = run.backprop.gradients(batch);
  const double loss = total_of(terms);
  const bool finite = options.clip_norm > 0
                          ? std::isfinite(clip_gradients(run.parameters, options.clip_norm))
                          : gradients_are_finite(run.parameters, run.backprop.workers);
  if (!finite || !std::isfinite(loss)) throw not_finite(run, loss, batch);
  if (run.step == 0) run.means.add(terms, batch.X.rows());
  const std::size_t of_epoch = run.batches.count() * options.steps_a_batch;
  const std::size_t done =
      (run.epoch - 1) * of_epoch + run.batch * options.steps_a_batch + run.step;
  run.last_rate = learning_rate_at(options.schedule, run.rate, done, options.epochs * of_epoch);
  run.optimizer->step(run.parameters, run.last_rate, loss,
                      [&] { return total_of(run.backprop.gradients(batch)); });
  ++run.step;
}

// Where a stop is asked for in the middle of it, which is looked for in an RBM's long chains, the
// run is kept as it was before.
static void take_step_or_leave(Run& run, const Batch& batch, TrainingStage& stage) {
  try {
    take_step(run, batch);
  } catch (const Stopped&) {
    if (run.batch == 0 && run.step == 0) run.rng = run.before_shuffle;  // it is shuffled once more
    stage.after_step();
    throw;
  }
}

History fit(Backprop& backprop, const Dataset& train, Rng& rng, const FitOptions& options,
            const Listeners& listeners) {
  Run run = start_run(backprop, train, rng, options);
  TrainingStage stage(listeners.keeper(), options.stage.empty() ? options.label : options.stage,
                      [&run](State& state) { run.remember(state); });
  // What changes from epoch to epoch, such as a warm-up, is left as the last one had it.
  const std::size_t epochs_done = run.history.epochs.size();
  if (stage.was_finished() && options.before_epoch && epochs_done > 0)
    options.before_epoch(epochs_done);

  bool go_on = !stage.was_finished();
  while (go_on && run.epoch <= options.epochs) {
    begin_epoch(run);
    for (; run.batch < run.batches.count(); ++run.batch, run.step = 0) {
      const Batch& batch = run.batches.batch(run.batch);
      if (run.step == 0 && run.batches.count() > 1) run.optimizer->new_batch();
      while (run.step < options.steps_a_batch) {
        take_step_or_leave(run, batch, stage);
        stage.after_step();
        if (listeners.part_of_step) listeners.stop_if_asked();
      }
    }
    go_on = end_epoch(run, stage, listeners);
    check_parameters(run);
    if (go_on) stage.after_epoch();
  }

  run.early_stopping.restore_best(run.parameters);
  run.history.best_epoch = run.early_stopping.best_epoch;
  run.history.seconds = stage.seconds();
  run.history.earlier_seconds = stage.earlier_seconds();
  if (!stage.was_finished()) stage.finish();
  return run.history;
}

}  // namespace strata
