#include "pretraining/rbm/dbn.hpp"

#include <utility>

namespace strata {

Dbn::Dbn(const DbnOptions& o, Rng& rng) {
  check(o.sizes.size() >= 2,
        "dbn: needs the number of visible units and of hidden ones, like 64-100");
  const std::size_t layers = o.sizes.size() - 1;
  for (std::size_t k = 0; k < layers; ++k) {
    rbms.emplace_back(RbmOptions{.visible = o.sizes[k],
                                 .hidden = o.sizes[k + 1],
                                 .visible_units = k == 0 ? o.visible_units : Units::bernoulli,
                                 .hidden_units = k + 1 == layers ? o.code_units : Units::bernoulli,
                                 .weight_scale = o.weight_scale},
                      rng);
    rbms[k].W.name = text("rbm.", k, ".W");
    rbms[k].a.name = text("rbm.", k, ".a");
    rbms[k].b.name = text("rbm.", k, ".b");
  }
}

void Dbn::check_consistent() const {
  check(!rbms.empty(), "dbn: there are no layers");
  for (std::size_t k = 0; k + 1 < rbms.size(); ++k) {
    check(rbms[k].hidden() == rbms[k + 1].visible(), "dbn: rbm.", k, " has ", rbms[k].hidden(),
          " hidden units but rbm.", k + 1, " ", rbms[k + 1].visible(), " visible ones");
    check(rbms[k].hidden_units == Units::bernoulli && rbms[k + 1].visible_units == Units::bernoulli,
          "dbn: the units between rbm.", k, " and rbm.", k + 1,
          " must be Bernoulli (only the ends may be Gaussian)");
  }
}

std::vector<std::size_t> Dbn::sizes() const {
  std::vector<std::size_t> widths = {visible()};
  for (const Rbm& rbm : rbms) widths.push_back(rbm.hidden());
  return widths;
}

Tensor Dbn::to_top(const Tensor& V, Workers* workers) const {
  Tensor T = V;
  for (std::size_t k = 0; k + 1 < rbms.size(); ++k) T = rbms[k].hidden_mean(T, workers);
  return T;
}

Tensor Dbn::encode(const Tensor& V, Workers* workers) const {
  return rbms.back().hidden_mean(to_top(V, workers), workers);
}

Tensor Dbn::advance(Tensor& T, std::size_t steps, Rng& rng, Workers* workers,
                    const Listeners& listeners) const {
  check(steps > 0, "dbn: a chain advances by 1 step at least");
  const Rbm& top = rbms.back();
  T = top.gibbs(T, steps - 1, rng, workers, listeners);
  Tensor H = top.hidden_mean(T, workers);
  top.draw_hidden(H, rng, workers);
  Tensor means = top.visible_mean(H, workers);
  T = means;
  top.draw_visible(T, rng, workers);

  Tensor states = T;  // on the way down, of the layer that `means` are the means of
  for (std::size_t k = rbms.size() - 1; k-- > 0;) {
    means = rbms[k].visible_mean(states, workers);
    states = means;
    if (k > 0) rbms[k].draw_visible(states, rng, workers);
  }
  return means;
}

Tensor Dbn::sample(std::size_t count, std::size_t steps, Rng& rng, Workers* workers) const {
  const Rbm& top = rbms.back();
  Tensor T = top.visible_mean(Tensor({count, top.hidden()}), workers);
  top.draw_visible(T, rng, workers);
  return advance(T, steps, rng, workers);
}

DenseAutoencoder Dbn::unroll() const {
  check_consistent();
  DenseAutoencoder deep;
  for (const Rbm& rbm : rbms) {
    DenseAutoencoder layer = rbm.as_autoencoder();
    deep.encoder.push_back(std::move(layer.encoder.front()));
    deep.decoder.insert(deep.decoder.begin(), std::move(layer.decoder.front()));
  }
  deep.loss = rbms.front().visible_units == Units::bernoulli ? Loss::bce : Loss::half_mse;
  deep.name_parameters();
  deep.check_consistent();
  return deep;
}

std::vector<History> train_dbn(Dbn& dbn, const Dataset& data, Rng& rng,
                               const std::vector<RbmTraining>& options, const Engine& engine) {
  dbn.check_consistent();
  check(options.size() == dbn.rbms.size(), "dbn: training options for ", options.size(),
        " layers, but there are ", dbn.rbms.size());
  std::vector<History> histories;
  Dataset input = data;
  for (std::size_t k = 0; k < dbn.rbms.size(); ++k) {
    Rbm& rbm = dbn.rbms[k];
    rbm.check_data(input.X);
    rbm.a.value = biases_from_data(rbm.visible_units, input.X);
    histories.push_back(train_rbm(rbm, input, rng, options[k], engine));
    if (k + 1 == dbn.rbms.size()) break;
    input.X = rbm.hidden_mean(input.X, engine.workers);
    input.image = {};
  }
  return histories;
}

}  // namespace strata
