#include "autoencoders/contractive.hpp"

namespace strata {

std::vector<RecordedLayer> record_layers(Tape& tape, std::vector<Dense>& layers, Var X) {
  std::vector<RecordedLayer> nodes;
  Var a = X;
  for (Dense& layer : layers) {
    const Var z = layer.pre_activation(tape, a);
    a = activate(layer.activation, z);
    nodes.push_back({z, a});
  }
  return nodes;
}

Var record_jacobian(Tape& tape, std::vector<Dense>& layers,
                    const std::vector<RecordedLayer>& nodes) {
  Var J{};
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const auto& [z, a] = nodes[k];
    const Var W = tape.parameter(layers[k].W);
    J = k == 0 ? repeat_rows(W, a.shape()[0]) : matmul(J, W);  // I W for each example; then J W
    const Var slope = activation_slope(layers[k].activation, z, a);
    if (slope.tape != nullptr) J = scale_blocks(J, slope);
  }
  return J;
}

// (1/m) Σ of the squares of all Jacobians, which are stacked one below the other.
static Var mean_squared_norm(Var J, std::size_t m) {
  return scale(half_squared_norm(J), 2 / Real(m));
}

Var record_contraction(Tape& tape, std::vector<Dense>& layers,
                       const std::vector<RecordedLayer>& nodes) {
  const Activation f = layers[0].activation;
  const Var h = nodes.back().a;
  if (layers.size() == 1 && (f == Activation::sigmoid || f == Activation::tanh)) {
    return strata::contraction(h, tape.parameter(layers[0].W), f == Activation::tanh);
  }
  return mean_squared_norm(record_jacobian(tape, layers, nodes), h.shape()[0]);
}

ContractiveAutoencoder::ContractiveAutoencoder(const ContractiveOptions& o, Rng& rng)
    : net(o.net, rng),
      contraction(o.contraction),
      curvature(o.curvature),
      deviation(o.deviation),
      noise(rng.next()) {
  check_consistent();
}

void ContractiveAutoencoder::check_consistent() const {
  check(contraction >= 0 && curvature >= 0, "contractive: a penalty's weight is negative");
  check(curvature == 0 || deviation > 0,
        "contractive: the noise of the curvature term has deviation ", deviation,
        ", it must be above 0");
  check(net.dropout == 0,
        "contractive: the penalty is of the whole encoder, not of one with units left out (dropout "
        "0)");
  check(net.keep_largest == 0,
        "contractive: a k-sparse encoder has kinks everywhere (leave keep_largest 0)");
}

Objective ContractiveAutoencoder::objective_from(Tape& tape, Var X, Var target, Mode mode) {
  const std::vector<RecordedLayer> nodes = record_layers(tape, net.encoder, X);
  std::vector<Term> terms = net.record_terms(tape, target, nodes.back().a, mode);
  if (contraction > 0) {
    const Var P = record_contraction(tape, net.encoder, nodes);
    terms.push_back({"contraction", scale(P, contraction)});
  }
  if (curvature > 0) {
    const Var epsilon = scale(record_noise(tape, X.shape(), noise, mode), deviation);
    const std::vector<RecordedLayer> nodes_nearby =
        record_layers(tape, net.encoder, add(X, epsilon));
    const Var J = record_jacobian(tape, net.encoder, nodes);
    const Var J_nearby = record_jacobian(tape, net.encoder, nodes_nearby);
    const Var change = mean_squared_norm(sub(J, J_nearby), X.shape()[0]);
    terms.push_back({"curvature", scale(change, curvature)});
  }
  return sum_of_terms(std::move(terms));
}

Json ContractiveAutoencoder::settings() const {
  return Json::object({{"model", "contractive"},
                       {"net", net.settings()},
                       {"contraction", contraction},
                       {"curvature", curvature},
                       {"deviation", deviation}});
}

ContractiveAutoencoder ContractiveAutoencoder::from_settings(const Json& settings,
                                                             const OwnKinds& own) {
  ContractiveAutoencoder model;
  model.net = DenseAutoencoder::from_settings(settings.at("net"), own);
  model.contraction = Real(settings.at("contraction").as_number());
  model.curvature = Real(settings.at("curvature").as_number());
  model.deviation = Real(settings.at("deviation").as_number());
  model.check_consistent();
  return model;
}

}  // namespace strata
