#pragma once
// A training run of one autoencoder: what `strata train KIND` does, and what its page shows.

#include <functional>
#include <memory>
#include <string>

#include "autoencoders/autoencoder.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/train.hpp"
#include "pretraining/runs/results_head.hpp"
#include "pretraining/runs/yardstick.hpp"

namespace strata {

struct TrainRun {
  std::string kind;   // linear, sparse, …
  std::string point;  // of the kind, in a line
  Autoencoder* model;
  TrainTest data;  // as the model sees them: scaled. There may be no test rows
  FitOptions fit{};
  const Dataset* optimised_on = nullptr;  // data.train without what is held out; null: all of it
  History history{};
  // Squared error per example; the latter only where there are test rows
  double train_error = 0, test_error = 0;
  // The same of answering everything with the means of the training rows
  ErrorOfMeans of_means{};
  CodeStatistics code{};  // over the training rows
  IdleUnits idle{};       // the same
  std::uint64_t seed = 1;
  Workers* workers = nullptr;
  Listeners listeners{};
  std::vector<std::string> pages{};  // of docs/guide, on the kind
  bool denoises = false;             // `model` is the net inside a denoising one
  /// A fresh model of the same options. From Rng(seed) it is the model that was trained, as it was
  /// before its training.
  std::function<std::unique_ptr<Autoencoder>(Rng&)> make{};
  Json measured = Json::object();  // what the page's sections have measured: results.json has it

  /// What is shown and judged: the test rows, or the training rows where there are none.
  const Dataset& shown() const { return has_test() ? data.test : data.train; }
  bool has_test() const { return data.test.size() > 0; }
  /// What those rows are called, and the model's error on them.
  std::string part() const { return has_test() ? "test" : "training"; }
  double shown_error() const { return has_test() ? test_error : train_error; }
  /// What the optimiser saw: without the rows that are held out to stop by.
  const Dataset& trained_on() const { return optimised_on != nullptr ? *optimised_on : data.train; }
  /// Of the variance of the rows that are shown (yardstick.hpp).
  double explained() const;
  /// What is to be said of the result besides its numbers (yardstick.hpp).
  std::vector<std::string> remarks() const;
  bool has_pictures() const { return shown().image != ImageShape{}; }
  /// Such a model with one thing changed, trained from the same start on the same batches.
  std::unique_ptr<Autoencoder> trained_twin(const std::string& label, BackpropKind backprop,
                                            const std::function<void(Autoencoder&)>& change) const;
  /// The same run, looked at through the net inside its denoising model; it has measured nothing.
  TrainRun of_net_inside() const;
};

/// What the term "reconstruction" of the model's objective is: "bce, nats"; "half_mse, half the
/// squared error".
std::string name_of_loss(const Autoencoder& model);

/// results.json.
Json train_results_json(const TrainRun& run, const RunFacts& facts);

}  // namespace strata
