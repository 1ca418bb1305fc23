#pragma once
// Kinds of a program's own: an activation, a layer, and an autoencoder made of such layers.

#include <cmath>

#include "autoencoders/own_kinds.hpp"
#include "layers/initializer.hpp"

namespace strata::testing {

// ---- a = z σ(z) (swish),  f′ = σ(z) + a (1 − σ(z))

inline Real logistic(Real z) {
  return 1 / (1 + std::exp(-z));
}
inline Real swish(Real z) {
  return z * logistic(z);
}
inline Real swish_slope(Real z, Real a) {
  return logistic(z) + a * (1 - logistic(z));
}

inline void swish_forward(Tape& tape, Node& node) {
  values_of<swish>(tape.input_value(node, 0).values, node.value.values);
}
inline void swish_backward(Tape& tape, Node& node) {
  const Tensor& X = tape.input_value(node, 0);
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i)
    dX[i] += node.grad[i] * swish_slope(X[i], node.value[i]);
}
inline const Op swish_op = {.name = "swish",
                            .formula = "Y = X σ(X)",
                            .gradients = {"dX += dY ⊙ (σ(X) + Y ⊙ (1 − σ(X)))"},
                            .forward = swish_forward,
                            .backward = swish_backward};
inline Var swish(Var X, Site site = Site::here()) {
  return X.tape->record(swish_op, {X}, X.shape(), {}, site);
}

inline Var record_swish_slope(Var z, Var a, Site site) {
  const Var s = sigmoid(z, site);
  return add(s, mul(a, add_scalar(scale(s, -1, site), 1, site), site), site);
}

inline const ActivationRule swish_rule = {.name = "swish",
                                          .record = swish,
                                          .record_slope = record_swish_slope,
                                          .values = values_of<swish>,
                                          .times_slopes = times_slopes_of<swish_slope>};

// ---- a layer with a gate: (X W) ⊙ σ(X V)

struct GatedLayer : Layer {
  Parameter W, V;

  GatedLayer(const std::string& name, std::size_t inputs, std::size_t outputs, Rng& rng)
      : W(name + ".W", initial_weights(Initializer::xavier, inputs, outputs, rng), true),
        V(name + ".V", initial_weights(Initializer::xavier, inputs, outputs, rng), true) {}

  Var forward(Tape& tape, Var X, Mode) override {
    const Var value = matmul(X, tape.parameter(W));
    return mul(value, sigmoid(matmul(X, tape.parameter(V))));
  }
  std::vector<Parameter*> parameters() override { return {&W, &V}; }
};

// ---- an autoencoder of two of them

struct GatedAutoencoder : Autoencoder {
  GatedLayer encoder, decoder;

  GatedAutoencoder(std::size_t features, std::size_t units, Rng& rng)
      : encoder("encoder.0", features, units, rng), decoder("decoder.0", units, features, rng) {}

  std::size_t features() const override { return encoder.W.value.rows(); }
  std::size_t code_size() const override { return encoder.W.value.cols(); }
  Var record_encode(Tape& tape, Var X, Mode mode) override {
    return encoder.forward(tape, X, mode);
  }
  Var record_decode(Tape& tape, Var h, Mode mode) override {
    return decoder.forward(tape, h, mode);
  }
  std::vector<Parameter*> parameters() override {
    return {&encoder.W, &encoder.V, &decoder.W, &decoder.V};
  }
  Json settings() const override {
    return Json::object({{"model", "gated"}, {"features", features()}, {"units", code_size()}});
  }
  static GatedAutoencoder from_settings(const Json& settings) {
    Rng unused(0);
    return {settings.at("features").as_size(), settings.at("units").as_size(), unused};
  }
};

inline OwnKinds own_kinds() {
  return {.models = {model_class<GatedAutoencoder>("gated")}, .activations = {swish_rule}};
}

}  // namespace strata::testing
