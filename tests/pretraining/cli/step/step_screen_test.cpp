// What the stepper shows fits a screen, and its tables say what they hold.

#include <cmath>
#include <limits>

#include "pretraining/cli/step/names.hpp"
#include "tests/pretraining/cli/step/stepped.hpp"

using namespace strata;
using namespace strata::testing;

TEST_CASE("a stop has everything, and fits 100 columns and 40 lines") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  for (const std::string& page : walk(stepper, "n")) {
    CHECK(lines_of(page).size() <= 38);  // the prompt and a blank line are added
    for (const std::string& line : lines_of(page)) {
      CAPTURE(line);
      CHECK(display_width(line) <= 100);
    }
  }
  const std::string page = stepper.run("37");
  for (const char* part :
       {"step 37 of 38  backward  node 3  affine  5×4  made at layers/dense.cpp:",
        "rule    Z = X W + 1 b\n", "core/autodiff/rules/linear.cpp:",
        "here    dW += Xᵀ dZ, into the gradient of W1, node 1\n", "X  input X, node 0, 5×6",
        "W  W1, node 1, 6×4", "b  b1, node 2, 4", "dZ  upstream gradient, 5×4",
        "dW before (× 10⁻⁶)", "+ contribution", "= dW after", "of it from reconstruction",
        "of it from sparsity", "check   OK: this rule alone agrees with differences"}) {
    CAPTURE(std::string(part));
    CHECK(contains(page, part));
  }
  // The tables hold the numbers: the upstream gradient of the first example, as it is rounded.
  char row[64];
  const Tensor& dZ = stepper.passes.gradients.total[3];
  std::snprintf(row, sizeof row, "%8.4f%8.4f%8.4f%8.4f", double(dZ[0]), double(dZ[1]),
                double(dZ[2]), double(dZ[3]));
  CHECK(contains(page, row));
  CHECK(contains(stepper.run("19"), "∂L/∂L = 1"));
  CHECK(contains(stepper.run("36"), "Y  the result"));  // dX += dY ⊙ Y ⊙ (1 − Y) needs Y
  CHECK(contains(stepper.run("2"), "the parameter encoder.0.W"));
  CHECK(contains(stepper.run("12"), "c = 0.3"));
  CHECK(contains(stepper.run("12"), "the term sparsity of the objective"));
  CHECK_FALSE(contains(page, "\033"));

  TapeStepper coloured(s.tape, s.objective, "sparse", Style{true});
  CHECK(contains(coloured.here(), "\033[1mstep 1 of 38"));
}

TEST_CASE("large tensors are bounded, and it says so") {
  Rng rng(1);
  Parameter W("W", normal_tensor({300, 400}, rng), true);
  Tape tape;
  const Var X = tape.input(normal_tensor({3, 300}, rng), "X");
  const Var Z = matmul(X, tape.parameter(W));
  TapeStepper stepper(tape, sum_of_terms({{"squares", sum(square(Z))}}), "large");
  const std::string page = stepper.run("run");
  CHECK(lines_of(page).size() <= 40);
  for (const std::string& line : lines_of(page)) CHECK(display_width(line) <= 100);
  CHECK(contains(page, "… 20 of 120000 entries"));
  CHECK(contains(unwrapped(page), "OK: this rule alone agrees with differences"));
  CHECK(contains(unwrapped(page),
                 "(16 of 120000 entries checked, and all along 2 random directions)"));
  stepper.run(std::to_string(stepper.size()));
  const double exact = double(stepper.passes.gradients.total[1](299, 399));
  check_close(number_in(stepper.run("print dW[299,399]")), exact, by_real(1e-8, 1e-5), 0);
}

TEST_CASE("tables: four decimals, a power of 1000 in the title, zeros, and what is not finite") {
  const Block small = block_of("dW", Tensor({2}, {Real(-61.6e-6), Real(5.5e-6)}));
  CHECK(small.title == "dW (× 10⁻⁶)");
  CHECK(small.lines[0] == " -61.600   5.500");
  const Block large = block_of("A", Tensor({2}, {Real(123456), 0}));
  CHECK(large.title == "A (× 10³)");
  CHECK(large.lines[0] == "  123.46       0");
  const Real inf = std::numeric_limits<Real>::infinity();
  CHECK(block_of("A", Tensor({3}, {-inf, Real(0.00001), 1})).lines[0] ==
        "    -inf  0.0000  1.0000");
  CHECK(block_of("A", Tensor({1}, Real(0.25))).lines[0] == " 0.25");
  const Real denormal = std::numeric_limits<Real>::denorm_min();
  const std::string power = by_real(1, 0) == 1 ? "A (× 10⁻³²⁴)" : "A (× 10⁻⁴⁵)";
  CHECK(block_of("A", Tensor({2}, {denormal, -denormal})).title == power);
  CHECK(block_of("A", Tensor({2}, {denormal, -denormal})).lines[0] ==
        (by_real(1, 0) == 1 ? "  4.9407 -4.9407" : "  1.4013 -1.4013"));
  const Real huge = std::numeric_limits<Real>::max();
  CHECK(contains(block_of("A", Tensor({2}, {huge, -huge})).lines[0],
                 by_real(1, 0) == 1 ? " 179.77 -179.77" : " 340.28 -340.28"));
  CHECK(display_width("ρ̂ = ½") == 5);
  CHECK(shortened("Σ_rows dZ", 9) == "Σ_rows dZ");
  CHECK(shortened("Σ_rows dZ", 4) == "Σ_r…");
  CHECK(ascii_name("δ²: f′(z²)") == "delta2: f'(z2)");
}
