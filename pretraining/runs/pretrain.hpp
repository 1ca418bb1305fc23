#pragma once
// The run of `strata pretrain`, the main job: several ways to compress the same data to the same
// number of values, side by side.
//   pca                     the k leading principal components
//   logistic_pca            the same model fitted by cross-entropy, for data in [0, 1]
//   shallow                 one layer to the code and one back, trained as long as the deep ones
//   deep_random             the deep autoencoder from a random start; may be left out
//   greedy                  the same network, its layers pretrained one by one, not yet fine-tuned
//   greedy_finetuned        the same, fine-tuned through every layer
//   greedy_WAY and greedy_WAY_finetuned
//                           both again for each further way to pretrain layers (ways.hpp),
//                           fine-tuned alike
// deep_random and shallow train for as many epochs as greedy_finetuned in all: pretraining of every
// layer, plus fine-tuning.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/io/progress.hpp"
#include "pretraining/baselines/logistic_pca.hpp"
#include "pretraining/baselines/pca.hpp"
#include "pretraining/runs/results_head.hpp"
#include "pretraining/runs/yardstick.hpp"
#include "pretraining/ways.hpp"

namespace strata {

struct PretrainOptions {
  std::vector<std::size_t> sizes = {64, 100, 50, 2};  // features, hidden layers, code
  Activation hidden = Activation::sigmoid;
  Activation code = Activation::linear;  // of the top layer, pretrained and fine-tuned
  Activation output = Activation::sigmoid;
  Loss loss = Loss::bce;
  // With deep_random, which trains as long as the pretrained network
  bool random_start = true;
  // How layers are pretrained; the first is the main one
  std::vector<std::string> ways = {"plain"};
  WayOptions layer{};
  Real layer_l1 = 0;  // λ of the L1 term on the code of each layer while it is pretrained
  Real finetune_decay = Real(1e-4);  // λ of the weight decay in fine-tuning and from a random start
  std::size_t pretrain_epochs = 20;  // of each layer
  double pretrain_rate = 0.01;
  std::size_t pretrain_batch_size = 0;  // 0: that of fine-tuning, and 32 beside lbfgs
  // Of whole networks, from a random start too; of layers, but for the three above. Beside lbfgs
  // layers have adam and one_cycle.
  FitOptions fine_tuning{
      .epochs = 200, .learning_rate = 0.03, .schedule = {.kind = ScheduleKind::one_cycle}};
  std::uint64_t seed = 1;

  LayerStack stack() const { return {sizes.size() - 1, hidden, code, output}; }
  bool pretrains(const std::string& way) const;  // whether it is among ways
};

/// The defaults above suit some thousands of examples. From many_examples on, batches are larger,
/// steps smaller and passes fewer, as was tried on MNIST (docs/guide/headline.md); the sizes stay.
constexpr std::size_t many_examples = 10000;
PretrainOptions usual_pretrain_options(std::size_t examples);

/// Each method draws from a stream of the seed of its own. Those of pretrained networks are in the
/// table of ways; the plain one's is 3.
enum PretrainStream : std::uint64_t { shallow_stream = 1, deep_random_stream = 2 };

/// A code is also judged by the classes of each test code's nearest training codes: how many of
/// them vote, and among how many training rows at most, evenly chosen.
inline constexpr std::size_t voting_neighbours = 5, most_neighbour_rows = 10000;

/// Logistic PCA's time grows with the square of the code: a longer one would outlast all other
/// methods together.
inline constexpr std::size_t longest_logistic_code = 100;
/// Why logistic PCA is left out for these data and codes; empty where it takes part.
std::string objection_to_logistic_pca(const TrainTest& data, std::size_t code_size);

/// A training run, for its curve.
struct Curve {
  History history;
  // Of a whole network: squared error per test example after each epoch
  std::vector<double> test_errors{};
};

struct MethodResult {
  std::string name{};
  std::string way{};                       // of a pretrained network
  double train_error = 0, test_error = 0;  // squared error per example
  double seconds = 0;                      // of training; for greedy_finetuned pretraining included
  std::size_t epochs = 0;                  // over the training set, all layers' together
  std::size_t iterations = 0;              // of logistic PCA
  // Of codes, where there are labels: PretrainResults::neighbour_rows
  std::optional<double> neighbour_accuracy{};
  IdleUnits idle{};  // of an autoencoder's code, over the training rows
  std::vector<Curve> curves{};
  Tensor test_codes{};            // (test × code)
  Tensor test_reconstructions{};  // (test × features)
};

struct PretrainResults {
  PretrainOptions options;
  Dataset train, test;
  ErrorOfMeans of_means;
  Pca pca;
  std::optional<LogisticPca> logistic_pca;
  std::string no_logistic_pca;  // why it was left out; empty where it was not
  std::map<std::string, std::vector<GreedyStage>> stages;  // of each way
  DenseAutoencoder shallow;
  DenseAutoencoder deep;              // pretrained in the main way, and fine-tuned
  std::vector<MethodResult> methods;  // in the order above
  // The training rows among which neighbour_accuracy looks for each test code's neighbours; empty
  // where there are no labels.
  std::vector<std::size_t> neighbour_rows;

  std::size_t code_size() const { return options.sizes.back(); }
  /// Here and below: throws Error where there is no such method, or where no layers were
  /// pretrained in this way.
  const MethodResult& method(const std::string& name) const;
  /// The network pretrained in this way, before fine-tuning, and after it.
  const MethodResult& pretrained(const std::string& way) const;
  const MethodResult& finetuned(const std::string& way) const;
  /// What pretraining left of the layers.
  const std::vector<GreedyStage>& stages_of(const std::string& way) const;
  const std::vector<GreedyStage>& main_stages() const { return stages_of(options.ways.front()); }
  /// Of the variance of the test examples (yardstick.hpp).
  double explained(const MethodResult& method) const {
    return of_means.explained(method.train_error, method.test_error);
  }
  /// What is to be said of the trained networks besides their numbers; of pretrained ones only once
  /// they are fine-tuned.
  std::vector<std::string> remarks() const;
};

/// Called while it runs; each may be empty.
struct PretrainCallbacks {
  std::function<void(std::size_t layer, const GreedyStage&)> stage_done{};  // layer counts from 1
  std::function<void(const MethodResult&)> method_done{};
  // PretrainResults::deep, when it is trained
  std::function<void(DenseAutoencoder&)> deep_done{};
};

/// Each method draws from a stream of its own, so that none depends on the others. Throws Error
/// where the sizes do not fit the data, the code is larger than the features, the test set is
/// empty, or a way does not suit the units or the L1 term.
PretrainResults run_pretrain(const TrainTest& data, const PretrainOptions& options,
                             const Engine& engine = {}, const PretrainCallbacks& callbacks = {});

// ---- what the options stand for
/// Throws Error as run_pretrain does, before any work.
void check_pretrain(const TrainTest& data, const PretrainOptions& options);
/// A whole network of these sizes.
DenseAutoencoderOptions network_options(const PretrainOptions& options,
                                        std::vector<std::size_t> sizes);
/// How each layer is trained while it is pretrained, and the plan of all layers.
FitOptions layer_fit_options(const PretrainOptions& options);
std::vector<LayerPlan> layer_plans(const PretrainOptions& options, const Way& way);

/// results.json, as docs/guide/results.md describes it.
Json pretrain_results_json(const PretrainResults& results, const RunFacts& facts);

}  // namespace strata
