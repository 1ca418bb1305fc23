// pretraining/rbm/dbn.hpp, and layers of greedy pretraining that are RBMs.

#include "pretraining/rbm/dbn.hpp"

#include "autoencoders/files/model_file.hpp"
#include "core/data/digits8x8.hpp"
#include "pretraining/classifier/classifier.hpp"
#include "pretraining/greedy.hpp"
#include "tests/contains.hpp"
#include "tests/pretraining/rbm/rbm_machines.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

Dbn random_dbn(const DbnOptions& options, std::uint64_t seed) {
  Rng rng(seed);
  Dbn dbn(options, rng);
  for (Rbm& rbm : dbn.rbms) {
    fill_normal(rbm.a.value.values, rng, 0.5);
    fill_normal(rbm.b.value.values, rng, 0.5);
  }
  return dbn;
}

// p(states of the layer below) from p(states of the layer above): Σ_s p(s) Π_i p(h_i | s).
std::vector<double> probabilities_below(const Rbm& rbm, const std::vector<double>& above) {
  const Tensor means = rbm.visible_mean(all_states(rbm.hidden()));
  const Tensor states = all_states(rbm.visible());
  std::vector<double> below(states.rows());
  for (std::size_t t = 0; t < states.rows(); ++t) {
    for (std::size_t s = 0; s < above.size(); ++s) {
      double p = above[s];
      for (std::size_t i = 0; i < rbm.visible(); ++i)
        p *= states(t, i) == 1 ? double(means(s, i)) : 1 - double(means(s, i));
      below[t] += p;
    }
  }
  return below;
}

// Σ over the states of h¹ of p(h¹) E[v | h¹] E[v | h¹]ᵀ, its diagonal E[v]: by the top RBM's exact
// probabilities.
Tensor exact_moments(const Dbn& dbn) {
  const Rbm& top = dbn.rbms.back();
  const double log_Z = exact_log_Z(top);
  std::vector<double> p = top.free_energy(all_states(top.visible()));
  for (double& f : p) f = std::exp(-f - log_Z);
  for (std::size_t k = dbn.rbms.size() - 2; k > 0; --k) p = probabilities_below(dbn.rbms[k], p);

  const Tensor means = dbn.rbms[0].visible_mean(all_states(dbn.rbms[0].hidden()));
  Tensor moments({dbn.visible(), dbn.visible()});
  for (std::size_t s = 0; s < p.size(); ++s) {
    for (std::size_t i = 0; i < dbn.visible(); ++i) {
      for (std::size_t j = 0; j < dbn.visible(); ++j)
        moments(i, j) += Real(p[s] * double(means(s, i)) * (i == j ? 1 : double(means(s, j))));
    }
  }
  return moments;
}

}  // namespace

TEST_CASE(
    "dbn: samples have the exact means and products of small nets, with states drawn in every "
    "layer") {
  for (const std::vector<std::size_t>& sizes : {std::vector<std::size_t>{4, 3, 2}, {4, 3, 3, 2}}) {
    CAPTURE(sizes.size());
    const Dbn dbn = random_dbn({.sizes = sizes, .weight_scale = 2}, 3);
    Rng rng(1);
    const std::size_t count = 30000;
    const Tensor means = dbn.sample(count, 20, rng);
    Tensor moments({4, 4});
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j < 4; ++j)
          moments(i, j) += means(r, i) * (i == j ? 1 : means(r, j)) / Real(count);
      }
    }
    check_close(moments, exact_moments(dbn), 0, 0.012);
  }
}

TEST_CASE("dbn: a chain goes on from the states it is given, and a stack of one is its RBM") {
  const Dbn dbn = random_dbn({.sizes = {5, 3}, .weight_scale = 1}, 4);
  Rng rng(1), again(1);
  const Tensor V = slice_rows(all_states(5), 3, 9);
  Tensor T = dbn.to_top(V);
  check_close(T, V, 0);
  const Tensor means = dbn.advance(T, 3, rng);
  Tensor v = dbn.rbms[0].gibbs(V, 2, again);
  Tensor h = dbn.rbms[0].hidden_mean(v);
  dbn.rbms[0].draw_hidden(h, again);
  check_close(means, dbn.rbms[0].visible_mean(h), 0);
  for (Real t : T.values) CHECK((t == 0 || t == 1));
  CHECK(contains(error_of([&] { dbn.advance(T, 0, rng); }), "by 1 step"));
}

TEST_CASE("dbn: unrolled it encodes and decodes as the RBMs do, and carries a softmax") {
  const Dbn dbn =
      random_dbn({.sizes = {6, 5, 3}, .code_units = Units::gaussian, .weight_scale = 1}, 5);
  Rng rng(6);
  const Tensor V = uniform_tensor({4, 6}, rng, 0, 1);
  DenseAutoencoder deep = dbn.unroll();
  CHECK(deep.sizes() == std::vector<std::size_t>{6, 5, 3});
  CHECK(deep.encoder[1].activation == Activation::linear);
  check_close(deep.encode(V), dbn.encode(V), by_real(1e-13, 1e-5));
  const Tensor H = dbn.encode(V);
  check_close(deep.decode(H), dbn.rbms[0].visible_mean(dbn.rbms[1].visible_mean(H)),
              by_real(1e-13, 1e-5));

  Classifier classifier(deep, 3, rng);
  CHECK(classifier.encoder.size() == 2);
  check_close(classifier.encoder[1].W.value, dbn.rbms[1].W.value, 0);
  CHECK(classifier.predict(V).size() == 4);
}

TEST_CASE("dbn: each RBM is trained on the hidden probabilities of the one below") {
  const Dataset data = bars_and_stripes(3);
  const std::vector<RbmTraining> options = {{.epochs = 5, .batch_size = 8},
                                            {.epochs = 3, .batch_size = 16}};
  Rng rng(1), again(1);
  Dbn dbn({.sizes = {9, 6, 4}}, rng);
  Dbn expected({.sizes = {9, 6, 4}}, again);
  const std::vector<History> histories = train_dbn(dbn, data, rng, options);
  CHECK(histories.size() == 2);
  CHECK(histories[1].epochs.size() == 3);

  Dataset input = data;
  for (std::size_t k = 0; k < 2; ++k) {
    Rbm& rbm = expected.rbms[k];
    rbm.a.value = biases_from_data(Units::bernoulli, input.X);
    train_rbm(rbm, input, again, options[k]);
    input.X = rbm.hidden_mean(input.X);
    input.image = {};
    CHECK(dbn.rbms[k].W.value.values == rbm.W.value.values);
    CHECK(dbn.rbms[k].b.value.values == rbm.b.value.values);
  }
  CHECK(contains(error_of([&] { train_dbn(dbn, data, rng, {{}}); }),
                 "options for 1 layers, but there are 2"));
}

TEST_CASE("dbn: a file gives the same bits back, and other files are refused by name") {
  const Scratch scratch;
  const std::string path = scratch.file("stack.safetensors");
  SavedDbn saved;
  saved.dbn = random_dbn(
      {.sizes = {4, 3, 2}, .visible_units = Units::gaussian, .code_units = Units::gaussian}, 7);
  saved.image = {2, 2};
  saved.scaling = {Tensor({4}, 1), Tensor({4}, 2)};
  save_dbn(path, saved);
  CHECK(is_dbn_file(path));
  const SavedDbn loaded = load_dbn(path);
  CHECK(loaded.image == saved.image);
  CHECK(loaded.scaling.scale.values == saved.scaling.scale.values);
  CHECK(loaded.dbn.rbms[0].visible_units == Units::gaussian);
  CHECK(loaded.dbn.rbms[1].hidden_units == Units::gaussian);
  CHECK(loaded.dbn.rbms[1].visible_units == Units::bernoulli);
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(loaded.dbn.rbms[k].W.value.values == saved.dbn.rbms[k].W.value.values);
    CHECK(loaded.dbn.rbms[k].a.value.values == saved.dbn.rbms[k].a.value.values);
    CHECK(loaded.dbn.rbms[k].b.value.values == saved.dbn.rbms[k].b.value.values);
  }
  CHECK(contains(error_of([&] { load_model(path); }),
                 path + ": is a stack of RBMs, not an autoencoder"));

  DenseAutoencoder net = saved.dbn.unroll();
  const std::string other = scratch.file("net.safetensors");
  save_model(other, net);
  CHECK(!is_dbn_file(other));
  CHECK(contains(error_of([&] { load_dbn(other); }),
                 other + ": is a model of the kind 'dense', not a stack of RBMs"));
}

TEST_CASE("greedy: a layer can be an RBM, of which it keeps the machine and the autoencoder") {
  const TrainTest digits = split_every(digits8x8());
  LayerPlan first, second;
  first.options.sizes = {30};
  first.options.loss = Loss::bce;
  first.rbm = RbmTraining{.epochs = 3, .batch_size = 20};
  second.options.sizes = {5};
  second.options.code = Activation::linear;
  second.rbm = RbmTraining{.epochs = 3, .batch_size = 20, .learning_rate = 0.001};
  Rng rng(1);
  const std::vector<GreedyStage> stages = pretrain_greedily(digits.train, {first, second}, rng);
  REQUIRE(stages[0].rbm.has_value());
  CHECK(stages[0].trained_weights == 64 * 30 + 64 + 30);
  CHECK(stages[1].rbm->hidden_units == Units::gaussian);
  CHECK(stages[1].rbm->visible_units == Units::bernoulli);
  CHECK(stages[0].history.epochs.size() == 3);
  const Tensor codes = stages[0].rbm->hidden_mean(digits.test.X);
  DenseAutoencoder deep = unroll(stages);
  check_close(deep.encode(digits.test.X), stages[1].rbm->hidden_mean(codes), by_real(1e-12, 1e-4),
              by_real(0, 1e-5));
  CHECK(deep.loss == Loss::bce);

  first.options.code = Activation::relu;
  CHECK(contains(error_of([&] { pretrain_greedily(digits.train, {first}, rng); }), "not relu"));
  first.options.code = Activation::sigmoid;
  first.options.penalties.beta = 1;
  CHECK(contains(error_of([&] { pretrain_greedily(digits.train, {first}, rng); }),
                 "an RBM has no corruption, sparsity"));
}
