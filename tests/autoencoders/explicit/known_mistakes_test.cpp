// The mistakes that published code makes, each made here on purpose: the gradient checker must
// reject it. The delta rule is written once more, small, with a switch for each mistake; without
// any it must agree with the tape.

#include <doctest/doctest.h>

#include "autoencoders/sparse.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "core/math/matmul.hpp"
#include "core/math/scalar_math.hpp"
#include "tests/check_close.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

enum class Mistake {
  none,
  kl_omitted,
  kl_sign_flipped,
  kl_after_slope,
  kl_over_m_twice,
  kl_per_example,
  kl_missing_from_bias,
  kl_running_mean,
  tanh_kl_twice,
  decay_on_biases,
  decay_missing,
  decay_doubled,
  slope_missing,
  penalty_not_reported,
  tied_decoder_share_missing,
  hidden_layers_untouched,
};

struct Setting {
  bool tanh_code = false, tied = false;
};

// δ² and δ³ of one sparse layer with half_mse and sigmoid outputs, gradients of the total.
void gradients_with(Mistake mistake, DenseAutoencoder& model, const Tensor& X) {
  const Real m = Real(X.rows());
  const Penalties& p = model.penalties;
  Dense& encoder = model.encoder[0];
  Dense& decoder = model.decoder[0];
  const bool is_tanh = encoder.activation == Activation::tanh;
  const Tensor W2 = model.decoder_weights(0);
  Tensor h = matmul(X, encoder.W.value), r;
  for (std::size_t i = 0; i < h.size(); ++i) h[i] += encoder.b.value[i % h.cols()];
  encoder.activation.rule().values(h.values, h.values);
  r = matmul(h, W2);
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = sigmoid(r[i] + decoder.b.value[i % r.cols()]);

  Tensor delta3 = r;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const Real slope = mistake == Mistake::slope_missing ? Real(1) : r[i] * (1 - r[i]);
    delta3[i] = (r[i] - X[i]) * slope;
  }
  Tensor rho_hat = column_means(h);
  if (mistake == Mistake::kl_running_mean) {  // 0.9 of what an earlier batch had
    for (Real& value : rho_hat.values)
      value = Real(0.9) * (is_tanh ? Real(0.1) : Real(0.4)) + Real(0.1) * value;
  }
  Tensor delta2 = matmul_bt(delta3, W2), delta2_without_kl = delta2;
  for (std::size_t i = 0; i < h.size(); ++i) {
    Real mean = rho_hat[i % h.cols()];
    if (mistake == Mistake::kl_per_example) mean = h[i];
    if (is_tanh) mean = (mean + 1) / 2;
    Real kl = p.beta * (-p.rho / mean + (1 - p.rho) / (1 - mean));
    if (is_tanh && mistake != Mistake::tanh_kl_twice) kl /= 2;
    if (mistake == Mistake::kl_omitted) kl = 0;
    if (mistake == Mistake::kl_sign_flipped) kl = -kl;
    if (mistake == Mistake::kl_over_m_twice) kl /= m;
    const Real slope = is_tanh ? 1 - h[i] * h[i] : h[i] * (1 - h[i]);
    delta2_without_kl[i] = delta2[i] * slope;
    delta2[i] =
        mistake == Mistake::kl_after_slope ? delta2[i] * slope + kl : (delta2[i] + kl) * slope;
  }
  const auto add_mean_rows = [m](Tensor& db, const Tensor& delta) {
    for (std::size_t i = 0; i < delta.size(); ++i) db[i % delta.cols()] += delta[i] / m;
  };
  const bool touches_hidden = mistake != Mistake::hidden_layers_untouched;
  const Tensor dW1 = matmul_at(X, delta2), dW2 = matmul_at(h, delta3);
  for (std::size_t i = 0; touches_hidden && i < dW1.size(); ++i) encoder.W.grad[i] += dW1[i] / m;
  if (touches_hidden) {
    add_mean_rows(encoder.b.grad,
                  mistake == Mistake::kl_missing_from_bias ? delta2_without_kl : delta2);
  }
  if (model.tied) {
    const Tensor share = transposed(dW2);
    for (std::size_t i = 0; mistake != Mistake::tied_decoder_share_missing && i < share.size();
         ++i) {
      encoder.W.grad[i] += share[i] / m;
    }
  } else {
    for (std::size_t i = 0; i < dW2.size(); ++i) decoder.W.grad[i] += dW2[i] / m;
  }
  add_mean_rows(decoder.b.grad, delta3);
  for (Parameter* q : model.parameters()) {
    Real decay = q->decays || mistake == Mistake::decay_on_biases ? p.decay : Real(0);
    if (mistake == Mistake::decay_missing) decay = 0;
    if (mistake == Mistake::decay_doubled) decay *= 2;
    for (std::size_t i = 0; i < q->value.size(); ++i) q->grad[i] += decay * q->value[i];
  }
}

// The worst verdict over all parameters, of the (wrong) gradient against differences of the
// reported objective.
Verdict verdict_on(Mistake mistake, Setting setting) {
  Rng rng(21);
  DenseAutoencoderOptions options =
      sparse_autoencoder(6, 4, {.rho = Real(0.1), .beta = 1, .decay = Real(0.05)});
  if (setting.tanh_code) options.code = Activation::tanh;
  options.tied = setting.tied;
  DenseAutoencoder model(options, rng);
  for (Parameter* p : model.parameters()) p->value = normal_tensor(p->value.shape, rng, 0.5);
  const Tensor X = uniform_tensor({5, 6}, rng, 0.05, 0.95);

  for (Parameter* p : model.parameters()) p->grad.fill(0);
  gradients_with(mistake, model, X);
  // In the gradient, not in the loss
  if (mistake == Mistake::penalty_not_reported) model.penalties.beta = 0;
  Tape tape;
  const Objective objective = model.objective(tape, tape.input(X), {}, Mode::training);
  Verdict worst = Verdict::ok;
  for (Parameter* p : model.parameters()) {
    const auto numeric = differentiate_every_entry(p->value, [&] {
      tape.replay(Randomness::keep);
      const double loss = objective.total.value().item();
      return Probe{{loss}, {std::abs(loss)}, 0};
    });
    const Verdict verdict = compare_gradients(p->grad, numeric[0]).verdict;
    if (verdict == Verdict::wrong || worst == Verdict::ok) worst = verdict;
  }
  return worst;
}

}  // namespace

TEST_CASE("without a mistake the gradient is accepted") {
  CHECK(verdict_on(Mistake::none, {}) == Verdict::ok);
  CHECK(verdict_on(Mistake::none, {.tanh_code = true}) == Verdict::ok);
  CHECK(verdict_on(Mistake::none, {.tied = true}) == Verdict::ok);
}

TEST_CASE("each known mistake is rejected by the checker") {
  const std::pair<const char*, Mistake> mistakes[] = {
      {"KL delta omitted", Mistake::kl_omitted},
      {"KL sign flipped", Mistake::kl_sign_flipped},
      {"KL added after multiplying by a(1 − a)", Mistake::kl_after_slope},
      {"KL divided by m twice", Mistake::kl_over_m_twice},
      {"KL per example instead of from rho_hat", Mistake::kl_per_example},
      {"KL missing from the bias gradient", Mistake::kl_missing_from_bias},
      {"rho_hat as a running mean", Mistake::kl_running_mean},
      {"decay on biases", Mistake::decay_on_biases},
      {"decay missing", Mistake::decay_missing},
      {"decay doubled", Mistake::decay_doubled},
      {"sigma' missing", Mistake::slope_missing},
      {"penalty in the gradient, not in the reported loss", Mistake::penalty_not_reported},
      {"hidden layers never touched", Mistake::hidden_layers_untouched}};
  for (const auto& named : mistakes) {
    const char* name = named.first;
    const Mistake mistake = named.second;
    CAPTURE(name);
    CHECK(verdict_on(mistake, {}) == Verdict::wrong);
  }
  CHECK(verdict_on(Mistake::tanh_kl_twice, {.tanh_code = true}) == Verdict::wrong);
  CHECK(verdict_on(Mistake::tied_decoder_share_missing, {.tied = true}) == Verdict::wrong);
}
