// Contrastive divergence against exact likelihoods: a falling reconstruction error is no proof of
// anything.

#include "pretraining/rbm/contrastive_divergence.hpp"

#include "tests/contains.hpp"
#include "tests/pretraining/rbm/rbm_machines.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// The exact mean log-likelihood of the data after each of the epochs that are multiples of `every`,
// and before the first.
std::vector<double> exact_curve(Rbm& rbm, const Dataset& data, RbmTraining options,
                                std::size_t every) {
  std::vector<double> curve = {mean_log_likelihood(rbm, data.X, exact_log_Z(rbm))};
  options.after_epoch = [&](const EpochRecord& record) {
    if (record.epoch % every == 0)
      curve.push_back(mean_log_likelihood(rbm, data.X, exact_log_Z(rbm)));
    return true;
  };
  Rng rng(2);
  train_rbm(rbm, data, rng, options);
  return curve;
}

// What contrastive divergence leaves in the parameters, turned into the gradient of the
// log-likelihood, which is to rise; and one estimate of it.
RbmGradient taken_from(Rbm& rbm) {
  for (Tensor* gradient : {&rbm.W.grad, &rbm.a.grad, &rbm.b.grad}) {
    for (Real& g : gradient->values) g = -g;
  }
  RbmGradient gradient{rbm.W.grad, rbm.a.grad, rbm.b.grad};
  for (Parameter* p : {&rbm.W, &rbm.a, &rbm.b}) p->grad.fill(0);
  return gradient;
}
RbmGradient estimate(ContrastiveDivergence& divergence, Rbm& rbm, const Tensor& V) {
  divergence.gradients({V, {}});
  return taken_from(rbm);
}

// The mean of many estimates.
RbmGradient mean_estimate(Rbm rbm, const Tensor& V, const RbmTraining& options, std::size_t draws) {
  Rng rng(5);
  ContrastiveDivergence divergence(rbm, options, rng);
  RbmGradient mean{Tensor(rbm.W.value.shape), Tensor(rbm.a.value.shape), Tensor(rbm.b.value.shape)};
  const auto add = [draws](Tensor& to, const Tensor& gradient) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += gradient[i] / Real(draws);
  };
  for (std::size_t k = 0; k < draws; ++k) {
    const RbmGradient gradient = estimate(divergence, rbm, V);
    add(mean.W, gradient.W);
    add(mean.a, gradient.a);
    add(mean.b, gradient.b);
  }
  return mean;
}

}  // namespace

TEST_CASE("rbm: CD-1 and PCD raise the exact log-likelihood of bars and stripes over training") {
  const Dataset data = bars_and_stripes(3);
  for (bool persistent : {false, true}) {
    CAPTURE(persistent);
    Rng rng(1);
    Rbm rbm({.visible = 9, .hidden = 12}, rng);
    // Persistent chains have to keep up with the weights: a smaller rate, for longer.
    RbmTraining options{
        .epochs = 2000, .batch_size = 16, .learning_rate = 0.05, .momentum = 0.5, .weight_cost = 0};
    if (persistent) {
      options.persistent = true;
      options.epochs = 8000;
      options.learning_rate = 0.02;
      options.weight_cost = 1e-3;
    }
    const std::vector<double> curve = exact_curve(rbm, data, options, options.epochs / 4);
    std::string numbers;
    for (double value : curve) numbers += text(value, " ");
    INFO("log-likelihood ", numbers);
    CHECK(curve[0] < -6.2);  // 9 fair coins: −9 log 2 = −6.24
    for (std::size_t k = 1; k < curve.size(); ++k) CHECK(curve[k] > curve[k - 1]);
    CHECK(curve.back() > -4.0);  // the entropy of the data, −2.6, is the best there is
  }
}

TEST_CASE("rbm: the estimates of long chains have the exact gradient as their mean") {
  const Rbm rbm = random_rbm({.visible = 4, .hidden = 3, .weight_scale = 0.8}, 21, 0.5);
  const Tensor V = slice_rows(all_states(4), 3, 8);
  const RbmGradient exact = exact_gradient(rbm, V);
  for (bool persistent : {false, true}) {
    CAPTURE(persistent);
    const RbmTraining options{.steps = 12, .persistent = persistent};
    const RbmGradient mean = mean_estimate(rbm, V, options, 6000);
    check_close(mean.a, exact.a, 0, 0.012);
    // The last reconstruction of CD is a probability: W and b are biased
    if (!persistent) continue;
    check_close(mean.W, exact.W, 0, 0.012);
    check_close(mean.b, exact.b, 0, 0.012);
  }
}

TEST_CASE(
    "rbm: persistent chains go on from batch to batch: one step on each is enough for the exact "
    "gradient") {
  const Rbm rbm = random_rbm({.visible = 4, .hidden = 3, .weight_scale = 0.8}, 21, 0.5);
  const Tensor V = slice_rows(all_states(4), 3, 8);
  const RbmGradient exact = exact_gradient(rbm, V);
  const RbmGradient going_on = mean_estimate(rbm, V, {.steps = 1, .persistent = true}, 40000);
  check_close(going_on.W, exact.W, 0, 0.012);
  check_close(going_on.a, exact.a, 0, 0.012);
  check_close(going_on.b, exact.b, 0, 0.012);
  const RbmGradient from_data = mean_estimate(rbm, V, {.steps = 1}, 6000);
  CHECK(squared_distance(from_data.a, exact.a) > 0.003);  // what a chain that began anew would give
}

TEST_CASE("rbm: the gradient is of the probabilities of the hidden units, not of their states") {
  // Visible units that are all but certain: the reconstruction is the same whatever the hidden
  // states are.
  Rbm rbm = random_rbm({.visible = 3, .hidden = 2, .weight_scale = 0.5}, 6);
  rbm.a.value = Tensor({3}, {Real(60), Real(-60), Real(60)});
  const Tensor V = slice_rows(all_states(3), 1, 7), reconstruction = Tensor::matrix({{1, 0, 1}});
  const Tensor of_data = rbm.hidden_mean(V), of_model = rbm.hidden_mean(reconstruction);
  Rng rng(7);
  ContrastiveDivergence divergence(rbm, {}, rng);
  const RbmGradient gradient = estimate(divergence, rbm, V);
  for (std::size_t j = 0; j < 2; ++j) {
    double b = 0, W[3] = {};
    for (std::size_t r = 0; r < 6; ++r) {
      b += (double(of_data(r, j)) - double(of_model(0, j))) / 6;
      for (std::size_t i = 0; i < 3; ++i)
        W[i] +=
            (double(V(r, i) * of_data(r, j)) - double(reconstruction(0, i) * of_model(0, j))) / 6;
    }
    check_close(gradient.b[j], b, 0, by_real(1e-12, 1e-5));
    for (std::size_t i = 0; i < 3; ++i)
      check_close(gradient.W(i, j), W[i], 0, by_real(1e-12, 1e-5));
  }
}

TEST_CASE(
    "rbm: a short batch is divided by its own rows, beside as many persistent chains as ever") {
  // Visible units that are all but certain again: the chains' states are known.
  Rbm rbm = random_rbm({.visible = 3, .hidden = 2, .weight_scale = 0.5}, 6);
  rbm.a.value = Tensor({3}, {Real(60), Real(-60), Real(60)});
  const Tensor full = slice_rows(all_states(3), 1, 6), few = slice_rows(all_states(3), 6, 8);
  const Tensor chain = Tensor::matrix({{1, 0, 1}});
  const Tensor of_data = rbm.hidden_mean(few), of_chain = rbm.hidden_mean(chain);
  for (bool persistent : {true, false}) {
    CAPTURE(persistent);
    Rng rng(7);
    ContrastiveDivergence divergence(rbm, {.persistent = persistent}, rng);
    estimate(divergence, rbm, full);
    const RbmGradient gradient = estimate(divergence, rbm, few);
    const double tolerance = by_real(1e-12, 1e-5);
    for (std::size_t j = 0; j < 2; ++j) {
      const double h0 = double(of_data(0, j)), h1 = double(of_data(1, j));
      check_close(gradient.b[j], (h0 + h1) / 2 - double(of_chain(0, j)), 0, tolerance);
      for (std::size_t i = 0; i < 3; ++i) {
        const double data = (double(few(0, i)) * h0 + double(few(1, i)) * h1) / 2;
        const double model = double(chain(0, i)) * double(of_chain(0, j));
        check_close(gradient.W(i, j), data - model, 0, tolerance);
      }
    }
    for (std::size_t i = 0; i < 3; ++i)
      check_close(gradient.a[i], double(few(0, i) + few(1, i)) / 2 - double(chain(0, i)), 0,
                  tolerance);
    State state;
    divergence.remember(state);
    CHECK(state.kept_tensors.size() == (persistent ? 1 : 0));
    if (persistent) CHECK(state.kept_tensors[0].second.rows() == 5);
  }
}

TEST_CASE("rbm: one batch of training is the update that the header states") {
  // Three epochs of one batch each, the third with the other momentum: in the first there is no
  // velocity yet. The estimates are made a second time from the same draws.
  Dataset data{"states", slice_rows(all_states(4), 5, 8), {}, {}};
  const Rbm start = random_rbm({.visible = 4, .hidden = 3, .weight_scale = 0.5}, 31);
  const RbmTraining options{.epochs = 3,
                            .batch_size = 3,
                            .learning_rate = 0.2,
                            .momentum_at_first = 0.25,
                            .momentum = 0.75,
                            .epochs_at_first = 2,
                            .weight_cost = 0.1};
  Rbm trained = start;
  Rng rng(4);
  train_rbm(trained, data, rng, options);

  Rbm expected = start;
  Rng draws(4);
  ContrastiveDivergence divergence(expected, options, draws);
  Batches batches(data, 3);
  RbmGradient velocity{Tensor({4, 3}), Tensor({4}), Tensor({3})};
  for (double momentum : {0.25, 0.25, 0.75}) {
    batches.shuffle(draws);
    const RbmGradient gradient = estimate(divergence, expected, batches.batch(0).X);
    const auto step = [&](Tensor& value, Tensor& v, const Tensor& g, double cost) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        v[i] = Real(momentum * double(v[i]) + 0.2 * (double(g[i]) - cost * double(value[i])));
        value[i] += v[i];
      }
    };
    step(expected.W.value, velocity.W, gradient.W, 0.1);
    step(expected.a.value, velocity.a, gradient.a, 0);
    step(expected.b.value, velocity.b, gradient.b, 0);
  }
  check_close(trained.W.value, expected.W.value, by_real(1e-13, 1e-5));
  check_close(trained.a.value, expected.a.value, by_real(1e-13, 1e-5));
  check_close(trained.b.value, expected.b.value, by_real(1e-13, 1e-5));
}

TEST_CASE(
    "rbm: training has the same bits for any number of threads, a short batch and persistent "
    "chains too") {
  Rng draws(3);
  const Dataset data{"noise", uniform_tensor({250, 150}, draws, 0, 1), {}, {}};
  for (bool persistent : {false, true}) {
    const auto trained = [&](Workers* workers) {
      Rng rng(1);
      Rbm rbm({.visible = 150, .hidden = 200}, rng);
      const RbmTraining options{
          .epochs = 2, .batch_size = 120, .steps = 2, .persistent = persistent};
      const History history = train_rbm(rbm, data, rng, options, {.workers = workers});
      CHECK(history.epochs.size() == 2);
      return rbm;
    };
    Workers workers(3);
    const Rbm alone = trained(nullptr), together = trained(&workers);
    CHECK(alone.W.value.values == together.W.value.values);
    CHECK(alone.a.value.values == together.a.value.values);
    CHECK(alone.b.value.values == together.b.value.values);
    CHECK(alone.free_energy(data.X) == together.free_energy(data.X, &workers));
  }
}

TEST_CASE("rbm: what cannot be trained is refused") {
  Rng rng(1);
  Rbm rbm({.visible = 2, .hidden = 2}, rng);
  Dataset data{"data", Tensor::matrix({{0, 1}, {1, Real(1.5)}}), {}, {}};
  const auto error = [&](const RbmTraining& options) {
    return error_of([&] { train_rbm(rbm, data, rng, options); });
  };
  CHECK(contains(error({}),
                 "row 1, column 1 is 1.5, but Bernoulli visible units need numbers in [0, 1]"));
  data.X(1, 1) = 1;
  CHECK(error({.epochs = 1}) == "");
  CHECK(contains(error({.steps = 0}), "1 step of Gibbs sampling"));
  CHECK(contains(error({.momentum = 1}), "the momentum is 1"));
  CHECK(contains(error({.batch_size = 0}), "batch size"));

  Rbm gaussian({.visible = 2,
                .hidden = 2,
                .visible_units = Units::gaussian,
                .hidden_units = Units::gaussian},
               rng);
  data.X(1, 1) = 300;
  const std::string diverged =
      error_of([&] { train_rbm(gaussian, data, rng, {.epochs = 500, .learning_rate = 1}); });
  CHECK(contains(diverged, "is not finite; the weights have run away (Gaussian units"));
}

TEST_CASE("rbm: Gaussian visible units learn the mean and the two clusters of their data") {
  // Points near (±2, ±2), signs equal: one hidden unit can tell the clusters apart.
  Rng draws(7);
  Dataset data{"two clusters", normal_tensor({400, 2}, draws), {}, {}};
  for (std::size_t r = 0; r < 400; ++r) {
    for (std::size_t i = 0; i < 2; ++i) data.X(r, i) += Real(r % 2 == 0 ? 2 : -2);
  }
  Rng rng(1);
  Rbm rbm({.visible = 2, .hidden = 1, .visible_units = Units::gaussian}, rng);
  const std::vector<double> curve = exact_curve(
      rbm, data, {.epochs = 200, .batch_size = 50, .learning_rate = 0.01, .weight_cost = 0}, 200);
  CHECK(curve.back() > curve.front() + 2);
  // The mixture that made the data has −(1 + log 2π) − log 2 ≈ −3.53 nats.
  check_close(curve.back(), -3.53, 0, 0.15);
}
