#include "autoencoders/dense_autoencoder.hpp"

#include "layers/dropout.hpp"
#include "layers/parameter_budget.hpp"

namespace strata {

DenseAutoencoder::DenseAutoencoder(const DenseAutoencoderOptions& o, Rng& rng)
    : loss(o.loss),
      tied(o.tied),
      keep_largest(o.keep_largest),
      dropout(o.dropout),
      penalties(o.penalties) {
  check(o.sizes.size() >= 2,
        "autoencoder: needs the number of features and of code units, like 64-2");
  const std::size_t depth = o.sizes.size() - 1;
  for (std::size_t k = 0; k < depth; ++k) {
    const Activation f = k + 1 == depth ? o.code : o.hidden;
    encoder.emplace_back(text("encoder.", k), o.sizes[k], o.sizes[k + 1], f, rng, o.initializer);
  }
  for (std::size_t k = 0; k < depth; ++k) {
    const Activation f = k + 1 == depth ? o.output : o.hidden;
    const std::size_t inputs = o.sizes[depth - k], outputs = o.sizes[depth - k - 1];
    if (tied) {
      Dense layer;
      layer.b = Parameter(text("decoder.", k, ".b"), Tensor({outputs}), false);
      layer.activation = f;
      decoder.push_back(std::move(layer));
    } else {
      decoder.emplace_back(text("decoder.", k), inputs, outputs, f, rng, o.initializer);
    }
  }
  check_consistent();
  if (dropout > 0) noise = Rng(rng.next());
}

void DenseAutoencoder::check_consistent() const {
  const Activation code = encoder.back().activation;
  const Penalties& p = penalties;
  check(p.beta >= 0 && p.l1 >= 0 && p.decay >= 0, "autoencoder: a penalty's weight is negative");
  check(p.beta == 0 || (p.rho > 0 && p.rho < 1), "autoencoder: rho is ", p.rho,
        ", but must lie in (0, 1)");
  check(p.beta == 0 || is_unit_range(code) || is_symmetric_range(code),
        "autoencoder: KL sparsity needs sigmoid or tanh ", "code units, not ",
        activation_name(code), " (for others L1 or k-sparse: --l1, --keep)");
  check(p.beta == 0 || keep_largest == 0,
        "autoencoder: choose KL sparsity (beta) or k-sparse (keep_largest), not both");
  check(dropout >= 0 && dropout < 1, "autoencoder: dropout is ", dropout,
        ", but must lie in [0, 1)");
  check(keep_largest <= code_size(), "autoencoder: keep_largest is ", keep_largest, " of ",
        code_size(), " code units");
  check(loss == Loss::half_mse || decoder.back().activation == Activation::sigmoid,
        "autoencoder: the loss bce needs a sigmoid output, not ",
        activation_name(decoder.back().activation));
  std::size_t width = features();
  const auto goes_on = [&width](const char* part, std::size_t k, std::size_t takes,
                                std::size_t gives, std::size_t biases) {
    check(takes == width, "autoencoder: ", part, ".", k, " takes ", takes, " numbers but is given ",
          width);
    check(biases == gives, "autoencoder: ", part, ".", k, " has ", gives, " units but ", biases,
          " biases");
    width = gives;
  };
  for (std::size_t k = 0; k < encoder.size(); ++k) {
    const Tensor& W = encoder[k].W.value;
    goes_on("encoder", k, W.rows(), W.cols(), encoder[k].b.value.size());
  }
  for (std::size_t k = 0; k < decoder.size(); ++k) {
    const Tensor& W = tied ? encoder[encoder.size() - 1 - k].W.value : decoder[k].W.value;
    const std::size_t biases = decoder[k].b.value.size();
    goes_on("decoder", k, tied ? W.cols() : W.rows(), tied ? W.rows() : W.cols(), biases);
  }
  check(width == features(), "autoencoder: the decoder gives ", width, " numbers for ", features(),
        " features");
}

std::vector<std::size_t> DenseAutoencoder::sizes() const {
  std::vector<std::size_t> widths = {features()};
  for (const Dense& layer : encoder) widths.push_back(layer.outputs());
  return widths;
}

Tensor DenseAutoencoder::decoder_weights(std::size_t k) const {
  return tied ? transposed(encoder[encoder.size() - 1 - k].W.value) : decoder[k].W.value;
}

std::vector<Parameter*> DenseAutoencoder::parameters() {
  std::vector<Parameter*> all;
  for (Dense& layer : encoder) all.insert(all.end(), {&layer.W, &layer.b});
  for (Dense& layer : decoder) {
    if (!tied) all.push_back(&layer.W);
    all.push_back(&layer.b);
  }
  return all;
}

void DenseAutoencoder::name_parameters() {
  const auto name = [](std::vector<Dense>& layers, const char* part) {
    for (std::size_t k = 0; k < layers.size(); ++k) {
      layers[k].W.name = text(part, ".", k, ".W");
      layers[k].b.name = text(part, ".", k, ".b");
    }
  };
  name(encoder, "encoder");
  name(decoder, "decoder");
}

Var DenseAutoencoder::record_encode(Tape& tape, Var X, Mode mode) {
  Var a = encoder.front().forward(tape, X, mode);
  for (std::size_t k = 1; k < encoder.size(); ++k) {
    a = encoder[k].forward(tape, record_dropout(tape, a, mode), mode);
  }
  return keep_largest > 0 ? strata::keep_largest(a, keep_largest) : a;
}

Var DenseAutoencoder::record_dropout(Tape& tape, Var a, Mode mode) {
  return Dropout(dropout, noise).forward(tape, a, mode);
}

// z = a Wᵀ + 1 b: the encoder's weights, transposed.
static Var record_tied(Tape& tape, Var a, Parameter& W, Parameter& b) {
  const Var product = matmul_bt(a, tape.parameter(W));
  return add_row(product, tape.parameter(b));
}

Var DenseAutoencoder::record_logits(Tape& tape, Var h, Mode mode) {
  Var a = record_dropout(tape, h, mode);
  for (std::size_t k = 0; k < decoder.size(); ++k) {
    Dense& layer = decoder[k];
    const Var z =
        tied ? record_tied(tape, a, twin_of_decoder(k).W, layer.b) : layer.pre_activation(tape, a);
    if (k + 1 == decoder.size()) return z;
    a = record_dropout(tape, activate(layer.activation, z), mode);
  }
  return a;
}

Var DenseAutoencoder::record_decode(Tape& tape, Var h, Mode mode) {
  return activate(decoder.back().activation, record_logits(tape, h, mode));
}

Objective DenseAutoencoder::objective_from(Tape& tape, Var input, Var target, Mode mode) {
  return sum_of_terms(record_terms(tape, target, record_encode(tape, input, mode), mode));
}

std::vector<Term> DenseAutoencoder::record_terms(Tape& tape, Var X, Var h, Mode mode) {
  const Var z = record_logits(tape, h, mode);
  std::vector<Term> terms;
  if (loss == Loss::bce) {
    terms.push_back({"reconstruction", bce_with_logits(z, X)});
  } else {
    terms.push_back({"reconstruction", half_mse(activate(decoder.back().activation, z), X)});
  }
  if (penalties.beta > 0) {
    const Var kl = kl_sparsity(h, penalties.rho, is_symmetric_range(encoder.back().activation));
    terms.push_back({"sparsity", scale(kl, penalties.beta)});
  }
  if (penalties.l1 > 0) terms.push_back({"l1", scale(l1_of_code(h), penalties.l1)});
  if (penalties.decay > 0) {
    terms.push_back({"weight_decay", record_weight_decay(tape, parameters(), penalties.decay)});
  }
  return terms;
}

void DenseAutoencoder::check_data(const Tensor& X) const {
  Autoencoder::check_data(X);
  check_data_range(decoder.back().activation, X);
}

void DenseAutoencoder::begin_at_means(const Tensor& X) {
  begin_bias_at_means(decoder.back().b, decoder.back().activation, column_means(X), X.rows());
}

std::string DenseAutoencoder::architecture() const {
  return layers_text(sizes());
}

std::vector<Rng*> DenseAutoencoder::generators() {
  if (dropout == 0) return {};
  return {&noise};
}

static Json activations_of(const std::vector<Dense>& layers) {
  Json activations = Json::array();
  for (const Dense& layer : layers) activations.push(activation_name(layer.activation));
  return activations;
}

Json DenseAutoencoder::settings() const {
  Json settings = Json::object({{"model", "dense"},
                                {"sizes", sizes_to_json(sizes())},
                                {"encoder_activations", activations_of(encoder)},
                                {"decoder_activations", activations_of(decoder)},
                                {"loss", loss_kinds.name(loss)},
                                {"tied", tied},
                                {"keep_largest", keep_largest},
                                {"rho", penalties.rho},
                                {"beta", penalties.beta},
                                {"l1", penalties.l1},
                                {"decay", penalties.decay}});
  if (dropout > 0) settings["dropout"] = dropout;
  return settings;
}

static std::vector<Dense> empty_layers(const std::string& part, const Json& activations,
                                       const std::vector<std::size_t>& widths, bool has_weights,
                                       const OwnKinds& own) {
  check(activations.items().size() + 1 == widths.size(), part, ": ", activations.items().size(),
        " activations for ", widths.size() - 1, " layers");
  std::vector<Dense> layers;
  for (std::size_t k = 0; k + 1 < widths.size(); ++k) {
    Dense layer;
    const std::string name = text(part, ".", k);
    if (has_weights) {
      const Shape shape = {widths[k], widths[k + 1]};
      ParameterBudget::spend(shape);
      layer.W = Parameter(name + ".W", Tensor(shape), true);
    }
    layer.b = Parameter(name + ".b", Tensor({widths[k + 1]}), false);
    layer.activation = activation_named(activations.items()[k].as_string(), own.activations);
    layers.push_back(std::move(layer));
  }
  return layers;
}

DenseAutoencoder DenseAutoencoder::from_settings(const Json& settings, const OwnKinds& own) {
  const std::vector<std::size_t> widths = sizes_from_json(settings.at("sizes"));
  const std::vector<std::size_t> mirrored(widths.rbegin(), widths.rend());
  DenseAutoencoder model;
  model.tied = settings.at("tied").as_bool();
  model.encoder = empty_layers("encoder", settings.at("encoder_activations"), widths, true, own);
  model.decoder =
      empty_layers("decoder", settings.at("decoder_activations"), mirrored, !model.tied, own);
  model.loss = loss_kinds.named(settings.at("loss").as_string());
  model.keep_largest = settings.at("keep_largest").as_size();
  if (settings.has("dropout")) model.dropout = Real(settings.at("dropout").as_number());
  model.penalties.rho = Real(settings.at("rho").as_number());
  model.penalties.beta = Real(settings.at("beta").as_number());
  model.penalties.l1 = Real(settings.at("l1").as_number());
  model.penalties.decay = Real(settings.at("decay").as_number());
  model.check_consistent();
  return model;
}

}  // namespace strata
