#include "pretraining/greedy.hpp"

#include <memory>
#include <utility>

#include "autoencoders/contractive.hpp"
#include "autoencoders/denoising.hpp"

namespace strata {

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
  auto autoencoder = std::make_unique<DenseAutoencoder>(rbm.as_autoencoder());
  autoencoder->loss = plan.options.loss;  // of fine-tuning
  stage.autoencoder = std::move(autoencoder);
  stage.trained_weights = count_of({&rbm.W, &rbm.a, &rbm.b});
  stage.rbm = std::move(rbm);
}

static std::unique_ptr<Autoencoder> make_layer(const LayerPlan& plan, std::size_t features,
                                               Rng& rng) {
  if (!plan.make) {
    DenseAutoencoderOptions options = plan.options;
    options.sizes = {features, plan.options.sizes.back()};
    return std::make_unique<DenseAutoencoder>(options, rng);
  }
  std::unique_ptr<Autoencoder> layer = plan.make(features, rng);
  check(layer != nullptr && layer->features() == features, "greedy pretraining: a layer for ",
        features, " features is wanted, but the plan makes ",
        layer == nullptr ? "none" : text("one for ", layer->features()));
  return layer;
}

static void train_as_autoencoder(GreedyStage& stage, const LayerPlan& plan, const Dataset& input,
                                 Rng& rng, const Engine& engine) {
  stage.autoencoder = make_layer(plan, input.features(), rng);
  stage.trained_weights = count_of(stage.autoencoder->parameters());
  if (!plan.corruption) {
    stage.history = train(*stage.autoencoder, input, rng, plan.fit, engine);
    return;
  }
  // Wrapped for as long as it is trained
  DenoisingAutoencoder denoising(std::move(stage.autoencoder), *plan.corruption, rng);
  stage.history = train(denoising, input, rng, plan.fit, engine);
  stage.autoencoder = std::move(denoising.net);
}

static void check_plans(const std::vector<LayerPlan>& plans) {
  check(!plans.empty(), "greedy pretraining: the plan has no layers");
  for (std::size_t k = 0; k < plans.size(); ++k) {
    check(plans[k].make || !plans[k].options.sizes.empty(), "greedy pretraining: layer ", k + 1,
          " of the plan has no size");
    check(!plans[k].make || !plans[k].rbm, "greedy pretraining: layer ", k + 1,
          " of the plan is an RBM, but `make` makes another layer");
  }
}

std::vector<GreedyStage> pretrain_greedily(const Dataset& data, const std::vector<LayerPlan>& plans,
                                           Rng& rng, const Engine& engine) {
  check_plans(plans);
  std::vector<GreedyStage> stages;
  Dataset input = data;  // what the next layer learns to reconstruct
  for (const LayerPlan& plan : plans) {
    GreedyStage stage;
    if (plan.rbm) {
      train_as_rbm(stage, plan, input, rng, engine);
    } else {
      train_as_autoencoder(stage, plan, input, rng, engine);
    }
    stage.error = reconstruction_error(*stage.autoencoder, input.X, engine.workers);

    // Of clean input, once; the decoder stays behind.
    input.X = stage.autoencoder->encode(input.X, engine.workers);
    input.image = {};
    stages.push_back(std::move(stage));
  }
  return stages;
}

const DenseAutoencoder* GreedyStage::dense() const {
  const auto* const contractive = dynamic_cast<const ContractiveAutoencoder*>(autoencoder.get());
  return contractive != nullptr ? &contractive->net : dense_net_of(*autoencoder);
}

DenseAutoencoder unroll(const std::vector<GreedyStage>& stages) {
  check(!stages.empty(), "unroll: no stages");
  DenseAutoencoder deep;
  for (std::size_t k = 0; k < stages.size(); ++k) {
    const DenseAutoencoder* const net = stages[k].dense();
    check(net != nullptr, "unroll: layer ", k + 1, " (", stages[k].autoencoder->architecture(),
          ") is not made of dense layers (stack makes one model of layers of any kind)");
    check(!net->tied, "unroll: layer ", k + 1,
          " has tied weights (pretrain with untied ones to fine-tune both ways)");
    check(net->keep_largest == 0 || k + 1 == stages.size(), "unroll: layer ", k + 1,
          " is k-sparse; only the last stage, whose code is the stack's, can be");
    if (k == 0) deep.loss = net->loss;
    deep.keep_largest = net->keep_largest;
    deep.encoder.insert(deep.encoder.end(), net->encoder.begin(), net->encoder.end());
    deep.decoder.insert(deep.decoder.begin(), net->decoder.begin(), net->decoder.end());
  }
  deep.name_parameters();
  deep.check_consistent();
  return deep;
}

StackedAutoencoder stack(std::vector<GreedyStage> stages) {
  std::vector<std::unique_ptr<Autoencoder>> layers;
  for (GreedyStage& stage : stages) layers.push_back(std::move(stage.autoencoder));
  return StackedAutoencoder(std::move(layers));
}

}  // namespace strata
