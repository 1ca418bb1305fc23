#include "layers/fit.hpp"

#include <chrono>
#include <cmath>

namespace strata {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void check_options(const FitOptions& o, const Dataset& train) {
  check(train.size() > 0, "fit: the data set '", train.name, "' has no examples");
  check(o.batch_size > 0, "fit: the batch size is 0");
  check(o.learning_rate >= 0 && std::isfinite(o.learning_rate), "fit: the learning rate is ",
        o.learning_rate);
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

std::vector<Tensor> values_of(const std::vector<Parameter*>& parameters) {
  std::vector<Tensor> values;
  for (const Parameter* p : parameters) values.push_back(p->value);
  return values;
}

}  // namespace

History fit(Backprop& backprop, const Dataset& train, Rng& rng, const FitOptions& options) {
  check_options(options, train);
  const auto start = Clock::now();
  const std::vector<Parameter*> parameters = backprop.parameters();
  const auto optimizer = make_optimizer(options.optimizer);
  const double rate =
      options.learning_rate > 0 ? options.learning_rate : usual_learning_rate(options.optimizer.kind);
  Batches batches(train, options.batch_size);
  const std::size_t total_steps = options.epochs * batches.count();
  Batch validation_batch;
  if (options.validation != nullptr) validation_batch = {options.validation->X, options.validation->labels};

  History history;
  std::vector<Tensor> best_values;
  double best_loss = 0;
  for (Parameter* p : parameters) p->grad.fill(0);

  for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
    if (options.shuffle) batches.shuffle(rng);
    EpochRecord record;
    record.epoch = epoch;
    TermMeans means;
    for (std::size_t b = 0; b < batches.count(); ++b) {
      const Batch& batch = batches.batch(b);
      const std::vector<TermValue>& terms = backprop.gradients(batch);
      const double loss = total_of(terms);
      const double norm =
          options.clip_norm > 0 ? clip_gradients(parameters, options.clip_norm) : gradient_norm(parameters);
      check(std::isfinite(loss) && std::isfinite(norm), options.label, ": epoch ", epoch, ", batch ", b + 1,
            ": the ", std::isfinite(loss) ? "gradient" : "loss", " is not finite; ",
            backprop.explain_non_finite(), " (try a smaller learning rate than ", rate,
            ", or clip gradients)");
      means.add(terms, batch.X.rows());
      const std::size_t step = (epoch - 1) * batches.count() + b;
      record.learning_rate = learning_rate_at(options.schedule, rate, step, total_steps);
      optimizer->step(parameters, record.learning_rate, loss,
                      [&] { return total_of(backprop.gradients(batch)); });
    }
    record.terms = means.means();
    record.loss = total_of(record.terms);
    if (options.validation != nullptr) record.validation_loss = total_of(backprop.evaluate(validation_batch));
    record.seconds = seconds_since(start);
    history.epochs.push_back(record);
    if (options.progress != nullptr) {
      const double per_second = double(epoch * train.size()) / record.seconds;
      options.progress->update(options.label, epoch, options.epochs, record.loss, per_second);
    }
    if (options.validation != nullptr && (history.best_epoch == 0 || record.validation_loss < best_loss)) {
      history.best_epoch = epoch;
      best_loss = record.validation_loss;
      if (options.patience > 0) best_values = values_of(parameters);
    }
    const bool out_of_patience = options.patience > 0 && epoch >= history.best_epoch + options.patience;
    const bool told_to_stop = options.after_epoch && !options.after_epoch(record);
    if (out_of_patience || told_to_stop) {
      history.stopped_early = epoch < options.epochs;
      break;
    }
  }
  for (std::size_t k = 0; k < best_values.size(); ++k) parameters[k]->value = best_values[k];
  history.seconds = seconds_since(start);
  return history;
}

}  // namespace strata
