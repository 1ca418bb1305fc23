// One network of every layer on images: it learns, and its gradient is the numerical one.

#include <doctest/doctest.h>

#include "core/gradcheck/gradcheck.hpp"
#include "core/optim/optimizer.hpp"
#include "layers/batch_norm.hpp"
#include "layers/conv2d.hpp"
#include "layers/layer_norm.hpp"
#include "layers/pool2d.hpp"
#include "layers/reshape.hpp"
#include "layers/sequential.hpp"
#include "layers/upsample2d.hpp"
#include "tests/allocation_count.hpp"
#include "tests/check_close.hpp"
#include "tests/each_thread.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// Every layer on images, from 10×14 pixels down to 3×4 and back.
Sequential every_layer(Rng& rng) {
  Sequential net;
  net.add(ToImages(1, 10, 14));
  net.add(Conv2d("encoder.0", 1, 6, {.padding = 1}, rng));
  net.add(BatchNorm("encoder.1", 6));
  net.add(MaxPool2d(2));
  net.add(
      Conv2d("encoder.2", 6, 4, {.stride = 2, .padding = 1, .activation = Activation::relu}, rng));
  net.add(ConvTranspose2d("decoder.0", 4, 4,
                          {.kernel = 4, .stride = 2, .padding = 1, .activation = Activation::relu},
                          rng));
  net.add(AvgPool2d(2, 1));
  net.add(Upsample2d(2));
  net.add(Conv2d("decoder.1", 4, 1, {.padding = 1, .activation = Activation::linear}, rng));
  net.add(Flatten());
  net.add(LayerNorm("decoder.2", 140));
  return net;
}

struct Trained {
  std::vector<Real> losses;
  std::size_t allocations = 0;  // of the last two steps
  std::vector<Tensor> values;
};

Trained train_every_layer(std::size_t threads, std::size_t steps) {
  Workers workers(threads);
  testing::on_each_thread(workers, [] {  // memory for products and patches
    Rng rng(2);
    Sequential net = every_layer(rng);
    Tape tape;
    tape.backward(sum(net.forward(tape, tape.input(Tensor({100, 140})), Mode::training)));
  });
  Rng rng(2);
  Sequential net = every_layer(rng);
  const auto adam = make_optimizer({.kind = OptimizerKind::adam});
  const std::vector<Parameter*> parameters = net.parameters();
  Tape tape;
  tape.workers = &workers;
  const Var X = tape.input(normal_tensor({100, 140}, rng));
  const Var loss = half_mse(net.forward(tape, X, Mode::training), X);
  Trained result;
  result.losses.reserve(steps);
  std::size_t before = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    if (step + 2 == steps) before = testing::allocation_count();
    tape.replay();
    tape.backward(loss);
    result.losses.push_back(loss.value().item());
    adam->step(parameters, 0.01, loss.value().item(), nullptr);
  }
  result.allocations = testing::allocation_count() - before;
  for (const Parameter* p : parameters) result.values.push_back(p->value);
  return result;
}

}  // namespace

TEST_CASE(
    "a network of every layer learns, the same bits for 1, 2 and 3 threads, and its steps allocate "
    "nothing") {
  const Trained one = train_every_layer(1, 12), two = train_every_layer(2, 12),
                three = train_every_layer(3, 12);
  CHECK(one.losses.back() < 0.9 * one.losses.front());
  CHECK(one.losses == two.losses);
  CHECK(one.losses == three.losses);
  for (std::size_t k = 0; k < one.values.size(); ++k)
    CHECK(one.values[k].values == three.values[k].values);
  CHECK(one.allocations == 0);
  CHECK(two.allocations == 0);
}

TEST_CASE(
    "the gradient of a network of every layer is the numerical one, in training and evaluation") {
  for (const Mode mode : {Mode::training, Mode::evaluation}) {
    Rng rng(5);
    Sequential net = every_layer(rng);
    Tape tape;
    const Var X = tape.input(normal_tensor({2, 140}, rng));
    const Objective objective =
        sum_of_terms({{"reconstruction", half_mse(net.forward(tape, X, mode), X)}});
    for (const NodeCheck& node : check_every_node(tape, objective.total, rng)) {
      CAPTURE(node.op);
      CHECK(node.verdict != Verdict::wrong);
    }
    Parameter& W = *net.parameters()[0];
    const std::vector<TensorCheck> checks = check_objective(tape, objective, {&W});
    for (const TensorCheck& c : checks) CHECK(c.verdict != Verdict::wrong);
    CHECK(checks[0].undecided < checks[0].shape.size() / 2);
  }
}
