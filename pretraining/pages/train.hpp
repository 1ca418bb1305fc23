#pragma once
// The page that `strata train KIND` leaves: what the model is, how well it reconstructs, how it was
// trained, and the pictures that make its kind's point. Every number on it comes from the TrainRun.

#include <functional>
#include <memory>
#include <string>

#include "autoencoders/autoencoder.hpp"
#include "autoencoders/sparse.hpp"
#include "core/data/scaling.hpp"
#include "layers/fit.hpp"

namespace strata::report {

/// A training run of one autoencoder.
struct TrainRun {
  std::string kind;   // linear, sparse, …
  std::string point;  // of the kind, in a line
  Autoencoder* model;
  TrainTest data;  // as the model sees them: scaled. There may be no test rows
  FitOptions fit{};
  History history{};
  double train_error = 0,
         test_error = 0;  // squared error per example; the latter only where there are test rows
  CodeStatistics code{};  // over the training rows
  std::uint64_t seed = 1;
  std::string version{}, command_line{};
  Workers* workers = nullptr;
  Listeners listeners{};
  std::vector<std::string> pages{};  // of docs/guide, on the kind
  bool denoises = false;             // `model` is the net inside a denoising one
  /// A fresh model of the same options. From Rng(seed) it is the one that was trained, as it was
  /// before: to train it once more with one thing changed.
  std::function<std::unique_ptr<Autoencoder>(Rng&)> make{};
  Json measured = Json::object();  // what the kind's figures have measured: results.json has it

  /// What is shown and judged: the test rows, or the training rows where there are none.
  const Dataset& shown() const { return has_test() ? data.test : data.train; }
  bool has_test() const { return data.test.size() > 0; }
  /// What those rows are called, and the model's error on them.
  std::string part() const { return has_test() ? "test" : "training"; }
  double shown_error() const { return has_test() ? test_error : train_error; }
  /// What the optimiser saw: without the rows that are held out to stop by.
  Dataset trained_on() const {
    return fit.validation != nullptr ? split_every(data.train, 10, 9).train : data.train;
  }
  /// The same run, looked at through the net inside its denoising model; it has measured nothing.
  TrainRun of_net_inside() const;
  bool has_pictures() const { return shown().image != ImageShape{}; }
};

/// What the term "reconstruction" of the model's objective is: "bce, nats"; "half_mse, half the
/// squared error".
std::string name_of_loss(const Autoencoder& model);

/// The sections that a kind adds: HTML. Data that are no pictures may have none.
using Figures = std::string (*)(TrainRun& run);

/// The page: HTML with everything inside it. `figures` come first, below the opening; they may be
/// null.
std::string train_page(TrainRun& run, Figures figures);

}  // namespace strata::report
