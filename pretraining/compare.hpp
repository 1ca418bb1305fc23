#pragma once
// The main job: five ways to compress the same data to the same number of values, side by side.
//   pca                the k leading principal components
//   shallow            one layer down to the code and one back, trained as long as the deep ones
//   deep_random        the deep autoencoder from a random start
//   greedy             the same network, its layers pretrained one by one, not yet fine-tuned
//   greedy_finetuned   the same, fine-tuned through every layer
// deep_random and shallow train for as many epochs as greedy_finetuned in all: pretraining of every layer, plus fine-tuning.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/io/json.hpp"
#include "core/io/progress.hpp"
#include "pretraining/greedy.hpp"
#include "pretraining/pca.hpp"

namespace strata {

struct ComparisonOptions {
  std::vector<std::size_t> sizes = {64, 100, 50, 2};  // features, hidden layers, code
  Activation hidden = Activation::sigmoid;
  Activation code = Activation::linear;  // of the top layer, pretrained and fine-tuned
  Activation output = Activation::sigmoid;
  Loss loss = Loss::bce;
  // Of each layer while it is pretrained: sparse layers. A code that is neither sigmoid nor tanh has no KL term.
  Penalties layer_penalties{};
  // Denoising layers: how each one's own input is corrupted while it is pretrained. Salt and pepper are the ends of its range.
  std::optional<Corruption> layer_corruption{};
  Real finetune_decay = Real(1e-4);  // λ of the weight decay in fine-tuning and from a random start
  std::size_t pretrain_epochs = 20;  // of each layer
  std::size_t finetune_epochs = 200;
  std::size_t batch_size = 32;
  OptimizerOptions optimizer{};
  double pretrain_rate = 0.01;
  double finetune_rate = 0.03;
  Schedule schedule{.kind = "one_cycle"};
  std::uint64_t seed = 1;
};

/// Each method draws from a stream of the seed of its own.
enum ComparisonStream : std::uint64_t {
  shallow_stream = 1,
  deep_random_stream,
  greedy_stream,
  classifier_stream
};

/// A training run, for its curve.
struct Curve {
  std::string label;
  History history;
};

struct MethodResult {
  std::string name;
  double train_error = 0, test_error = 0;  // squared error per example
  double seconds = 0;                      // of training; for greedy_finetuned pretraining included
  std::size_t epochs = 0;                  // over the training set, all layers' together
  std::vector<Curve> curves;
  Tensor test_codes;            // (test × code)
  Tensor test_reconstructions;  // (test × features)
};

struct Comparison {
  ComparisonOptions options;
  Dataset train, test;
  Pca pca;
  std::vector<GreedyStage> stages;
  DenseAutoencoder shallow, deep_random, deep;  // deep: pretrained and fine-tuned
  std::vector<MethodResult> methods;            // in the order above

  std::size_t code_size() const { return options.sizes.back(); }
  const MethodResult& method(const std::string& name) const;
};

/// Whom to tell while it runs; each may be empty.
struct ComparisonCallbacks {
  Progress* progress = nullptr;
  std::function<void(std::size_t layer, const GreedyStage&)> stage_done{};  // layer counts from 1
  std::function<void(const MethodResult&)> method_done{};
};

/// Each method draws from a stream of its own, so that none depends on the others. Throws Error where the sizes do not fit
/// the data, the code is not smaller than the features, or the test set is empty.
Comparison compare_methods(const TrainTest& data, const ComparisonOptions& options, const Engine& engine = {},
                           const ComparisonCallbacks& news = {});

/// results.json, as the README describes it.
Json results_json(const Comparison& comparison, const std::string& version, std::size_t threads);

}  // namespace strata
