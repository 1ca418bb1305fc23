#include "pretraining/greedy.hpp"

#include <memory>
#include <utility>

#include "autoencoders/denoising.hpp"

namespace strata {

// A denoising layer is wrapped for as long as it is trained.
static History train_layer(DenseAutoencoder& layer, const LayerPlan& plan, const Dataset& input,
                           Rng& rng, const Engine& engine) {
  if (!plan.corruption) return train(layer, input, rng, plan.fit, engine);
  DenoisingAutoencoder denoising(std::make_unique<DenseAutoencoder>(std::move(layer)),
                                 *plan.corruption, rng);
  History history = train(denoising, input, rng, plan.fit, engine);
  layer = std::move(*dense_net_of(denoising));
  return history;
}

static Units units_of(Activation f, const char* layer) {
  check(f == Activation::sigmoid || f == Activation::linear, "greedy pretraining: the ", layer,
        " units of an RBM are sigmoid (Bernoulli) or linear (Gaussian), not ", activation_name(f));
  return f == Activation::sigmoid ? Units::bernoulli : Units::gaussian;
}

// Starts from the visible biases that fit the data, as every kind starts from a code that tells
// nothing.
static void train_as_rbm(GreedyStage& stage, const LayerPlan& plan, const Dataset& input, Rng& rng,
                         const Engine& engine) {
  const Penalties& p = plan.options.penalties;
  check(
      !plan.corruption && p.beta == 0 && p.l1 == 0 && !plan.options.tied &&
          plan.options.keep_largest == 0,
      "greedy pretraining: an RBM has no corruption, sparsity, L1, tied weights or k-sparse code");
  Rbm rbm({.visible = input.features(),
           .hidden = plan.options.sizes.back(),
           .visible_units = units_of(plan.options.output, "visible"),
           .hidden_units = units_of(plan.options.code, "hidden")},
          rng);
  rbm.a.value = biases_from_data(rbm.visible_units, input.X);
  stage.history = train_rbm(rbm, input, rng, *plan.rbm, engine);
  stage.autoencoder = rbm.as_autoencoder();
  stage.autoencoder.loss = plan.options.loss;  // of fine-tuning
  stage.trained_weights = count_of({&rbm.W, &rbm.a, &rbm.b});
  stage.rbm = std::move(rbm);
}

static void train_as_autoencoder(GreedyStage& stage, const LayerPlan& plan, const Dataset& input,
                                 Rng& rng, const Engine& engine) {
  DenseAutoencoderOptions options = plan.options;
  options.sizes = {input.features(), plan.options.sizes.back()};
  stage.autoencoder = DenseAutoencoder(options, rng);
  stage.history = train_layer(stage.autoencoder, plan, input, rng, engine);
  stage.trained_weights = count_of(stage.autoencoder.parameters());
}

std::vector<GreedyStage> pretrain_greedily(const Dataset& data, const std::vector<LayerPlan>& plans,
                                           Rng& rng, const Engine& engine) {
  check(!plans.empty(), "greedy pretraining: the plan has no layers");
  std::vector<GreedyStage> stages;
  Dataset input = data;  // what the next layer learns to reconstruct
  for (const LayerPlan& plan : plans) {
    check(!plan.options.sizes.empty(), "greedy pretraining: layer ", stages.size() + 1,
          " of the plan has no size");
    GreedyStage stage;
    if (plan.rbm) {
      train_as_rbm(stage, plan, input, rng, engine);
    } else {
      train_as_autoencoder(stage, plan, input, rng, engine);
    }
    stage.error = reconstruction_error(stage.autoencoder, input.X, engine.workers);

    // Of clean input, once; the decoder stays behind.
    input.X = stage.autoencoder.encode(input.X, engine.workers);
    input.image = {};
    stages.push_back(std::move(stage));
  }
  return stages;
}

DenseAutoencoder unroll(const std::vector<GreedyStage>& stages) {
  check(!stages.empty(), "unroll: no stages");
  DenseAutoencoder deep;
  for (const GreedyStage& stage : stages) {
    check(!stage.autoencoder.tied,
          "unroll: a stage has tied weights (pretrain with untied ones to fine-tune both ways)");
    check(stage.autoencoder.keep_largest == 0 || &stage == &stages.back(),
          "unroll: only the last stage, whose code is the stack's, can be k-sparse");
    deep.encoder.push_back(stage.autoencoder.encoder.front());
    deep.decoder.insert(deep.decoder.begin(), stage.autoencoder.decoder.front());
  }
  deep.loss = stages.front().autoencoder.loss;
  deep.keep_largest = stages.back().autoencoder.keep_largest;
  deep.name_parameters();
  deep.check_consistent();
  return deep;
}

}  // namespace strata
