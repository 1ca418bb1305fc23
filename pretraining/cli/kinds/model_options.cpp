#include "pretraining/cli/kinds/model_options.hpp"

#include <algorithm>

#include "autoencoders/denoising.hpp"
#include "pretraining/cli/common.hpp"

namespace strata::cli {

std::vector<OptionSpec> model_specs() {
  return {
      {"layers", "D-…-K", "", "layer sizes from the features to the code, like 64-100-50-2"},
      {"hidden", "N", "",
       "code units (default by kind); of few features a narrow code has half as many"},
      {"hidden-activation", "F", "",
       "of the layers between (default by kind): linear sigmoid tanh relu leaky_relu elu softplus"},
      {"code", "F", "", "activation of the code (default by kind)"},
      {"output", "F", "", "activation of the output (default by kind)"},
      {"loss", "LOSS", "", "half_mse or bce (default by kind)"},
      {"rho", "P", "", "KL sparsity: the mean activation wanted, in (0, 1) (default by kind)"},
      {"beta", "W", "",
       "weight of the KL term (default by kind); of sparsity it is 0 beside --l1 or --keep"},
      {"l1", "W", "0", "weight of the L1 term on the code"},
      {"keep", "K", "", "k-sparse: keep the K largest code units of each example"},
      {"decay", "W", "", "weight of the L2 term on the weights (default by kind)"},
      {"tied", "", "", "decoder weights are the encoder's, transposed"},
      {"dropout", "P", "0",
       "while training, each hidden activation is left out with probability P, in [0, 1); by tape"},
      {"init", "HOW", "", "xavier, he or lecture"},
      {"corruption", "KIND", "",
       "of the input in training: masking, salt_and_pepper (pixels become 0 or 1) or gaussian "
       "(default: "
       "masking for denoising, none for others)"},
      {"noise", "X", "0.3",
       "the probability of masking or of salt and pepper, or the deviation of gaussian"},
      {"contraction", "W", "0.03", "contractive: weight of the squared Frobenius norm of ∂h/∂x"},
      {"curvature", "W", "0",
       "contractive: weight of the change of ∂h/∂x nearby, of deviation --deviation (0.1)"},
      {"decoder", "KIND", "bernoulli", "variational: bernoulli (pixels in [0, 1]) or gaussian"},
      {"deviation", "S", "",
       "variational: of a gaussian decoder (0.2); contractive: of the noise of --curvature (0.1)"},
      {"warm-up", "N", "0",
       "variational: epochs over which the weight of the KL term rises to --beta"},
      {"filters", "F-…-F", "32-8",
       "convolutional: channels of each stage; each halves the picture's sides"},
      {"kernel", "N", "3", "convolutional: windows of N×N pixels, N odd"},
      {"down", "HOW", "stride",
       "convolutional: stride (every second place) or pool (the largest of 2×2)"},
      {"up", "HOW", "transpose",
       "convolutional: transpose (windows painted two pixels apart) or upsample (each pixel a "
       "square, and a "
       "convolution)"},
      {"image", "HxW", "",
       "convolutional: how the features stand, where the data do not say it (CxHxW: channels)"},
      {"units", "N", "64", "lstm: of the encoder's and of the decoder's LSTM"},
      {"steps", "T", "",
       "lstm: the equal steps that an example is cut into (default: a picture's rows, else one a "
       "feature)"},
      {"variable-lengths", "", "", "lstm: zeros at an example's end are no part of the sequence"},
      {"teacher-forcing", "", "", "lstm: while training the decoder is given the true step before"},
      {"reversed", "", "", "lstm: the decoder begins with the last step"}};
}

std::vector<OptionSpec> training_specs() {
  return {{"epochs", "N", "", "passes over the training rows (default by kind)"},
          {"batch", "N", "32", "examples a step (lbfgs: all)"},
          {"rate", "R", "", "learning rate (default by kind); another optimiser has its own"},
          {"optimizer", "NAME", "",
           "sgd momentum nesterov adagrad rmsprop adam adamw lbfgs (default by kind)"},
          {"schedule", "NAME", "",
           "of the learning rate: constant step cosine one_cycle (default by kind)"},
          {"clip", "NORM", "", "clip the gradient to this norm"},
          {"patience", "N", "",
           "stop after N epochs without a better loss on every tenth training row, which is then "
           "held out, and "
           "restore the best"}};
}

bool denoises(const Kind& kind, const Options& o) {
  return takes(kind, "corruption") && (o.given("corruption") || kind.corrupts);
}

Corruption corruption_of(const Options& o) {
  const std::string kind =
      o.given("corruption") ? o.choice("corruption", corruption_names()) : "masking";
  Corruption corruption;
  corruption.kind = corruption_named(kind);
  const bool is_probability = corruption.kind != CorruptionKind::gaussian;
  corruption.amount = Real(is_probability ? o.number("noise", 0, 1) : o.number("noise", 0));
  return corruption;
}

std::unique_ptr<Autoencoder> denoising(std::unique_ptr<Autoencoder> net, const Options& o,
                                       Rng& rng) {
  return std::make_unique<DenoisingAutoencoder>(std::move(net), corruption_of(o), rng);
}

// Options of other kinds would be silently without effect.
static void check_options_fit(const Kind& kind, const Options& o) {
  for (const OptionSpec& spec : model_specs()) {
    if (o.given(spec.name) && !takes(kind, spec.name)) {
      throw UsageError(text("--", spec.name, ": the kind ", kind.name,
                            " does not take it (`strata train ", kind.name,
                            " --help` lists what it takes)"));
    }
  }
  if (o.given("noise") && !denoises(kind, o))
    throw UsageError("--noise: has no effect without --corruption");
}

std::unique_ptr<Autoencoder> make_model(const Kind& kind, const DataShape& data, const Options& o,
                                        Rng& rng) {
  check_options_fit(kind, o);
  if (takes(kind, "layers")) {
    check_memory(sizes_of(kind, data.features, o), optimizer_of(kind, o),
                 o.given("layers") ? "--layers" : "--hidden");
  }
  try {
    std::unique_ptr<Autoencoder> model = kind.make(kind, data, o, rng);
    return denoises(kind, o) ? denoising(std::move(model), o, rng) : std::move(model);
  } catch (const Error& error) {  // settings that do not go together came from the command line
    throw UsageError(error.what());
  }
}

FitOptions fit_options(const Kind& kind, std::size_t examples, const Options& o) {
  const Defaults& d = kind.defaults;
  FitOptions fit;
  fit.epochs = o.given("epochs") ? o.size("epochs") : d.epochs;
  fit.optimizer.kind = optimizer_named(optimizer_of(kind, o));
  if (o.given("clip") && fit.optimizer.kind == OptimizerKind::lbfgs)
    throw UsageError("--clip: lbfgs does not take it (choose another --optimizer)");
  const bool whole_set = fit.optimizer.kind == OptimizerKind::lbfgs && !o.given("batch");
  fit.batch_size = whole_set ? examples : o.size("batch", 1);
  const bool usual = optimizer_name(fit.optimizer.kind) == d.optimizer;
  fit.learning_rate = o.given("rate") ? o.number("rate", 0, 1e6, Ends::open_low)
                                      : (usual ? d.rate : usual_learning_rate(fit.optimizer.kind));
  const char* schedule = usual ? d.schedule : "constant";
  fit.schedule.kind =
      schedule_named(o.given("schedule") ? o.choice("schedule", schedule_names()) : schedule);
  if (o.given("clip")) fit.clip_norm = o.number("clip", 0, 1e30, Ends::open_low);
  if (o.given("patience")) fit.patience = o.size("patience", 1);
  fit.shuffle = fit.batch_size < examples;
  return fit;
}

}  // namespace strata::cli
