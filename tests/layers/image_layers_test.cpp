// Layers on images: what they do in training and evaluation, and how their weights are drawn.

#include <doctest/doctest.h>

#include <limits>

#include "core/gradcheck/gradcheck.hpp"
#include "layers/batch_norm.hpp"
#include "layers/conv2d.hpp"
#include "layers/pool2d.hpp"
#include "layers/reshape.hpp"
#include "tests/check_close.hpp"
#include "tests/reference.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("running statistics are PyTorch's: once a batch, at each replay, never in a check") {
  for (const Json& entry : operations_reference().at("ops").items()) {
    if (entry.at("op").as_string() != "batch_norm") continue;
    const Json& settings = entry.at("settings");
    const Tensor first = to_tensor(settings.at("first")),
                 second = to_tensor(entry.at("inputs").at("X"));
    const Tensor expected = to_tensor(settings.at("running"));
    BatchNorm layer("norm", first.shape[1]);
    Tape tape;
    const Var X = tape.input(first);
    const Var Y = layer.forward(tape, X, Mode::training);
    tape.set_input(X, second);
    tape.replay();
    check_close(layer.statistics, expected, by_real(1e-12, 1e-5), by_real(1e-14, 1e-6));

    const Tensor before = layer.statistics;
    Rng rng(1);
    const Var loss = sum(mul(Y, tape.input(normal_tensor(Y.shape(), rng))));
    for (const NodeCheck& node : check_every_node(tape, loss, rng))
      CHECK(node.verdict == Verdict::ok);
    for (const TensorCheck& gain :
         check_objective(tape, sum_of_terms({{"loss", loss}}), layer.parameters()))
      CHECK(gain.verdict == Verdict::ok);
    tape.replay(Randomness::keep);
    CHECK(layer.statistics.values == before.values);

    // in evaluation an example's result does not depend on the others
    Tape alone, together;
    const Var all = layer.forward(together, together.input(second), Mode::evaluation);
    const Var one = layer.forward(alone, alone.input(slice_rows(second, 0, 1)), Mode::evaluation);
    CHECK(slice_rows(all.value(), 0, 1).values == one.value().values);
    CHECK(layer.statistics.values == before.values);
    CHECK(all.value().values != Y.value().values);
  }
}

TEST_CASE("weights of convolutions are drawn by their fans: variances stay what they should") {
  Rng rng(7);
  const auto variance = [](const Tensor& A) {
    const double mean = column_means(A.reshaped({A.size(), 1}))[0];
    double sum = 0;
    for (Real a : A.values) sum += (a - mean) * (a - mean);
    return sum / double(A.size());
  };
  // he: inputs of mean square 1 make pre-activations of variance 2
  const Tensor X = normal_tensor({4, 16, 20, 20}, rng);
  for (const std::size_t stride : {1, 2}) {
    Tape tape;
    Conv2d conv("conv", 16, 64, {.kernel = 3, .stride = stride}, rng);
    check_close(variance(conv.W.value), 2.0 / (16 * 9), 0.05);
    check_close(variance(conv.forward(tape, tape.input(X)).value()), 2, 0.15);
    ConvTranspose2d transpose("transpose", 16, 64, {.kernel = 4, .stride = stride}, rng);
    const Tensor Y = transpose.forward(tape, tape.input(X)).value();
    check_close(variance(Y), 2, 0.25);  // less at the border, where fewer windows lie
    CHECK(largest_magnitude(conv.b.value) == 0);
  }
  // xavier: uniform, its limit by both fans
  Conv2d xavier("xavier", 8, 32, {.kernel = 3, .initializer = Initializer::xavier}, rng);
  const double limit = std::sqrt(6.0 / (8 * 9 + 32 * 9));
  CHECK(largest_magnitude(xavier.W.value) <= limit);
  CHECK(largest_magnitude(xavier.W.value) > 0.98 * limit);
  CHECK(xavier.W.decays);
  CHECK(!xavier.b.decays);
}

TEST_CASE("pools: NaN is kept, the first of equal pixels gets the gradient, a kink is seen") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  Tape tape;
  const Var X = tape.variable(Tensor({1, 1, 2, 6}, {1, nan, 3, 3, -5, -6, 2, 4, 3, 3, -8, -7}));
  const Var largest = max_pool2d(X, 2);
  CHECK(std::isnan(largest.value()[0]));
  CHECK(largest.value()[1] == 3);
  CHECK(largest.value()[2] == -5);
  CHECK(std::isnan(avg_pool2d(X, 2).value()[0]));
  CHECK(std::isnan(upsample_nearest2d(X, 2).value()[2]));
  tape.backward(largest, Tensor({1, 1, 1, 3}, {1, 10, 100}));
  CHECK(X.grad().values == std::vector<Real>{0, 1, 10, 0, 100, 0, 0, 0, 0, 0, 0, 0});

  Tape kinked;
  const Var Z = kinked.variable(Tensor({1, 1, 2, 2}, {1, 2, 2, 0}));
  const Var top = max_pool2d(Z, 2);
  const std::uint64_t branch = max_pool2d_op.branch(kinked, top.node());
  const NodeCheck checked = check_node(kinked, top.index, Tensor({1, 1, 1, 1}, 1));
  CHECK(checked.verdict ==
        Verdict::undecided);  // two pixels are equal: the checker must not call either side wrong
  Z.node().value[3] = 3;
  kinked.replay();
  CHECK(max_pool2d_op.branch(kinked, top.node()) != branch);
}

TEST_CASE("shapes that do not fit are refused with both shapes and a hint") {
  Tape tape;
  const Var X = tape.input(Tensor({2, 3, 6, 5})), M = tape.input(Tensor({2, 3})),
            one = tape.input(Tensor({1, 3}));
  const Var W = tape.input(Tensor({4, 2, 3, 3})), good = tape.input(Tensor({4, 3, 3, 3}));
  const Var T = tape.input(Tensor({3, 4, 3, 3})), b = tape.input(Tensor({3})),
            b4 = tape.input(Tensor({4}));
  const auto says = [](const auto& call, const char* part) {
    const std::string error = error_of(call);
    CAPTURE(error);
    CHECK(error.find(part) != std::string::npos);
  };
  says([&] { conv2d(X, W, b4); },
       "conv2d: X is 2×3×6×5 but W is 4×2×3×3 (the second length of both");
  says([&] { conv2d(X, good, b); }, "conv2d: W is 4×3×3×3 but b is 3 (b needs 4 numbers");
  says([&] { conv2d(M, good, b4); }, "both need four dimensions");
  says([&] { conv2d_transpose(X, good, b); },
       "X is 2×3×6×5 but W is 4×3×3×3 (X's 3 channels must be the first");
  says([&] { conv2d_transpose(X, T, b); }, "b needs 4 numbers");
  says([&] { conv2d_transpose(X, T, b4, {.stride = 2, .output_padding = 2}); },
       "must be less than the stride 2");
  says([&] { conv2d_transpose(X, T, b4, {.padding = 4}); }, "padding 4 cuts off the whole result");
  says([&] { max_pool2d(X, 6); }, "max_pool2d: windows of 6×6 on X, which is 2×3×6×5");
  says([&] { avg_pool2d(M, 1); }, "X needs four dimensions");
  says([&] { max_pool2d(X, 0); }, "windows of 0×0");
  says([&] { upsample_nearest2d(M, 2); }, "X needs four dimensions");
  says([&] { upsample_nearest2d(X, 0); }, "the factor is at least 1");
  says([&] { batch_norm(X, b4, b); },
       "X is 2×3×6×5 but the gain is 4 and the bias 3 (both need 3 numbers");
  says([&] { batch_norm(one, b, b); }, "batches of at least 2 examples");
  says([&] { layer_norm(X, b, b); }, "flatten images first");
  Tensor statistics({2, 4});
  says([&] { batch_norm_fixed(X, b, b, statistics); }, "the statistics are 2×4");
  says([&] { running_statistics(X, statistics); }, "a batch_norm has them");
  Rng rng(1);
  says([&] { Conv2d("conv", 0, 4, {}, rng); }, "conv: a convolution from 0 to 4 channels");
  says([&] { ToImages(1, 2, 2).forward(tape, M, Mode::training); },
       "X is 2×3, but images of 1×2×2 have 4");
}
