// Every operation against the oracle's literal values and gradients, under a random upstream
// gradient; and every rule against the gradient checker.

#include "core/autodiff/ops.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "core/autodiff/names.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "tests/check_close.hpp"
#include "tests/core/autodiff/examples.hpp"
#include "tests/reference.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("every operation has one example, and its operands are called as in the formula") {
  const std::vector<OpExample> examples = op_examples();
  for (const Op* op : all_ops()) {
    CAPTURE(std::string(op->name));
    const auto is_of_op = [op](const OpExample& example) { return example.op == op; };
    REQUIRE(std::count_if(examples.begin(), examples.end(), is_of_op) == 1);
    const OpExample& example = *std::find_if(examples.begin(), examples.end(), is_of_op);
    Rng rng(1);
    Tape tape;
    OpCall call = example.drawn(tape, rng);
    const Node& node = example.record(call).node();
    CHECK(node.op == op);
    if (!has_gradient(*op)) continue;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      CHECK(operand_letter(*op, k) == example.operands[k].letter);
      CHECK(tape.nodes[node.inputs[k]].name == example.operands[k].letter);
    }
  }
  CHECK(examples.size() == all_ops().size());
}

namespace {

// One of the "ops" of the oracle's files: the value, and the gradients for a random upstream.
void check_against_oracle(const Json& entry, const OpExample& example) {
  const double relative = by_real(1e-9, 1e-3), absolute = by_real(1e-13, 1e-5);
  Rng rng(1);
  Tape tape;
  OpCall call = example.from_oracle(entry, tape, rng);
  const Var result = example.record(call);
  check_close(result.value(), to_tensor(entry.at("value")), relative, absolute);
  tape.backward(result, to_tensor(entry.at("upstream")));
  for (const auto& member : entry.at("gradients").members()) {
    const std::string& letter = member.first;
    CAPTURE(letter);
    REQUIRE(call.has(letter));
    check_close(call[letter].grad(), to_tensor(member.second), relative, absolute);
  }
  // replayed in place, the same bits
  const Tensor before = result.value();
  tape.replay();
  CHECK(result.value().values == before.values);
}

}  // namespace

TEST_CASE("every operation has the oracle's value and gradients") {
  std::set<std::string> compared;
  for (const Json* file : {&reference(), &operations_reference()}) {
    for (const Json& entry : file->at("ops").items()) {
      const std::string name = entry.at("op").as_string();
      CAPTURE(name);
      CAPTURE(entry.at("settings").dump());
      const std::vector<OpExample> examples = op_examples();
      const auto example = std::find_if(examples.begin(), examples.end(),
                                        [&name](const OpExample& e) { return e.op->name == name; });
      REQUIRE(example != examples.end());
      check_against_oracle(entry, *example);
      compared.insert(name);
    }
  }
  for (const Op* op : all_ops()) {
    CHECK_MESSAGE(compared.count(op->name) == has_gradient(*op), op->name);
  }
}

TEST_CASE("every rule passes the gradient checker alone, for batches of three and of one") {
  for (std::size_t m : {3, 1}) {
    for (const OpExample& example : op_examples(m)) {
      CAPTURE(std::string(example.op->name));
      CAPTURE(m);
      Rng rng(7, m);
      Tape tape;
      OpCall call = example.drawn(tape, rng);
      const Var result = example.record(call);
      const NodeCheck checked = check_node(tape, result.index, normal_tensor(result.shape(), rng));
      for (const TensorCheck& operand : checked.operands) {
        INFO("worst: ", operand.worst.reason, " analytic ", operand.worst.analytic, " numeric ",
             operand.worst.numeric);
        CHECK(operand.verdict == Verdict::ok);
      }
    }
  }
}

TEST_CASE("the table names each operation once, and leaves out none that ops.hpp declares") {
  std::set<std::string> names;
  for (const Op* op : all_ops()) names.insert(op->name);
  CHECK(names.size() == all_ops().size());

  const std::string header = read_file("core/autodiff/ops.hpp");
  std::size_t declared = 0;
  const std::size_t rows = header.find("extern const Op");
  for (std::size_t at = header.find("_op", rows); at != std::string::npos;
       at = header.find("_op", at + 1))
    ++declared;
  CHECK(declared == all_ops().size());
}

TEST_CASE("KL sparsity of tanh activations uses (mean + 1)/2, and halves the gradient") {
  Rng rng(3);
  Tape tape;
  const Var z = tape.variable(normal_tensor({5, 4}, rng));
  const Var result = kl_sparsity(tanh(z), Real(0.1), true);
  tape.backward(result);
  for (const NodeCheck& node : check_every_node(tape, result, rng))
    CHECK(node.verdict == Verdict::ok);
}

TEST_CASE("NaN stays NaN, and nothing overflows where it need not") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN(), huge = Real(1e30);
  Tape tape;
  const Var x = tape.input(Tensor({1, 3}, {nan, huge, -huge}));
  for (const Var y : {sigmoid(x), relu(x), leaky_relu(x), elu(x), softplus(x), tanh(x), abs(x)}) {
    CAPTURE(y.node().op->name);
    CHECK(std::isnan(y.value()[0]));
    CHECK(std::isfinite(y.value()[1]));
    CHECK(std::isfinite(y.value()[2]));
  }
  const Var logits = tape.input(Tensor({1, 2}, {huge, -huge}));
  CHECK(softmax(logits).value()[0] == 1);
  CHECK(log_softmax(logits).value()[0] == 0);
  CHECK(bce_with_logits(logits, tape.input(Tensor({1, 2}, {1, 0}))).value()[0] == 0);
}

TEST_CASE("shapes that do not fit are refused with both shapes and a hint") {
  Tape tape;
  const Var A = tape.input(Tensor({2, 3})), B = tape.input(Tensor({4, 5})),
            b = tape.input(Tensor({4}));
  CHECK(error_of([&] { matmul(A, B); }) ==
        "matmul: A is 2×3 but B is 4×5 (columns of A must equal rows of B)");
  CHECK(error_of([&] { add(A, B); }).find("A is 2×3 but B is 4×5") != std::string::npos);
  CHECK(error_of([&] { add_row(A, b); }).find("b needs one number for each column") !=
        std::string::npos);
  CHECK(error_of([&] { affine(A, B, b); }).find("columns of X must equal rows of W") !=
        std::string::npos);
  CHECK(error_of([&] { half_mse(A, B); }).find("R is 2×3 but the target is 4×5") !=
        std::string::npos);
  CHECK(error_of([&] { concat_cols({A, B}); }).find("same number of rows") != std::string::npos);
  CHECK(error_of([&] { slice_cols(A, 2, 4); }) == "slice_cols: columns 2:4 of 2×3");
  CHECK(error_of([&] { concat_rows({A, B}); }).find("same number of columns") != std::string::npos);
  CHECK(error_of([&] { slice_rows(A, 1, 3); }) == "slice_rows: rows 1:3 of 2×3");
  CHECK(error_of([&] {
          reshape(A, {4, 2});
        }) == "reshape: X is 2×3, 6 numbers, which cannot become 4×2, 8 numbers");
  CHECK(error_of([&] { kl_sparsity(A, 0); }).find("must lie in (0, 1)") != std::string::npos);
  CHECK(error_of([&] { kl_sparsity(A, 1); }).find("must lie in (0, 1)") != std::string::npos);
  CHECK(error_of([&] { keep_largest(A, 4); }).find("4 of 3 units") != std::string::npos);
  CHECK(error_of([&] { softmax_cross_entropy(A, b); }).find("one class number for each row") !=
        std::string::npos);
  for (Real label : {Real(-1), Real(3), Real(1.5), std::numeric_limits<Real>::quiet_NaN()}) {
    const Var labels = tape.input(Tensor({2}, label));
    CHECK(error_of([&] {
            softmax_cross_entropy(A, labels);
          }).find("there are 3 classes, counted from 0") != std::string::npos);
  }
  Tape other;
  const Var elsewhere = other.input(Tensor({2, 3}));
  CHECK(error_of([&] { add(A, elsewhere); }).find("belongs to another tape") != std::string::npos);
}

TEST_CASE(
    "the mask of the largest entries: ties go to the first, NaN is kept so that it is seen later") {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  const Tensor H = Tensor::matrix({{1, 3, 2, 3}, {5, 5, 5, 5}, {1, nan, 9, 2}, {-1, -2, nan, nan}});
  Tensor kept(H.shape, 7);
  largest_of_each_row(H, 2, kept);
  CHECK(kept.values == std::vector<Real>{0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1});
  Tensor too_small({4, 3});
  CHECK(error_of([&] { largest_of_each_row(H, 2, too_small); }).find("H is 4×4 but kept is 4×3") !=
        std::string::npos);
  CHECK(error_of([&] { largest_of_each_row(H, 5, kept); }).find("5 of 4") != std::string::npos);
  CHECK(error_of([&] { largest_of_each_row(H, 0, kept); }).find("0 of 4") != std::string::npos);
}
