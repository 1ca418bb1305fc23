// Every operation against the oracle's literal values and gradients, under a random upstream
// gradient; and every rule against the gradient checker.

#include "core/autodiff/ops.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <map>
#include <set>

#include "core/data/corruption.hpp"
#include "core/gradcheck/gradcheck.hpp"
#include "tests/check_close.hpp"
#include "tests/core/autodiff/op_reference.hpp"

using namespace strata;
using namespace strata::testing;

namespace {

// How each of the oracle's operations is recorded here.
const std::map<std::string, RecordOp>& recorders() {
  static const std::map<std::string, RecordOp> map = {
      {"matmul", [](const Inputs& v, const Json&) { return matmul(v[0], v[1]); }},
      {"matmul_bt", [](const Inputs& v, const Json&) { return matmul_bt(v[0], v[1]); }},
      {"matmul_at", [](const Inputs& v, const Json&) { return matmul_at(v[0], v[1]); }},
      {"transpose", [](const Inputs& v, const Json&) { return transpose(v[0]); }},
      {"add", [](const Inputs& v, const Json&) { return add(v[0], v[1]); }},
      {"sub", [](const Inputs& v, const Json&) { return sub(v[0], v[1]); }},
      {"mul", [](const Inputs& v, const Json&) { return mul(v[0], v[1]); }},
      {"div", [](const Inputs& v, const Json&) { return div(v[0], v[1]); }},
      {"add_row", [](const Inputs& v, const Json&) { return add_row(v[0], v[1]); }},
      {"affine", [](const Inputs& v, const Json&) { return affine(v[0], v[1], v[2]); }},
      {"sigmoid", [](const Inputs& v, const Json&) { return sigmoid(v[0]); }},
      {"tanh", [](const Inputs& v, const Json&) { return tanh(v[0]); }},
      {"relu", [](const Inputs& v, const Json&) { return relu(v[0]); }},
      {"exp", [](const Inputs& v, const Json&) { return exp(v[0]); }},
      {"square", [](const Inputs& v, const Json&) { return square(v[0]); }},
      {"leaky_relu",
       [](const Inputs& v, const Json& s) {
         return leaky_relu(v[0], Real(s.at("slope").as_number()));
       }},
      {"elu",
       [](const Inputs& v, const Json& s) { return elu(v[0], Real(s.at("alpha").as_number())); }},
      {"log", [](const Inputs& v, const Json&) { return log(v[0]); }},
      {"sqrt", [](const Inputs& v, const Json&) { return sqrt(v[0]); }},
      {"abs", [](const Inputs& v, const Json&) { return abs(v[0]); }},
      {"softplus", [](const Inputs& v, const Json&) { return softplus(v[0]); }},
      {"softmax", [](const Inputs& v, const Json&) { return softmax(v[0]); }},
      {"log_softmax", [](const Inputs& v, const Json&) { return log_softmax(v[0]); }},
      {"sum", [](const Inputs& v, const Json&) { return sum(v[0]); }},
      {"mean", [](const Inputs& v, const Json&) { return mean(v[0]); }},
      {"sum_rows", [](const Inputs& v, const Json&) { return sum_rows(v[0]); }},
      {"sum_cols", [](const Inputs& v, const Json&) { return sum_cols(v[0]); }},
      {"mean_rows", [](const Inputs& v, const Json&) { return mean_rows(v[0]); }},
      {"concat_cols", [](const Inputs& v, const Json&) { return concat_cols(v); }},
      {"slice_cols",
       [](const Inputs& v, const Json& s) {
         return slice_cols(v[0], s.at("begin").as_size(), s.at("end").as_size());
       }},
      {"conv2d",
       [](const Inputs& v, const Json& s) {
         return conv2d(v[0], v[1], v[2],
                       {.stride = s.at("stride").as_size(), .padding = s.at("pad").as_size()});
       }},
      {"conv2d_transpose",
       [](const Inputs& v, const Json& s) {
         return conv2d_transpose(
             v[0], v[1], v[2],
             {.stride = s.at("stride").as_size(), .padding = s.at("pad").as_size()});
       }},
      {"max_pool2d",
       [](const Inputs& v, const Json& s) { return max_pool2d(v[0], s.at("size").as_size()); }},
      {"avg_pool2d",
       [](const Inputs& v, const Json& s) { return avg_pool2d(v[0], s.at("size").as_size()); }},
      {"upsample_nearest2d",
       [](const Inputs& v, const Json& s) {
         return upsample_nearest2d(v[0], s.at("factor").as_size());
       }},
      {"half_mse", [](const Inputs& v, const Json&) { return half_mse(v[0], v[1]); }},
      {"bce", [](const Inputs& v, const Json&) { return bce(v[0], v[1]); }},
      {"bce_with_logits", [](const Inputs& v, const Json&) { return bce_with_logits(v[0], v[1]); }},
      {"softmax_cross_entropy",
       [](const Inputs& v, const Json&) { return softmax_cross_entropy(v[0], v[1]); }},
  };
  return map;
}

}  // namespace

TEST_CASE("every operation has the oracle's value and gradients") {
  std::size_t compared = 0;
  for (const Json& entry : reference().at("ops").items()) {
    const std::string name = entry.at("op").as_string();
    CAPTURE(name);
    REQUIRE(recorders().count(name) == 1);
    check_op(entry, recorders().at(name));
    ++compared;
  }
  CHECK(compared == 43);
}

namespace {

// Each operation once, on random numbers inside its domain, for batches of 3 and of 1.
Var record_any(const Op* op, Tape& tape, Rng& rng, std::size_t m) {
  static Tensor statistics({2, 3}, Real(0.7));  // running means and variances: tapes borrow them
  const auto real = [&](Shape shape) { return tape.variable(normal_tensor(shape, rng)); };
  const auto unit = [&](Shape shape) {
    return tape.variable(uniform_tensor(shape, rng, 0.1, 0.9));
  };
  if (op == &matmul_op) return matmul(real({m, 4}), real({4, 2}));
  if (op == &matmul_bt_op) return matmul_bt(real({m, 4}), real({2, 4}));
  if (op == &matmul_at_op) return matmul_at(real({4, m}), real({4, 2}));
  if (op == &transpose_op) return transpose(real({m, 4}));
  if (op == &add_row_op) return add_row(real({m, 4}), real({4}));
  if (op == &affine_op) return affine(real({m, 4}), real({4, 2}), real({2}));
  if (op == &concat_cols_op) return concat_cols({real({m, 2}), real({m, 1}), real({m, 3})});
  if (op == &slice_cols_op) return slice_cols(real({m, 5}), 1, 3);
  if (op == &concat_rows_op) return concat_rows({real({m, 3}), real({1, 3}), real({2, 3})});
  if (op == &slice_rows_op) return slice_rows(real({m + 2, 3}), 1, m + 1);
  if (op == &reshape_op) return reshape(real({m, 4}), {2, m, 2, 1});
  if (op == &conv2d_op)
    return conv2d(real({m, 2, 5, 4}), real({3, 2, 3, 2}), real({3}), {.stride = 2, .padding = 1});
  if (op == &conv2d_transpose_op) {
    return conv2d_transpose(real({m, 2, 3, 2}), real({2, 3, 3, 2}), real({3}),
                            {.stride = 2, .padding = 1, .output_padding = 1});
  }
  if (op == &max_pool2d_op) return max_pool2d(real({m, 2, 5, 4}), 2);
  if (op == &avg_pool2d_op) return avg_pool2d(real({m, 2, 5, 4}), 3, 1);
  if (op == &upsample_nearest2d_op) return upsample_nearest2d(real({m, 2, 3, 2}), 2);
  if (op == &batch_norm_op) return batch_norm(real({m, 2, 3, 2}), real({2}), real({2}));
  if (op == &batch_norm_fixed_op)
    return batch_norm_fixed(real({m, 3}), real({3}), real({3}), statistics);
  if (op == &running_statistics_op)
    return running_statistics(batch_norm(real({m + 1, 3}), real({3}), real({3})), statistics);
  if (op == &layer_norm_op) return layer_norm(real({m, 4}), real({4}), real({4}));
  if (op == &add_op) return add(real({m, 4}), real({m, 4}));
  if (op == &sub_op) return sub(real({m, 4}), real({m, 4}));
  if (op == &mul_op) return mul(real({m, 4}), real({m, 4}));
  if (op == &div_op) return div(real({m, 4}), unit({m, 4}));
  if (op == &scale_op) return scale(real({m, 4}), Real(-1.7));
  if (op == &add_scalar_op) return add_scalar(real({m, 4}), Real(0.3));
  if (op == &sigmoid_op) return sigmoid(real({m, 4}));
  if (op == &tanh_op) return tanh(real({m, 4}));
  if (op == &relu_op) return relu(real({m, 4}));
  if (op == &leaky_relu_op) return leaky_relu(real({m, 4}));
  if (op == &elu_op) return elu(real({m, 4}));
  if (op == &softplus_op) return softplus(real({m, 4}));
  if (op == &exp_op) return exp(real({m, 4}));
  if (op == &log_op) return log(unit({m, 4}));
  if (op == &sqrt_op) return sqrt(unit({m, 4}));
  if (op == &square_op) return square(real({m, 4}));
  if (op == &abs_op) return abs(real({m, 4}));
  if (op == &sum_op) return sum(real({m, 4}));
  if (op == &mean_op) return mean(real({m, 4}));
  if (op == &sum_rows_op) return sum_rows(real({m, 4}));
  if (op == &mean_rows_op) return mean_rows(real({m, 4}));
  if (op == &sum_cols_op) return sum_cols(real({m, 4}));
  if (op == &softmax_op) return softmax(real({m, 4}));
  if (op == &log_softmax_op) return log_softmax(real({m, 4}));
  if (op == &half_mse_op) return half_mse(real({m, 4}), real({m, 4}));
  if (op == &bce_op) return bce(unit({m, 4}), unit({m, 4}));
  if (op == &bce_with_logits_op) return bce_with_logits(real({m, 4}), unit({m, 4}));
  if (op == &kl_sparsity_op) return kl_sparsity(unit({m, 4}), Real(0.2));
  if (op == &l1_of_code_op) return l1_of_code(real({m, 4}));
  if (op == &half_squared_norm_op) return half_squared_norm(real({3, 4}));
  if (op == &keep_largest_op) return keep_largest(real({m, 4}), 2);
  if (op == &softmax_cross_entropy_op) {
    Tensor labels({m});
    for (std::size_t i = 0; i < m; ++i) labels[i] = Real(i % 3);
    return softmax_cross_entropy(real({m, 3}), tape.input(labels));
  }
  if (op == &dropout_mask_op) return dropout_mask(tape, {m, 4}, Real(0.5), rng);
  if (op == &lstm_cell_op) {
    Tensor mask({m, 1}, 1);
    if (m > 1) mask[1] = 0;  // the second example has ended
    return lstm_cell(real({m, 4}), real({m, 6}), real({4, 12}), real({3, 12}), real({12}),
                     tape.input(mask));
  }
  if (op == &sequence_mask_op) return sequence_mask(real({m, 6}), 2);
  if (op == &normal_noise_op) return normal_noise(tape, {m, 4}, rng);
  static const Corruption masking{};
  if (op == &corrupt_op) return corrupt(real({m, 4}), masking, rng);
  if (op == &gaussian_kl_op) return gaussian_kl(real({m, 4}), real({m, 4}));
  if (op == &repeat_rows_op) return repeat_rows(real({4, 2}), m);
  if (op == &scale_blocks_op) return scale_blocks(real({m * 4, 2}), real({m, 2}));
  if (op == &step_slope_op) return step_slope(real({m, 4}));
  if (op == &contraction_op) return contraction(unit({m, 3}), real({4, 3}));
  FAIL("no example of the operation ", op->name);
  return {};
}

}  // namespace

TEST_CASE("every rule passes the gradient checker alone, for batches of three and of one") {
  for (const Op* op : all_ops()) {
    for (std::size_t m : {3, 1}) {
      CAPTURE(op->name);
      CAPTURE(m);
      Rng rng(7, m);
      Tape tape;
      const Var result = record_any(op, tape, rng, m);
      const NodeCheck checked = check_node(tape, result.index, normal_tensor(result.shape(), rng));
      for (const TensorCheck& operand : checked.operands) {
        INFO("worst: ", operand.worst.reason, " analytic ", operand.worst.analytic, " numeric ",
             operand.worst.numeric);
        CHECK(operand.verdict == Verdict::ok);
      }
      CHECK(std::string(op->written_at.file).find("core/autodiff/") != std::string::npos);
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
