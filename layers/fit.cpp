#include "layers/fit.hpp"

#include <cmath>

#include "core/clock.hpp"

namespace strata {
namespace {

void check_options(const FitOptions& o, const Dataset& train) {
  check(train.size() > 0, "fit: the data set '", train.name, "' has no examples");
  check(o.batch_size > 0, "fit: the batch size is 0");
  check(o.steps_a_batch > 0, "fit: steps_a_batch is 0 (it takes at least 1)");
  check(o.learning_rate >= 0 && std::isfinite(o.learning_rate), "fit: the learning rate is ",
        o.learning_rate);
  check(o.clip_norm == 0 || o.optimizer.kind != "lbfgs",
        "fit: clipping would spoil the line search of lbfgs (it needs none: leave clip_norm 0)");
  check(o.patience == 0 || o.validation != nullptr, "fit: patience needs a validation set");
  check(o.validation == nullptr || o.validation->size() > 0, "fit: the validation set has no examples");
}

// Running means of the terms over an epoch, each batch with the weight of its examples.
struct TermMeans {
  std::vector<TermValue> sums;
  double examples = 0;

  void add(const std::vector<TermValue>& terms, std::size_t batch_rows) {
    if (sums.empty()) {
      for (const TermValue& term : terms) sums.push_back({term.name, 0});
    }
    for (std::size_t k = 0; k < terms.size(); ++k) sums[k].value += terms[k].value * double(batch_rows);
    examples += double(batch_rows);
  }
  std::vector<TermValue> means() const {
    std::vector<TermValue> result = sums;
    for (TermValue& term : result) term.value /= examples;
    return result;
  }
};

// What stays the same from epoch to epoch.
struct Run {
  Backprop& backprop;
  const FitOptions& options;
  std::vector<Parameter*> parameters;
  std::unique_ptr<Optimizer> optimizer;
  Batches batches;
  Batch validation;  // the whole validation set, if there is one
  double rate;
};

// Clips the gradient where that is asked for. Throws at the first loss or gradient that is not finite, before a step
// can carry it into the parameters.
void clip_and_check(Run& run, double loss, std::size_t epoch, std::size_t b, const Batch& batch) {
  const double most = run.options.clip_norm;
  const bool finite = most > 0 ? std::isfinite(clip_gradients(run.parameters, most))
                               : gradients_are_finite(run.parameters, run.backprop.workers);
  if (finite && std::isfinite(loss)) return;
  throw Error(text(run.options.label, ": epoch ", epoch, ", batch ", b + 1, ": the ",
                   std::isfinite(loss) ? "gradient" : "loss", " is not finite; ",
                   run.backprop.explain_non_finite(batch), " (try a smaller learning rate than ", run.rate,
                   ", or clip gradients)"));
}

// One pass over the batches, an optimiser step or several on each.
EpochRecord train_epoch(Run& run, std::size_t epoch) {
  const std::size_t batches = run.batches.count(), steps = run.options.steps_a_batch;
  const std::size_t total_steps = run.options.epochs * batches * steps;
  EpochRecord record;
  record.epoch = epoch;
  TermMeans means;
  for (std::size_t b = 0; b < batches; ++b) {
    const Batch& batch = run.batches.batch(b);
    if (batches > 1) run.optimizer->new_batch();
    for (std::size_t s = 0; s < steps; ++s) {
      const std::vector<TermValue>& terms = run.backprop.gradients(batch);
      const double loss = total_of(terms);
      clip_and_check(run, loss, epoch, b, batch);
      if (s == 0) means.add(terms, batch.X.rows());
      const std::size_t step = ((epoch - 1) * batches + b) * steps + s;
      record.learning_rate = learning_rate_at(run.options.schedule, run.rate, step, total_steps);
      run.optimizer->step(run.parameters, record.learning_rate, loss,
                          [&] { return total_of(run.backprop.gradients(batch)); });
    }
  }
  record.terms = means.means();
  record.loss = total_of(record.terms);
  return record;
}

double validation_loss(Run& run, std::size_t epoch) {
  const double loss = total_of(run.backprop.evaluate(run.validation));
  if (std::isfinite(loss)) return loss;
  throw Error(text(run.options.label, ": epoch ", epoch, ": the validation loss is not finite; ",
                   run.backprop.explain_non_finite(run.validation)));
}

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

}  // namespace

History fit(Backprop& backprop, const Dataset& train, Rng& rng, const FitOptions& options) {
  check_options(options, train);
  const auto start = Clock::now();
  const bool usual = options.learning_rate == 0;
  Run run{backprop,
          options,
          backprop.parameters(),
          make_optimizer(options.optimizer),
          Batches(train, options.batch_size),
          {},
          usual ? usual_learning_rate(options.optimizer.kind) : options.learning_rate};
  if (options.validation != nullptr) run.validation = {options.validation->X, options.validation->labels};
  run.optimizer->workers = backprop.workers;
  for (Parameter* p : run.parameters) p->grad.fill(0);

  History history;
  BestEpoch best;
  for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
    if (options.shuffle) run.batches.shuffle(rng);
    EpochRecord record = train_epoch(run, epoch);
    if (options.validation != nullptr) {
      record.validation_loss = validation_loss(run, epoch);
      best.see(record, run.parameters, options.patience > 0);
    }
    record.seconds = seconds_since(start);
    history.epochs.push_back(record);
    if (options.progress != nullptr) {
      const double examples_per_second = double(epoch * train.size()) / record.seconds;
      options.progress->update(options.label, epoch, options.epochs, record.loss, examples_per_second);
    }
    const bool out_of_patience = options.patience > 0 && epoch >= best.epoch + options.patience;
    const bool told_to_stop = options.after_epoch && !options.after_epoch(record);
    if (out_of_patience || told_to_stop) {
      history.stopped_early = epoch < options.epochs;
      break;
    }
  }
  for (std::size_t k = 0; k < best.values.size(); ++k) run.parameters[k]->value = best.values[k];
  history.best_epoch = best.epoch;
  history.seconds = seconds_since(start);
  return history;
}

}  // namespace strata
