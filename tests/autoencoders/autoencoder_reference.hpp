#pragma once
// The oracle's autoencoders (reference.json) as models of ours.

#include <map>

#include "autoencoders/dense_autoencoder.hpp"
#include "tests/check_close.hpp"
#include "tests/reference.hpp"

namespace strata::testing {

/// A model, its batch, and what the oracle says of them. Gradients are by our parameter names.
struct OracleCase {
  DenseAutoencoder model;
  Tensor X;
  double total = 0;
  std::map<std::string, double> terms;
  std::map<std::string, Tensor> gradients;
  std::map<std::string, std::map<std::string, Tensor>> gradients_by_term;
};

inline Dense dense_from(const Json& W, const Json& b, const std::string& activation) {
  Dense layer;
  layer.W = Parameter("", to_tensor(W), true);
  layer.b = Parameter("", to_tensor(b), false);
  layer.activation = activation_named(activation);
  return layer;
}

inline OracleCase sparse_case(const Json& c) {
  OracleCase result;
  const Json& p = c.at("parameters");
  DenseAutoencoder& model = result.model;
  model.encoder.push_back(dense_from(p.at("W1"), p.at("b1"), c.at("hidden").as_string()));
  model.decoder.push_back(dense_from(p.at("W2"), p.at("b2"), c.at("output").as_string()));
  model.loss = loss_kinds.named(c.at("loss").as_string());
  model.penalties.rho = Real(c.at("rho").as_number());
  model.penalties.beta = Real(c.at("beta").as_number());
  model.penalties.decay = Real(c.at("l2").as_number());
  model.name_parameters();
  model.check_consistent();
  result.X = to_tensor(c.at("X"));
  result.total = c.at("total").as_number();
  const std::map<std::string, std::string> names = {
      {"W1", "encoder.0.W"}, {"b1", "encoder.0.b"}, {"W2", "decoder.0.W"}, {"b2", "decoder.0.b"}};
  for (const auto& [theirs, ours] : names) {
    result.gradients[ours] = to_tensor(c.at("gradients").at(theirs));
    for (const auto& [term, gradients] : c.at("gradients_by_term").members()) {
      result.gradients_by_term[term][ours] = to_tensor(gradients.at(theirs));
    }
  }
  for (const auto& [term, value] : c.at("terms").members()) result.terms[term] = value.as_number();
  return result;
}

inline OracleCase tied_case() {
  const Json& c = reference().at("tied_autoencoder");
  const Json& p = c.at("parameters");
  OracleCase result;
  result.model.encoder.push_back(dense_from(p.at("W"), p.at("b"), "sigmoid"));
  Dense decoder;
  decoder.b = Parameter("", to_tensor(p.at("c")), false);
  decoder.activation = Activation::sigmoid;
  result.model.decoder.push_back(decoder);
  result.model.tied = true;
  result.model.loss = Loss::bce;
  result.model.name_parameters();
  result.X = to_tensor(c.at("X"));
  result.total = c.at("total").as_number();
  result.gradients["encoder.0.W"] = to_tensor(c.at("gradients").at("W"));
  result.gradients["encoder.0.b"] = to_tensor(c.at("gradients").at("b"));
  result.gradients["decoder.0.b"] = to_tensor(c.at("gradients").at("c"));
  return result;
}

inline OracleCase deep_case() {
  const Json& c = reference().at("deep_autoencoder");
  OracleCase result;
  for (int k = 1; k <= 4; ++k) {
    const std::string W = text("W", k), b = text("b", k);
    const Json& p = c.at("parameters");
    auto& side = k <= 2 ? result.model.encoder : result.model.decoder;
    side.push_back(
        dense_from(p.at(W), p.at(b), c.at("activations").items()[std::size_t(k) - 1].as_string()));
    const std::string ours = text(k <= 2 ? "encoder." : "decoder.", (k - 1) % 2);
    result.gradients[ours + ".W"] = to_tensor(c.at("gradients").at(W));
    result.gradients[ours + ".b"] = to_tensor(c.at("gradients").at(b));
  }
  result.model.loss = Loss::bce;
  result.model.name_parameters();
  result.X = to_tensor(c.at("X"));
  result.total = c.at("total").as_number();
  return result;
}

/// The six sparse cases, the tied and the deep one.
inline std::vector<OracleCase> all_oracle_cases() {
  std::vector<OracleCase> cases;
  for (const Json& c : reference().at("sparse_autoencoder").items())
    cases.push_back(sparse_case(c));
  cases.push_back(tied_case());
  cases.push_back(deep_case());
  return cases;
}

}  // namespace strata::testing
