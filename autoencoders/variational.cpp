#include "autoencoders/variational.hpp"

#include <cmath>
#include <numbers>

namespace strata {

VariationalAutoencoder::VariationalAutoencoder(const VariationalOptions& o, Rng& rng)
    : kind(o.decoder),
      deviation(o.deviation),
      beta(o.beta),
      warm_up_epochs(o.warm_up_epochs),
      noise(rng.next()),
      kl_weight("kl_weight", Tensor::scalar(o.beta), false) {
  check(o.sizes.size() >= 2,
        "variational: needs the number of features and of code units, like 64-100-2");
  check(beta >= 0 && std::isfinite(beta), "variational: beta is ", beta, ", it must be 0 or above");
  check(deviation > 0 && std::isfinite(deviation), "variational: the decoder's deviation is ",
        deviation, ", it must be above 0");
  const std::size_t depth = o.sizes.size() - 1, before_code = o.sizes[depth - 1],
                    k = o.sizes[depth];
  for (std::size_t l = 0; l + 1 < depth; ++l) {
    encoder.emplace_back(text("encoder.", l), o.sizes[l], o.sizes[l + 1], o.hidden, rng);
  }
  mean = Dense("encoder.mean", before_code, k, Activation::linear, rng);
  log_variance = Dense("encoder.log_variance", before_code, k, Activation::linear, rng);
  const Activation last = kind == DecoderKind::bernoulli ? Activation::sigmoid : o.output;
  for (std::size_t l = 0; l < depth; ++l) {
    const Activation f = l + 1 == depth ? last : o.hidden;
    decoder.emplace_back(text("decoder.", l), o.sizes[depth - l], o.sizes[depth - l - 1], f, rng);
  }
}

std::vector<Parameter*> VariationalAutoencoder::parameters() {
  std::vector<Parameter*> all;
  for (Dense& layer : encoder) all.insert(all.end(), {&layer.W, &layer.b});
  all.insert(all.end(), {&mean.W, &mean.b, &log_variance.W, &log_variance.b});
  for (Dense& layer : decoder) all.insert(all.end(), {&layer.W, &layer.b});
  return all;
}

VariationalAutoencoder::Posterior VariationalAutoencoder::record_posterior(Tape& tape, Var X,
                                                                           Mode mode) {
  Var a = X;
  for (Dense& layer : encoder) a = layer.forward(tape, a, mode);
  const Var mu = mean.forward(tape, a, mode);
  const Var log_sigma2 = log_variance.forward(tape, a, mode);
  return {mu, log_sigma2};
}

Var VariationalAutoencoder::record_sample(const Posterior& posterior, Var epsilon) {
  const Var sigma = exp(scale(posterior.log_variance, Real(0.5)));
  return add(posterior.mean, mul(sigma, epsilon));
}

Var VariationalAutoencoder::record_encode(Tape& tape, Var X, Mode mode) {
  return record_posterior(tape, X, mode).mean;
}

Var VariationalAutoencoder::record_logits(Tape& tape, Var z) {
  Var a = z;
  for (std::size_t l = 0; l + 1 < decoder.size(); ++l) a = decoder[l].forward(tape, a);
  return decoder.back().pre_activation(tape, a);
}

Var VariationalAutoencoder::record_decode(Tape& tape, Var z, Mode) {
  return activate(output(), record_logits(tape, z));
}

// (1/m) Σ −log p(x|z), including its constant: the ELBO bounds the true log-likelihood, in nats.
Var VariationalAutoencoder::record_reconstruction(Var logits, Var X) {
  if (kind == DecoderKind::bernoulli) return bce_with_logits(logits, X);
  const Real variance = deviation * deviation;
  const double log_normaliser = 0.5 * std::log(2 * std::numbers::pi * double(variance));
  const Var squares = scale(half_mse(activate(output(), logits), X), 1 / variance);
  return add_scalar(squares, Real(double(features()) * log_normaliser));
}

Objective VariationalAutoencoder::objective_from(Tape& tape, Var input, Var target, Mode mode) {
  const Var epsilon = record_noise(tape, {input.shape()[0], code_size()}, noise, mode);
  return objective_given(tape, input, target, epsilon, mode);
}

Objective VariationalAutoencoder::objective_given(Tape& tape, Var input, Var target, Var epsilon,
                                                  Mode mode) {
  const Posterior posterior = record_posterior(tape, input, mode);
  const Var z = record_sample(posterior, epsilon);
  const Var reconstruction = record_reconstruction(record_logits(tape, z), target);
  const Var kl = gaussian_kl(posterior.mean, posterior.log_variance);
  Var weighted_kl = kl;
  if (mode == Mode::training) {
    const Var weight = tape.parameter(kl_weight);
    weight.node().wants_grad = false;
    weighted_kl = mul(kl, weight);
  } else if (beta != 1) {
    weighted_kl = scale(kl, beta);
  }
  return sum_of_terms({{"reconstruction", reconstruction}, {"kl", weighted_kl}});
}

void VariationalAutoencoder::check_data(const Tensor& X) const {
  Autoencoder::check_data(X);
  check_data_range(output(), X, "take a Gaussian decoder with linear outputs: --decoder gaussian");
}

Real kl_weight_in_epoch(const VariationalAutoencoder& model, std::size_t epoch) {
  check(epoch >= 1, "variational: there is no epoch 0, they are counted from 1");
  if (epoch > model.warm_up_epochs) return model.beta;
  return model.beta * Real(epoch - 1) / Real(model.warm_up_epochs);
}

void VariationalAutoencoder::start_epoch(std::size_t epoch) {
  kl_weight.value[0] = kl_weight_in_epoch(*this, epoch);
}

static std::vector<std::size_t> sizes_of(const VariationalAutoencoder& model) {
  std::vector<std::size_t> sizes;
  for (auto layer = model.decoder.rbegin(); layer != model.decoder.rend(); ++layer) {
    sizes.push_back(layer->outputs());
  }
  sizes.push_back(model.code_size());
  return sizes;
}

void VariationalAutoencoder::begin_at_means(const Tensor& X) {
  begin_bias_at_means(decoder.back().b, output(), column_means(X), X.rows());
}

std::string VariationalAutoencoder::architecture() const {
  return layers_text(sizes_of(*this));
}

Json VariationalAutoencoder::settings() const {
  const Activation hidden = decoder.size() > 1 ? decoder.front().activation : Activation::tanh;
  return Json::object({{"model", "variational"},
                       {"sizes", sizes_to_json(sizes_of(*this))},
                       {"hidden", activation_name(hidden)},
                       {"decoder", decoder_kinds.name(kind)},
                       {"output", activation_name(output())},
                       {"deviation", deviation},
                       {"beta", beta},
                       {"warm_up_epochs", warm_up_epochs}});
}

VariationalAutoencoder VariationalAutoencoder::from_settings(const Json& settings,
                                                             const OwnKinds& own) {
  VariationalOptions options;
  options.sizes = sizes_from_json(settings.at("sizes"));
  options.hidden = activation_named(settings.at("hidden").as_string(), own.activations);
  options.decoder = decoder_kinds.named(settings.at("decoder").as_string());
  options.output = activation_named(settings.at("output").as_string(), own.activations);
  options.deviation = Real(settings.at("deviation").as_number());
  options.beta = Real(settings.at("beta").as_number());
  options.warm_up_epochs = settings.at("warm_up_epochs").as_size();
  Rng unused(0);
  return VariationalAutoencoder(options, unused);
}

}  // namespace strata
