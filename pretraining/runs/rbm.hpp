#pragma once
// A stack of RBMs trained and measured: what `strata rbm` does, and what its page shows.

#include <functional>
#include <optional>

#include "pretraining/rbm/dbn.hpp"
#include "pretraining/rbm/likelihood.hpp"
#include "pretraining/runs/results_head.hpp"
#include "pretraining/runs/yardstick.hpp"

namespace strata {

struct RbmRunOptions {
  DbnOptions stack{};
  RbmTraining training{};             // of each layer
  double rate_of_gaussian = 0.001;    // of a layer with Gaussian units
  std::size_t chains = 8;             // of the samples, from as many test rows
  std::size_t samples_of_chain = 11;  // pictures, with
  std::size_t steps_between = 100;    // Gibbs steps from one to the next
  AisOptions ais{};  // 0 temperatures: no estimate, and no log-likelihood of large layers
  std::uint64_t seed = 1;
};

/// What is measured after each epoch of a layer, on at most 1000 training and 1000 test rows of
/// what the layer sees.
struct RbmCurves {
  std::vector<double> epoch;
  std::vector<double> reconstruction;  // (1/m) Σ (v − v̂)² over the epoch's training batches
  // Of the training rows, estimated; empty for Gaussian visible units
  std::vector<double> pseudo_likelihood;
  // Mean free energies. A growing gap is overfitting (Hinton 2012, section 6).
  std::vector<double> train_energy, test_energy;
};

/// How likely a layer's own input is, in nats an example. Of grey values bits are drawn first, each
/// a 1 with its value as the probability (Salakhutdinov and Murray 2008 did so with MNIST).
struct RbmLikelihood {
  bool exact = false;  // else estimated by annealed importance sampling
  AisEstimate log_Z{};
  double train = 0, test = 0;
  // Of units that know their means alone: W = 0
  double independent_train = 0, independent_test = 0;
};

struct RbmResults {
  RbmRunOptions options;
  TrainTest data;
  Dbn dbn{};
  std::vector<RbmCurves> curves{};
  std::vector<std::optional<RbmLikelihood>> likelihoods{};
  double train_error = 0, test_error = 0;  // squared error per example, up and down by means
  ErrorOfMeans of_means{};
  // Samples_of_chain pictures of each chain, the row it began at first
  std::vector<Tensor> chains{};
  double seconds = 0;  // of training

  const Dataset& shown() const { return data.test.size() > 0 ? data.test : data.train; }
  /// What is to be said of the layers besides their numbers.
  std::vector<std::string> remarks() const;
};

/// Called when the layers are trained, before anything is measured; may be empty.
using DbnTrained = std::function<void(const Dbn&)>;

/// Trains and measures. Each of training, curves, likelihoods and samples draws from a stream of
/// the seed of its own. In a checkpoint each layer is a stage, and each likelihood, and the samples.
/// Throws Error as Dbn, train_dbn and estimate_log_Z.
RbmResults run_rbm(const TrainTest& data, const RbmRunOptions& options, const Engine& engine = {},
                   const DbnTrained& trained = {});

/// results.json: how it was trained, and what was found of each layer.
Json rbm_results_json(const RbmResults& run, const RunFacts& facts);

}  // namespace strata
