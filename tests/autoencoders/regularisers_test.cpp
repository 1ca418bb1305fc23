// Dropout as it is drawn, differentiated and saved. What regularisers do to a trained model:
// regularisers_training_test.cpp.

#include <doctest/doctest.h>

#include "autoencoders/contractive.hpp"
#include "autoencoders/explicit/backprop.hpp"
#include "autoencoders/files/model_file.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/train.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "core/math/matmul.hpp"
#include "tests/check_close.hpp"
#include "tests/scratch.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// 5-4-3-4-5 with tanh units between, penalties on the code, and every number random.
DenseAutoencoder with_dropout(Real dropout, std::uint64_t seed = 1) {
  Rng rng(seed);
  DenseAutoencoderOptions options{
      .sizes = {5, 4, 3},
      .hidden = Activation::tanh,
      .loss = Loss::bce,
      .dropout = dropout,
      .penalties = {.rho = Real(0.1), .beta = 1, .l1 = Real(0.1), .decay = Real(0.01)}};
  DenseAutoencoder model(options, rng);
  for (Parameter* p : model.parameters()) {
    if (!p->decays) p->value = normal_tensor(p->value.shape, rng, 0.3);
  }
  return model;
}

// a W + 1 b, then f
Tensor layer(const Dense& dense, const Tensor& a) {
  Tensor z = matmul(a, dense.W.value);
  for (std::size_t i = 0; i < z.rows(); ++i) {
    for (std::size_t j = 0; j < z.cols(); ++j) z(i, j) += dense.b.value[j];
  }
  dense.activation.rule().values(z.values, z.values);
  return z;
}

Tensor dropped(Tensor a, Real dropout, Rng& rng) {
  Tensor mask(a.shape);
  fill_bernoulli(mask.values, rng, 1 - dropout, 1 / (1 - dropout));
  for (std::size_t i = 0; i < a.size(); ++i) a[i] *= mask[i];
  return a;
}

double bce_of(const Tensor& R, const Tensor& X) {
  double sum = 0;
  for (std::size_t i = 0; i < X.size(); ++i) {
    sum -= double(X[i]) * std::log(double(R[i])) + (1 - double(X[i])) * std::log(1 - double(R[i]));
  }
  return sum / double(X.rows());
}

}  // namespace

TEST_CASE(
    "dropout acts on the hidden activations and the code, and the penalties see the whole code") {
  Rng rng(3);
  const Tensor X = uniform_tensor({7, 5}, rng, 0.05, 0.95);
  for (const Real p : {Real(0.25), Real(0.5)}) {
    DenseAutoencoder model = with_dropout(p);
    Rng same(0);
    same.set_state(model.noise.state());
    Tape tape;
    const Objective objective = model.objective(tape, tape.input(X, "X"), {}, Mode::training);

    const Tensor h = layer(model.encoder[1], dropped(layer(model.encoder[0], X), p, same));
    const Tensor a = layer(model.decoder[0], dropped(h, p, same));
    const Tensor r = layer(model.decoder[1], dropped(a, p, same));
    check_close(double(objective.terms[0].value.value().item()), bce_of(r, X),
                by_real(1e-12, 1e-5));
    double l1 = 0;
    for (Real one : h.values) l1 += 0.1 * std::abs(double(one)) / 7;
    CHECK(objective.terms[2].name == "l1");
    check_close(double(objective.terms[2].value.value().item()), l1, by_real(1e-12, 1e-5));
    // drawn anew by every replay
    tape.replay();
    CHECK(std::abs(double(objective.terms[0].value.value().item()) - bce_of(r, X)) > 1e-6);
  }
}

TEST_CASE("without training there is no dropout, and without dropout nothing is drawn") {
  Rng rng(3);
  const Tensor X = uniform_tensor({7, 5}, rng, 0.05, 0.95);
  DenseAutoencoder with = with_dropout(Real(0.5)), without = with_dropout(0);
  for (std::size_t p = 0; p < with.parameters().size(); ++p)
    with.parameters()[p]->value = without.parameters()[p]->value;
  CHECK(with.reconstruct(X).values == without.reconstruct(X).values);
  CHECK(without.generators().empty());
  Rng first(5), second(5);
  const DenseAutoencoder plain({.sizes = {5, 4}}, first);
  Dense("encoder.0", 5, 4, Activation::sigmoid, second);
  Dense("decoder.0", 4, 5, Activation::sigmoid, second);
  CHECK(first.state() == second.state());
}

TEST_CASE("the gradient with dropout is right, term by term") {
  Rng rng(3);
  const Tensor X = uniform_tensor({6, 5}, rng, 0.05, 0.95);
  DenseAutoencoder model = with_dropout(Real(0.3));
  Tape tape;
  const Objective objective = model.objective(tape, tape.input(X, "X"), {}, Mode::training);
  std::size_t checked = 0;
  for (const TensorCheck& c : check_objective(tape, objective, model.parameters())) {
    CAPTURE(c.tensor);
    CAPTURE(c.term);
    CHECK(c.verdict != Verdict::wrong);
    if (c.verdict == Verdict::ok) ++checked;
  }
  CHECK(checked > by_real(20, 8));  // float leaves more of them undecided
}

TEST_CASE(
    "a model with dropout comes back from a file and draws on as if never saved; older files have "
    "none") {
  Rng rng(3);
  const Tensor X = uniform_tensor({6, 5}, rng, 0.05, 0.95);
  const Scratch scratch;
  DenseAutoencoder model = with_dropout(Real(0.3));
  save_model(scratch.file("with.safetensors"), model);
  SavedModel again = load_model(scratch.file("with.safetensors"));
  const auto objective_of = [&](Autoencoder& one) {
    Tape tape;
    return double(one.objective(tape, tape.input(X, "X"), {}, Mode::training).total.value().item());
  };
  const double before = objective_of(model);
  CHECK(objective_of(*again.model) == before);
  CHECK(objective_of(model) != before);
  CHECK(!with_dropout(0).settings().has(
      "dropout"));  // so that a model without it makes the file that it always made
  DenseAutoencoder old = DenseAutoencoder::from_settings(with_dropout(0).settings());
  CHECK(old.dropout == 0);
}

TEST_CASE("the rule by hand has no dropout, and says so") {
  DenseAutoencoder model = with_dropout(Real(0.3)), without = with_dropout(0);
  CHECK(!has_explicit_backprop(model));
  CHECK(has_explicit_backprop(without));
  CHECK(dynamic_cast<TapeBackprop*>(make_backprop(BackpropKind::explicit_rule, model).get()) !=
        nullptr);
  CHECK(error_of([&] { ExplicitBackprop{model}; }).find("has no dropout") != std::string::npos);
  Rng rng(1);
  CHECK(error_of([&] {
          DenseAutoencoder({.sizes = {5, 4}, .dropout = 1}, rng);
        }).find("[0, 1)") != std::string::npos);
  ContractiveOptions contractive;
  contractive.net = {.sizes = {5, 4}, .dropout = Real(0.1)};
  contractive.contraction = 1;
  CHECK(error_of([&] { ContractiveAutoencoder(contractive, rng); }).find("dropout") !=
        std::string::npos);
}
