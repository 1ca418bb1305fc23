// The gradients of the denoising autoencoder: against differences, and by hand against the tape,
// for the same draw.

#include "autoencoders/denoising.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "autoencoders/contractive.hpp"
#include "autoencoders/multilayer.hpp"
#include "autoencoders/sparse.hpp"
#include "autoencoders/train.hpp"
#include "autoencoders/variational.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "tests/autoencoders/denoising_nets.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

using enum CorruptionKind;

TEST_CASE(
    "the gradient checker accepts every corruption around nets of every kind, term by term and "
    "rule by "
    "rule") {
  const Corruption corruptions[] = {
      {.kind = masking},
      {.kind = salt_and_pepper},
      {.kind = gaussian},
      {.kind = custom, .function = [](Tensor& X, Rng& rng) { X[rng.below(6)] = 1; }}};
  for (const Corruption& corruption : corruptions) {
    for (int which = 0; which < 4; ++which) {
      CAPTURE(corruption_text(corruption));
      CAPTURE(which);
      Rng rng(4);
      std::unique_ptr<Autoencoder> net;
      if (which == 0)
        net =
            dense(rng, sparse_autoencoder(6, 4, {.rho = Real(0.2), .beta = 1, .decay = Real(0.1)}));
      if (which == 1) net = dense(rng, multilayer_autoencoder({6, 5, 3}));
      if (which == 2)
        net = std::make_unique<ContractiveAutoencoder>(
            ContractiveOptions{.net = {.sizes = {6, 4}}, .curvature = Real(0.5)}, rng);
      if (which == 3)
        net = std::make_unique<VariationalAutoencoder>(VariationalOptions{.sizes = {6, 5, 2}}, rng);
      DenoisingAutoencoder model(std::move(net), corruption, rng);
      Tape tape;
      const Var X = tape.input(some_rows(5).X);
      const Objective objective = model.objective(tape, X, {}, Mode::training);
      for (const TensorCheck& c : check_objective(tape, objective, model.parameters())) {
        CAPTURE(c.tensor);
        CAPTURE(c.term);
        CHECK(c.verdict != Verdict::wrong);
        if (c.term == "total") CHECK(c.verdict == Verdict::ok);
      }
      for (const NodeCheck& node : check_every_node(tape, objective.total, rng))
        CHECK(node.verdict == Verdict::ok);
    }
  }
}

TEST_CASE(
    "by hand and by tape: the same draw gives the same terms and gradients, for every batch size "
    "in turn") {
  const std::array<DenseAutoencoderOptions, 3> nets = {
      DenseAutoencoderOptions{.sizes = {6, 8}, .loss = Loss::bce},
      sparse_autoencoder(6, 5, {.rho = Real(0.2), .beta = 1, .l1 = Real(0.1), .decay = Real(0.1)}),
      DenseAutoencoderOptions{.sizes = {6, 5, 3}, .hidden = Activation::tanh, .tied = true}};
  for (const DenseAutoencoderOptions& options : nets) {
    for (const CorruptionKind kind : {masking, salt_and_pepper, gaussian}) {
      Rng rng(5);
      DenoisingAutoencoder model(dense(rng, options), {.kind = kind}, rng);
      DenoisingBackprop by_hand(model);
      TapeBackprop by_tape(model);
      for (const std::size_t m : {7, 3, 7, 1}) {
        CAPTURE(m);
        const Batch batch{some_rows(m, m).X, {}};
        const RngState start = model.noise.state();
        clear_gradients(model);
        const std::vector<TermValue> terms = by_hand.gradients(batch);
        std::vector<Tensor> explicit_gradients;
        for (const Parameter* p : model.parameters()) explicit_gradients.push_back(p->grad);
        const RngState after = model.noise.state();
        model.noise.set_state(start);
        clear_gradients(model);
        const std::vector<TermValue>& tape_terms = by_tape.gradients(batch);
        CHECK(model.noise.state() == after);
        REQUIRE(terms.size() == tape_terms.size());
        for (std::size_t t = 0; t < terms.size(); ++t)
          check_close(terms[t].value, tape_terms[t].value, by_real(1e-12, 1e-5));
        for (std::size_t p = 0; p < explicit_gradients.size(); ++p)
          CHECK(relative_difference(explicit_gradients[p], model.parameters()[p]->grad) <
                by_real(1e-12, 1e-4));
        CHECK(total_of(by_hand.evaluate(batch)) != total_of(terms));
        check_close(total_of(by_hand.evaluate(batch)), total_of(by_tape.evaluate(batch)),
                    by_real(1e-12, 1e-5));
      }
    }
  }
}

TEST_CASE("each term alone by hand, from an input that is not the target") {
  Rng rng(6);
  DenseAutoencoder net(
      sparse_autoencoder(6, 5, {.rho = Real(0.2), .beta = 1, .l1 = Real(0.1), .decay = Real(0.1)}),
      rng);
  const Tensor target = some_rows(5).X, input = corrupt(target, {}, rng);
  ExplicitBackprop by_hand(net);
  Tape tape;
  const Var in = tape.input(input), out = tape.input(target);
  const Objective objective = net.objective_from(tape, in, out, Mode::training);
  for (const Term& term : objective.terms) {
    CAPTURE(term.name);
    clear_gradients(net);
    tape.backward(term.value);
    const Tensor expected = net.encoder[0].W.grad;
    clear_gradients(net);
    by_hand.active = ActiveTerms::only(term.name);
    by_hand.gradients(input, target);
    CHECK(relative_difference(net.encoder[0].W.grad, expected) < by_real(1e-12, 1e-4));
  }
  CHECK(error_of([&] { by_hand.gradients(slice_rows(input, 0, 4), target); }) ==
        "explicit backprop: the input is 4×6 but the target is 5×6");
}

TEST_CASE("a number that is not finite is found on a tape of the same draw") {
  Rng rng(11);
  DenoisingAutoencoder model(dense(rng), {.kind = gaussian}, rng);
  DenoisingBackprop by_hand(model);
  dense_net_of(model)->decoder[0].W.value[0] = std::numeric_limits<Real>::infinity();
  const Batch batch{some_rows(4).X, {}};
  by_hand.gradients(batch);
  CHECK(by_hand.explain_non_finite(batch).find("parameter decoder.0.W") != std::string::npos);
  const Batch shorter{some_rows(2).X, {}};
  by_hand.evaluate(shorter);
  CHECK(by_hand.explain_non_finite(shorter).find("parameter decoder.0.W") != std::string::npos);
}
