// What an operation says about itself, the names of the numbers that it keeps among it, and how a
// place in a tensor is written.

#include <doctest/doctest.h>

#include "core/autodiff/names.hpp"
#include "core/autodiff/ops.hpp"
#include "pretraining/cli/kinds/kinds.hpp"
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
