#include "tests/core/autodiff/examples.hpp"

#include <algorithm>

#include "core/data/corruption.hpp"

namespace strata::testing {
namespace {

using Examples = std::vector<OpExample>;

// ---- rows for operations of the same signature
OpExample of_one(const Op& op, Var (*f)(Var, Site), Operand X) {
  return {.op = &op, .operands = {X}, .record = [=](OpCall& c) {
            return f(c[X.letter], Site::here());
          }};
}
OpExample of_two(const Op& op, Var (*f)(Var, Var, Site), Operand A, Operand B) {
  return {.op = &op, .operands = {A, B}, .record = [=](OpCall& c) {
            return f(c[A.letter], c[B.letter], Site::here());
          }};
}
OpExample with_number(const Op& op, Var (*f)(Var, Real, Site), Operand X, std::string name,
                      double number) {
  return {.op = &op, .operands = {X}, .settings = {{name, number}}, .record = [=](OpCall& c) {
            return f(c[X.letter], c.number(name), Site::here());
          }};
}
OpExample with_count(const Op& op, Var (*f)(Var, std::size_t, Site), Operand X, double count) {
  return {.op = &op, .operands = {X}, .settings = {{"count", count}}, .record = [=](OpCall& c) {
            return f(c[X.letter], c.size("count"), Site::here());
          }};
}
// The settings by their names, in the order of f's arguments.
using Setting = std::pair<std::string, double>;
OpExample with_sizes(const Op& op, Var (*f)(Var, std::size_t, std::size_t, Site), Operand X,
                     Setting one, Setting two) {
  return {.op = &op, .operands = {X}, .settings = {one, two}, .record = [=](OpCall& c) {
            return f(c[X.letter], c.size(one.first), c.size(two.first), Site::here());
          }};
}
OpExample of_list(const Op& op, Var (*f)(const std::vector<Var>&, Site),
                  std::vector<Operand> operands) {
  return {.op = &op, .operands = operands, .record = [=](OpCall& c) {
            std::vector<Var> parts;
            for (const Operand& operand : operands) {
              if (c.has(operand.letter)) parts.push_back(c[operand.letter]);
            }
            return f(parts, Site::here());
          }};
}
// ---- the examples, in the order of the table
Examples products_and_shapes(std::size_t m) {
  return {
      of_two(matmul_op, matmul, {"A", {m, 4}}, {"B", {4, 2}}),
      of_two(matmul_bt_op, matmul_bt, {"A", {m, 4}}, {"B", {2, 4}}),
      of_two(matmul_at_op, matmul_at, {"A", {4, m}}, {"B", {4, 2}}),
      of_one(transpose_op, transpose, {"A", {m, 4}}),
      of_two(add_row_op, add_row, {"X", {m, 4}}, {"b", {4}}),
      {.op = &affine_op,
       .operands = {{"X", {m, 4}}, {"W", {4, 2}}, {"b", {2}}},
       .record = [](OpCall& c) { return affine(c["X"], c["W"], c["b"]); }},
      of_list(concat_cols_op, concat_cols, {{"A1", {m, 2}}, {"A2", {m, 1}}, {"A3", {m, 4}}}),
      with_sizes(slice_cols_op, slice_cols, {"A", {m, 5}}, {"begin", 1}, {"end", 3}),
      of_list(concat_rows_op, concat_rows, {{"A1", {m, 4}}, {"A2", {1, 4}}, {"A3", {2, 4}}}),
      with_sizes(slice_rows_op, slice_rows, {"A", {m + 2, 4}}, {"begin", 1},
                 {"end", double(m) + 1}),
      {.op = &reshape_op,
       .operands = {{"X", {m, 4}}},
       .record =
           [m](OpCall& c) {
             return reshape(c["X"], {2, m, 2, 1});
           }},
  };
}

Examples entry_by_entry(std::size_t m) {
  const Shape s = {m, 4};
  return {
      of_two(add_op, add, {"A", s}, {"B", s}),
      of_two(sub_op, sub, {"A", s}, {"B", s}),
      of_two(mul_op, mul, {"A", s}, {"B", s}),
      of_two(div_op, div, {"A", s}, {"B", s, Numbers::unit}),
      with_number(scale_op, scale, {"X", s}, "factor", -1.7),
      with_number(add_scalar_op, add_scalar, {"X", s}, "constant", 0.3),
      of_one(sigmoid_op, sigmoid, {"X", s}),
      of_one(tanh_op, tanh, {"X", s}),
      of_one(relu_op, relu, {"X", s}),
      with_number(leaky_relu_op, leaky_relu, {"X", s}, "slope", 0.1),
      with_number(elu_op, elu, {"X", s}, "alpha", 0.7),
      of_one(softplus_op, softplus, {"X", s}),
      of_one(exp_op, exp, {"X", s}),
      of_one(log_op, log, {"X", s, Numbers::unit}),
      of_one(sqrt_op, sqrt, {"X", s, Numbers::unit}),
      of_one(square_op, square, {"X", s}),
      of_one(abs_op, abs, {"X", s}),
  };
}

Examples reductions(std::size_t m) {
  return {
      of_one(sum_op, sum, {"X", {m, 4}}),
      of_one(mean_op, mean, {"X", {m, 4}}),
      of_one(sum_rows_op, sum_rows, {"X", {m, 4}}),
      of_one(mean_rows_op, mean_rows, {"X", {m, 4}}),
      of_one(sum_cols_op, sum_cols, {"X", {m, 4}}),
      of_one(softmax_op, softmax, {"X", {m, 4}}),
      of_one(log_softmax_op, log_softmax, {"X", {m, 4}}),
  };
}

Examples images(std::size_t m) {
  return {
      {.op = &conv2d_op,
       .operands = {{"X", {m, 2, 5, 6}}, {"W", {7, 2, 3, 2}}, {"b", {7}}},
       .settings = {{"stride", 2}, {"padding", 1}},
       .record =
           [](OpCall& c) {
             return conv2d(c["X"], c["W"], c["b"], {c.size("stride"), c.size("padding")});
           }},
      {.op = &conv2d_transpose_op,
       .operands = {{"X", {m, 4, 3, 2}}, {"W", {4, 5, 3, 2}}, {"b", {5}}},
       .settings = {{"stride", 2}, {"padding", 1}, {"output_padding", 1}},
       .record =
           [](OpCall& c) {
             return conv2d_transpose(
                 c["X"], c["W"], c["b"],
                 {c.size("stride"), c.size("padding"), c.size("output_padding")});
           }},
      with_sizes(max_pool2d_op, max_pool2d, {"X", {m, 2, 5, 4}}, {"size", 2}, {"stride", 2}),
      with_sizes(avg_pool2d_op, avg_pool2d, {"X", {m, 2, 5, 4}}, {"size", 3}, {"stride", 1}),
      {.op = &upsample_nearest2d_op,
       .operands = {{"X", {m, 2, 5, 4}}},
       .settings = {{"factor", 2}},
       .record = [](OpCall& c) { return upsample_nearest2d(c["X"], c.size("factor")); }},
      {.op = &batch_norm_op,
       .operands = {{"X", {m, 4, 5, 2}}, {"g", {4}}, {"b", {4}}},
       .settings = {{"epsilon", 1e-5}},
       .record = [](OpCall& c) { return batch_norm(c["X"], c["g"], c["b"], c.number("epsilon")); }},
      {.op = &batch_norm_fixed_op,
       .operands =
           {{"X", {m, 4}}, {"g", {4}}, {"b", {4}}, {"statistics", {2, 4}, Numbers::borrowed}},
       .settings = {{"epsilon", 1e-5}},
       .record =
           [](OpCall& c) {
             return batch_norm_fixed(c["X"], c["g"], c["b"], c.borrowed["statistics"],
                                     c.number("epsilon"));
           }},
      {.op = &running_statistics_op,
       .operands = {{"X", {m + 1, 5}}, {"g", {5}}, {"b", {5}}, {"S", {2, 5}, Numbers::borrowed}},
       .record =
           [](OpCall& c) {
             return running_statistics(batch_norm(c["X"], c["g"], c["b"]), c.borrowed["S"]);
           }},
      {.op = &layer_norm_op,
       .operands = {{"X", {m, 4}}, {"g", {4}}, {"b", {4}}},
       .settings = {{"epsilon", 1e-5}},
       .record = [](OpCall& c) { return layer_norm(c["X"], c["g"], c["b"], c.number("epsilon")); }},
  };
}

Examples losses_and_penalties(std::size_t m) {
  return {
      of_two(half_mse_op, half_mse, {"R", {m, 4}}, {"X", {m, 4}}),
      of_two(bce_op, bce, {"R", {m, 4}, Numbers::unit}, {"X", {m, 4}, Numbers::unit}),
      of_two(bce_with_logits_op, bce_with_logits, {"Z", {m, 4}}, {"X", {m, 4}, Numbers::unit}),
      {.op = &kl_sparsity_op,
       .operands = {{"H", {m, 4}, Numbers::unit}},
       .settings = {{"rho", 0.2}},
       .record =
           [](OpCall& c) {
             return kl_sparsity(c["H"], c.number("rho"), c.number("symmetric") != 0);
           }},
      of_one(l1_of_code_op, l1_of_code, {"H", {m, 4}}),
      of_one(half_squared_norm_op, half_squared_norm, {"W", {4, 2}}),
      with_count(keep_largest_op, keep_largest, {"H", {m, 4}}, 2),
      of_two(softmax_cross_entropy_op, softmax_cross_entropy, {"Z", {m, 4}},
             {"label", {m}, Numbers::classes}),
  };
}

Examples draws_sequences_and_jacobians(std::size_t m) {
  static const Corruption masking{};
  return {
      {.op = &dropout_mask_op,
       .operands = {},
       .settings = {{"keep", 0.5}},
       .record =
           [m](OpCall& c) {
             return dropout_mask(c.tape, {m, 4}, c.number("keep"), c.rng);
           }},
      {.op = &lstm_cell_op,
       .operands = {{"X", {m, 4}},
                    {"S", {m, 10}},
                    {"Wx", {4, 20}},
                    {"Wh", {5, 20}},
                    {"b", {20}},
                    {"M", {m, 1}, Numbers::mask}},
       .record =
           [](OpCall& c) { return lstm_cell(c["X"], c["S"], c["Wx"], c["Wh"], c["b"], c["M"]); }},
      with_count(sequence_mask_op, sequence_mask, {"X", {m, 6}}, 2),
      {.op = &normal_noise_op,
       .operands = {},
       .record =
           [m](OpCall& c) {
             return normal_noise(c.tape, {m, 4}, c.rng);
           }},
      of_two(gaussian_kl_op, gaussian_kl, {"A", {m, 4}}, {"V", {m, 4}}),
      {.op = &corrupt_op,
       .operands = {{"X", {m, 4}}},
       .record = [](OpCall& c) { return corrupt(c["X"], masking, c.rng); }},
      with_count(repeat_rows_op, repeat_rows, {"W", {4, 2}}, double(m)),
      of_two(scale_blocks_op, scale_blocks, {"J", {m * 4, 2}}, {"S", {m, 2}}),
      with_number(step_slope_op, step_slope, {"X", {m, 4}}, "slope", 0.3),
      {.op = &contraction_op,
       .operands = {{"H", {m, 5}, Numbers::unit}, {"W", {4, 5}}},
       .record = [](OpCall& c) { return contraction(c["H"], c["W"], c.number("symmetric") != 0); }},
  };
}

// ---- their operands
Tensor draw(const Operand& operand, Rng& rng) {
  if (operand.numbers == Numbers::normal) return normal_tensor(operand.shape, rng);
  Tensor numbers = uniform_tensor(operand.shape, rng, Real(0.1), Real(0.9));
  if (operand.numbers == Numbers::mask) {
    numbers.fill(1);
    if (numbers.size() > 1) numbers[1] = 0;
  }
  if (operand.numbers == Numbers::classes) {
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = Real(i % 3);
  }
  return numbers;
}

void put_on_tape(OpCall& call, const Operand& operand, Tensor numbers, bool has_gradient) {
  if (operand.numbers == Numbers::borrowed) {
    call.borrowed[operand.letter] = std::move(numbers);
  } else {
    call.operands[operand.letter] = has_gradient
                                        ? call.tape.variable(std::move(numbers), operand.letter)
                                        : call.tape.input(std::move(numbers), operand.letter);
  }
}

}  // namespace

OpCall OpExample::drawn(Tape& tape, Rng& rng) const {
  OpCall call{tape, rng, settings};
  for (const Operand& operand : operands) {
    const bool is_constant =
        operand.numbers == Numbers::classes || operand.numbers == Numbers::mask;
    put_on_tape(call, operand, draw(operand, rng), !is_constant);
  }
  return call;
}

OpCall OpExample::from_oracle(const Json& entry, Tape& tape, Rng& rng) const {
  OpCall call{tape, rng, {}};
  for (const auto& [name, setting] : entry.at("settings").members()) {
    if (setting.is_number()) call.settings[name] = setting.as_number();
  }
  for (const Operand& operand : operands) {
    const Json* const trained = entry.at("inputs").find(operand.letter);
    const Json* const constant = entry.at("settings").find(operand.letter);
    if (trained != nullptr) put_on_tape(call, operand, to_tensor(*trained), true);
    if (constant != nullptr) put_on_tape(call, operand, to_tensor(*constant), false);
  }
  return call;
}

std::vector<OpExample> op_examples(std::size_t m) {
  Examples all;
  for (const auto& group : {products_and_shapes, entry_by_entry, reductions, images,
                            losses_and_penalties, draws_sequences_and_jacobians}) {
    for (OpExample& example : group(m)) all.push_back(std::move(example));
  }
  return all;
}

EveryOperation::EveryOperation(Tape& tape, Rng& rng) {
  std::vector<Term> terms;
  for (const OpExample& example : op_examples()) {
    const Var result = example.record(calls.emplace_back(example.drawn(tape, rng)));
    const Var weights = tape.variable(normal_tensor(result.shape(), rng), "weights");
    terms.push_back({example.op->name, sum(mul(result, weights))});
  }
  objective = sum_of_terms(terms);
}

}  // namespace strata::testing
