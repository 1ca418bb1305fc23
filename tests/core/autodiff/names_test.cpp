// What things are called: operands, results and what an operation keeps; parameters; places.

#include <doctest/doctest.h>

#include "core/autodiff/names.hpp"
#include "core/autodiff/ops.hpp"
#include "pretraining/cli/kinds/kinds.hpp"
#include "tests/check_close.hpp"
#include "tests/core/autodiff/recorded.hpp"
#include "tests/pretraining/cli/step/stepped.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("the room that a convolution needs is scratch, and no screen of the stepper shows it") {
  CHECK(kept_letter(conv2d_op, 0) == "scratch");
  CHECK(kept_letter(conv2d_transpose_op, 0) == "scratch");
  Stepped stepped("convolutional");
  stepped.tape.backward(stepped.objective.total);  // of an earlier pass
  TapeStepper stepper = stepped.stepper();
  for (const std::string& page : walk(stepper, "next"))
    CHECK(count(page, "kept by forward") == count(page, ", kept by forward"));
}

TEST_CASE("whatever a kind of autoencoder records, each tensor it keeps has a name") {
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    Stepped stepped(kind.name);
    stepped.tape.backward(stepped.objective.total);
    for (const Node& node : stepped.tape.nodes) {
      if (node.op == nullptr) continue;
      CAPTURE(node.op->name);
      for (std::size_t k = 0; k < node.saved.size(); ++k) CHECK(kept_letter(*node.op, k) != "");
      CHECK(kept_letter(*node.op, node.saved.size()) == "");
    }
  }
}

TEST_CASE("names of what is kept are those of the rules, one after the other") {
  CHECK(kept_letter(lstm_cell_op, 1) == "[i f g o]");
  CHECK(kept_letter(lstm_cell_op, 3) == "dZ");
  CHECK(kept_letter(lstm_cell_op, 4) == "scratch");
  CHECK(kept_letter(contraction_op, 1) == "(1/m) Σ_i s_ij²");
  CHECK(kept_letter(batch_norm_op, 0) == "[μ; σ²]");
  CHECK(kept_letter(add_op, 0) == "");
}

TEST_CASE("places in a tensor are written as they are indexed") {
  CHECK(entry_place({5}, 3) == "[3]");
  CHECK(entry_place({2, 3}, 5) == "[1,2]");
  CHECK(entry_place({2, 3, 4, 5}, 119) == "[1,2,3,4]");
  CHECK(entry_place({2, 3, 4, 5}, 7) == "[0,0,1,2]");
}

TEST_CASE("letters of operands and results, and each operand's gradient, are those of the row") {
  CHECK(operand_letter(affine_op, 0) == "X");
  CHECK(operand_letter(affine_op, 1) == "W");
  CHECK(operand_letter(affine_op, 2) == "b");
  CHECK(result_letter(affine_op) == "Z");
  CHECK(operand_letter(half_mse_op, 1) == "X");
  CHECK(operand_letter(kl_sparsity_op, 0) == "H");
  CHECK(operand_letter(slice_cols_op, 0) == "A");
  CHECK(operand_letter(concat_cols_op, 0) == "A1");
  CHECK(operand_letter(concat_cols_op, 9) == "A10");
  CHECK(operand_letter(lstm_cell_op, 3) == "Wh");
  CHECK(operand_letter(lstm_cell_op, 5) == "M");
  CHECK(operand_letter(affine_op, 3) == "input 3");
  CHECK(gradient_text(affine_op, 1) == "dW += Xᵀ dZ");
  CHECK(gradient_text(half_mse_op, 1) == "dX −= dL (R − X)/m");
  CHECK(gradient_text(concat_cols_op, 9) == concat_cols_op.gradients[0]);
  // Class numbers have no gradient
  CHECK(operand_letter(softmax_cross_entropy_op, 1) == "label");
  CHECK(gradient_text(softmax_cross_entropy_op, 1) == "");
  for (const Op* op : all_ops()) {
    CAPTURE(op->name);
    CHECK(operand_letter(*op, 0) != result_letter(*op));
    CHECK(result_letter(*op).size() == 1);
  }
}

TEST_CASE("parameters go by their own names and by those of a lecture") {
  Recorded r(small_models()[2].second);  // tied: decoders have biases only
  CHECK(r.tape.nodes[find_parameter(r.tape, "W2")].name == "encoder.1.W");
  CHECK(r.tape.nodes[find_parameter(r.tape, "b3")].name == "decoder.0.b");
  CHECK(find_parameter(r.tape, "encoder.0.W") == find_parameter(r.tape, "W1"));
  CHECK(error_of([&] {
          find_parameter(r.tape, "W3");
        }).find("there is no parameter 'W3' (W1 (encoder.0.W), b1") == 0);
  const Entry entry = find_entry(r.tape, "W1[5,4]");
  CHECK(entry.index == 29);
  CHECK(entry_text(r.tape, entry) == "W1[5,4]");
  CHECK(entry_text(r.tape, find_entry(r.tape, "encoder.1.b[2]")) == "b2[2]");
  for (const char* wrong : {"W1", "W1[6,0]", "W1[0,5]", "W1[0]", "b1[0,1]", "b1[5]", "W1[a,0]",
                            "W1[-1,0]", "W1[0,]", "W1[0,1", "[0,1]"}) {
    CAPTURE(std::string(wrong));
    CHECK(!error_of([&] { find_entry(r.tape, wrong); }).empty());
  }
}
