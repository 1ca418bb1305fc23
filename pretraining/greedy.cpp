#include "pretraining/greedy.hpp"

#include <memory>
#include <utility>

#include "autoencoders/denoising.hpp"

namespace strata {

// A denoising layer is wrapped for as long as it is trained.
static History train_layer(DenseAutoencoder& layer, const LayerPlan& plan, const Dataset& input, Rng& rng,
                           const Engine& engine) {
  if (!plan.corruption) return train(layer, input, rng, plan.fit, engine);
  DenoisingAutoencoder denoising(std::make_unique<DenseAutoencoder>(std::move(layer)), *plan.corruption, rng);
  History history = train(denoising, input, rng, plan.fit, engine);
  layer = std::move(*dense_net_of(denoising));
  return history;
}

std::vector<GreedyStage> pretrain_greedily(const Dataset& data, const std::vector<LayerPlan>& plans, Rng& rng,
                                           const Engine& engine) {
  check(!plans.empty(), "greedy pretraining: the plan has no layers");
  std::vector<GreedyStage> stages;
  Dataset input = data;  // what the next layer learns to reconstruct
  for (const LayerPlan& plan : plans) {
    check(!plan.options.sizes.empty(), "greedy pretraining: layer ", stages.size() + 1,
          " of the plan has no size");
    DenseAutoencoderOptions options = plan.options;
    options.sizes = {input.features(), plan.options.sizes.back()};

    GreedyStage stage;
    stage.autoencoder = DenseAutoencoder(options, rng);
    stage.history = train_layer(stage.autoencoder, plan, input, rng, engine);
    stage.trained_weights = count_of(stage.autoencoder.parameters());
    stage.error = reconstruction_error(stage.autoencoder, input.X, engine.workers);

    input.X =
        stage.autoencoder.encode(input.X, engine.workers);  // of clean input, once; the decoder stays behind
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
