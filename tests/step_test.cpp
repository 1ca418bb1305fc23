// The stepper: it visits everything once, tells the tape's numbers, and finds what is wrong or not finite.

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>
#include <sstream>

#include "pretraining/cli/explicit_stepper.hpp"
#include "pretraining/cli/step_names.hpp"
#include "pretraining/cli/step_text.hpp"
#include "pretraining/cli/subject.hpp"
#include "pretraining/cli/tape_stepper.hpp"
#include "tests/check_close.hpp"
#include "tests/program.hpp"

using namespace strata;
using namespace strata::cli;
using namespace strata::testing;

namespace {

// What `strata step KIND` steps through.
struct Stepped {
  Subject subject;
  Tape tape;
  Objective objective;

  explicit Stepped(const std::string& kind = "sparse")
      : subject(subject_of(
            Options(join({{{"threads", "N"}}, subject_specs()}), std::vector<std::string>{kind}))) {
    objective = subject.model.objective(tape, tape.input(subject.batch.X, "X"), {}, Mode::training);
  }
  TapeStepper stepper() { return TapeStepper(tape, objective, "sparse"); }
  Parameter& W1() { return subject.model.encoder[0].W; }
  int node_of(const Op& op) const {
    for (int i = 0; i < tape.size(); ++i) {
      if (tape.nodes[i].op == &op) return i;
    }
    FAIL("no node of ", op.name);
    return -1;
  }
};

bool contains(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

// On one line, as if the screen were endless.
std::string unwrapped(const std::string& text) {
  std::string line, word;
  for (std::istringstream in(text); in >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::size_t count(const std::string& text, const std::string& words) {
  std::size_t n = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++n;
  return n;
}

// The number behind "= " in what `print NAME[i,j]` answers.
double number_in(const std::string& answer) {
  const std::size_t equals = answer.find("= ");
  REQUIRE_MESSAGE(equals != std::string::npos, answer);
  return std::stod(answer.substr(equals + 2));
}

std::string entry_name(const std::string& name, const Shape& shape, std::size_t index) {
  return name + entry_place(shape, index);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// From the first step to the last and back again, by `next` and `back` alone: the pages in the order seen.
std::vector<std::string> walk(Stepper& stepper, const char* command) {
  std::vector<std::string> pages{stepper.here()};
  for (;;) {
    const std::size_t before = stepper.step();
    const std::string page = stepper.run(command);
    if (stepper.step() == before) return pages;
    pages.push_back(page);
  }
}

void check_there_and_back(Stepper& stepper) {
  REQUIRE(stepper.step() == 0);
  const std::string first = stepper.here();
  const std::vector<std::string> there = walk(stepper, "next");
  CHECK(stepper.step() + 1 == stepper.size());
  const std::vector<std::string> back = walk(stepper, "b");
  CHECK(there.size() == stepper.size());
  CHECK(std::set<std::string>(there.begin(), there.end()).size() == stepper.size());  // no page twice
  CHECK(back == std::vector<std::string>(there.rbegin(), there.rend()));
  CHECK(stepper.step() == 0);
  CHECK(stepper.here() == first);
  for (std::size_t k = 0; k < there.size(); ++k) {
    CHECK(there[k].find(text("step ", k + 1, " of ", stepper.size())) == 0);
  }
}

void sigmoid_without_one_minus_y(Tape& tape, Node& node) {
  Tensor& dX = tape.input_grad(node, 0);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] += node.grad[i] * node.value[i];
}

void affine_with_wrong_W(Tape& tape, Node& node) {
  affine_op.backward(tape, node);
  tape.input_grad(node, 1)[0] += Real(0.5);
}

void kl_that_overwrites(Tape& tape, Node& node) {  // right, but for = instead of +=
  Tensor& dX = tape.input_grad(node, 0);
  const Tensor before = dX;
  kl_sparsity_op.backward(tape, node);
  for (std::size_t i = 0; i < dX.size(); ++i) dX[i] -= before[i];
}

}  // namespace

TEST_CASE(
    "from first to last and back again: every visit once in each direction, and the end is the beginning") {
  for (const char* kind : {"sparse", "linear", "multilayer", "overcomplete"}) {
    CAPTURE(std::string(kind));
    Stepped s(kind);
    TapeStepper stepper = s.stepper();
    check_there_and_back(stepper);

    // The visits are all there is: each node's value once, the seed once, each way from a node to a trained operand once.
    std::set<std::pair<int, int>> seen;
    std::size_t seeds = 0;
    for (const Visit& visit : stepper.passes.journal.visits) {
      CHECK(seen.insert({visit.node, visit.kind == Visit::Kind::seed ? -2 : visit.operand}).second);
      seeds += visit.kind == Visit::Kind::seed;
    }
    std::size_t expected = 1;
    for (int i = 0; i < s.tape.size(); ++i) {
      const std::set<int> operands(s.tape.nodes[i].inputs.begin(), s.tape.nodes[i].inputs.end());
      ++expected;
      for (int operand : operands) expected += s.tape.nodes[operand].wants_grad;
    }
    CHECK(seeds == 1);
    CHECK(stepper.size() == expected);
  }
}

TEST_CASE("by hand: the same there and back") {
  Stepped s;
  ExplicitStepper stepper(s.subject.model, s.subject.batch, s.objective, "sparse");
  check_there_and_back(stepper);
  for (const std::string& page : walk(stepper, "n"))
    CHECK(contains(page, "OK: the tape has the same number"));
  CHECK(stepper.run("wrong") == "no step is wrong\n");
}

TEST_CASE("print gives the numbers of that moment: those of the tape, before and after each visit") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  const double relative = by_real(1e-8, 1e-5);
  for (std::size_t k = 0; k < stepper.size(); ++k) {
    stepper.run(std::to_string(k + 1));
    CAPTURE(k);
    const Visit& visit = stepper.passes.journal.visits[k];
    if (visit.kind == Visit::Kind::forward) {
      const Tensor& value = s.tape.value(visit.node);
      for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string name = entry_name(text("node ", visit.node), value.shape, i);
        check_close(number_in(stepper.run("print " + name)), double(value[i]), relative, 0);
      }
      continue;
    }
    const std::string gradient = text("d node ", visit.operand);
    for (std::size_t i = 0; i < visit.after.values.size(); ++i) {
      const std::string name = entry_name(gradient, visit.after.shape, i);
      check_close(number_in(stepper.run("p " + name)), double(visit.after.values[i]), relative, 0);
    }
    stepper.run("back");
    const std::string before = stepper.run("p " + gradient);
    if (visit.kind == Visit::Kind::seed) CHECK(contains(before, "is not reached yet: step 19 brings"));
    for (std::size_t i = 0; i < visit.before.values.size(); ++i) {
      if (contains(before, "not reached")) {
        CHECK(visit.before.values[i] == 0);
      } else {
        const std::string name = entry_name(gradient, visit.before.shape, i);
        check_close(number_in(stepper.run("p " + name)), double(visit.before.values[i]), relative, 0);
      }
    }
  }
  for (Parameter* p : s.subject.model.parameters()) p->grad.fill(0);
  s.tape.backward(s.objective.total);  // a pass of its own
  stepper.run(std::to_string(stepper.size()));
  for (std::size_t i = 0; i < s.W1().grad.size(); ++i) {
    const std::string name = entry_name("dW1", s.W1().grad.shape, i);
    check_close(number_in(stepper.run("print " + name)), double(s.W1().grad[i]), relative, 0);
  }
}

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
       {"step 37 of 38  backward  node 3  affine  5×4  made at layers/dense.cpp:", "rule    Z = X W + 1 b\n",
        "core/autodiff/ops_linear.cpp:", "here    dW += Xᵀ dZ, into the gradient of W1, node 1\n",
        "X  input X, node 0, 5×6", "W  W1, node 1, 6×4", "b  b1, node 2, 4", "dZ  upstream gradient, 5×4",
        "dW before (× 10⁻⁶)", "+ contribution", "= dW after", "of it from reconstruction",
        "of it from sparsity", "check   OK: this rule alone agrees with differences"}) {
    CAPTURE(std::string(part));
    CHECK(contains(page, part));
  }
  // The tables hold the numbers: the upstream gradient of the first example, as it is rounded.
  char row[64];
  const Tensor& dZ = stepper.passes.gradients.total[3];
  std::snprintf(row, sizeof row, "%8.4f%8.4f%8.4f%8.4f", double(dZ[0]), double(dZ[1]), double(dZ[2]),
                double(dZ[3]));
  CHECK(contains(page, row));
  CHECK(contains(stepper.run("19"), "∂L/∂L = 1"));
  CHECK(contains(stepper.run("36"), "Y  the result"));  // dX += dY ⊙ Y ⊙ (1 − Y) needs Y
  CHECK(contains(stepper.run("2"), "the parameter encoder.0.W"));
  CHECK(contains(stepper.run("12"), "c = 0.1"));
  CHECK(contains(stepper.run("12"), "the term sparsity of the objective"));
  CHECK_FALSE(contains(page, "\033"));

  TapeStepper coloured(s.tape, s.objective, "sparse", Style{true});
  CHECK(contains(coloured.here(), "\033[1mstep 1 of 38"));
}

TEST_CASE("every command has a name and a letter, and help lists them") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  const std::string help = stepper.run("help");
  const std::pair<const char*, const char*> commands[] = {{"next", "n"},
                                                          {"back", "b"},
                                                          {"step 5", "s 5"},
                                                          {"node 4", "d 4"},
                                                          {"op affine", "o affine"},
                                                          {"param W1", "a W1"},
                                                          {"nan", "i"},
                                                          {"wrong", "w"},
                                                          {"run", "r"},
                                                          {"list", "l"},
                                                          {"print W1", "p W1"},
                                                          {"check", "c"},
                                                          {"why W1[1,2]", "y W1[1,2]"},
                                                          {"gdb", "g"},
                                                          {"help", "h"}};
  for (const auto& command : commands) {
    const std::string name = command.first, letter = command.second;
    CAPTURE(name);
    stepper.run("step 20");
    const std::string by_name = stepper.run(name);
    const std::size_t there = stepper.step();
    stepper.run("step 20");
    CHECK(stepper.run(letter) == by_name);
    CHECK(stepper.step() == there);
    CHECK(stepper.spelled_out(letter) == name);
    const std::string word = name.substr(0, name.find(' '));
    CHECK(contains(help, text("  ", letter[0], "  ", word, " ")));
    CHECK(!by_name.empty());
  }
  CHECK(contains(help, "t  html FILE"));
  CHECK(stepper.run("q").empty());
  CHECK(stepper.has_quit());
}

TEST_CASE("commands move where they say") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  const auto step_after = [&stepper](const std::string& command) {
    stepper.run(command);
    return stepper.step() + 1;
  };
  CHECK(step_after("n") == 2);
  CHECK(step_after("") == 3);  // an empty line repeats
  CHECK(step_after("  ") == 4);
  CHECK(step_after("back") == 3);
  CHECK(step_after("") == 2);
  CHECK(step_after("30") == 30);
  CHECK(step_after("step 1") == 1);
  CHECK(contains(stepper.run("back"), "step 1 is the first one"));
  CHECK(contains(stepper.run("s"), "step 1 of 38"));
  CHECK(step_after("node 4") == 5);
  CHECK(step_after("") == 36);  // its backward visit
  CHECK(contains(stepper.run(""), "no later one: from the beginning again\nstep 5"));
  CHECK(step_after("op kl_sparsity") == 11);
  CHECK(step_after("op kl_sparsity") == 30);
  stepper.run("1");
  CHECK(step_after("param W1") == 2);
  CHECK(step_after("") == 28);
  CHECK(step_after("param encoder.0.W") == 37);
  stepper.run("1");
  CHECK(step_after("run") == 38);
  CHECK(contains(stepper.run("run"), "step 38 is the last one"));
  CHECK(contains(stepper.run("n"), "step 38 is the last one"));
  CHECK(stepper.run("wrong") == "no step is wrong\n");
  CHECK(stepper.run("nan") == "every number of both passes is finite\n");
  stepper.debugged = "CASE=sparse";
  CHECK(contains(stepper.run("gdb"), "make gdb CASE=sparse\n  and there: break-node 3 backward, then run"));
  CHECK(contains(stepper.run("list"),
                 ">   38  backward  node 3  affine               db += Σ_rows dZ          → b1, node 2"));
  CHECK(lines_of(stepper.run("list")).size() == 38);
  for (const std::string& line : lines_of(stepper.run("list"))) CHECK(display_width(line) <= 100);
  CHECK(contains(stepper.run("why W1[1,2]"), "δ = f′(z) [  reconstruction +     sparsity ]"));
  CHECK(contains(stepper.run("check"), "differences"));
  CHECK(stepper.step() + 1 == 38);  // looking around does not move
}

TEST_CASE(
    "names: a letter of the rule on the screen, W1, X, nodes, terms, L, each with d, each with an entry") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  stepper.run("36");  // backward, node 4: Y = σ(X), X is node 3
  CHECK(contains(stepper.run("print X"), "affine, node 3, 5×4"));
  CHECK(contains(stepper.run("print dY[0,1]"), "(sigmoid, node 4, after step 33)"));
  CHECK(contains(stepper.run("print node 0"), "input X, node 0, 5×6"));
  CHECK(contains(stepper.run("print 0"), "input X, node 0, 5×6"));
  CHECK(contains(stepper.run("print encoder.0.b[1]"), "(b1, node 2)"));
  CHECK(number_in(stepper.run("print L[0]")) == doctest::Approx(double(s.objective.total.value().item())));
  CHECK(contains(stepper.run("print sparsity"), "scale, node 11"));
  CHECK(contains(stepper.run("print dsparsity[0]"), "= 1 "));
  CHECK(contains(stepper.run("print dW1"), "after step 28"));
  CHECK(contains(stepper.run("print d node 0"), "input X has no gradient (it is data)"));
  CHECK(contains(stepper.run("print db1"), "db1 is not reached yet: step 38 brings"));
  stepper.run("1");
  CHECK(contains(stepper.run("print W2[0,0]"), "computed later, by step 6"));
}

TEST_CASE("what cannot be done is said, and nothing moves") {
  Stepped s;
  TapeStepper stepper = s.stepper();
  stepper.run("12");
  const auto said = [&stepper](const std::string& line) { return error_of([&] { stepper.run(line); }); };
  CHECK(said("nxt") == "there is no command 'nxt'; did you mean next?");
  CHECK(said("frobnicate") == "there is no command 'frobnicate' (help lists them)");
  CHECK(said("print") == "print NAME: the NAME is missing");
  CHECK(said("next 3") == "next: takes nothing after it, not '3'");
  CHECK(said("step 0") == "step 0: there are steps 1 to 38");
  CHECK(said("39") == "step 39: there are steps 1 to 38");
  CHECK(said("step x") == "step x: there are steps 1 to 38");
  CHECK(said("list 99") == "step 99: there are steps 1 to 38");
  CHECK(said("node 18") == "node 18: there are nodes 0 to 17");
  CHECK(said("op affin") == "op affin: there is affine");
  CHECK(contains(said("op conv"), "op conv: there are input, parameter, affine, sigmoid"));
  CHECK(contains(said("param W7"), "there is no parameter 'W7' (W1 (encoder.0.W)"));
  CHECK(contains(said("print Q"), "there is no 'Q' (X, W1, b1, W2, b2, reconstruction"));
  CHECK(contains(said("print W1[6,0]"), "W1 is 6×4, counted from 0"));
  CHECK(contains(said("print W1[6"), "the ] is missing"));
  CHECK(contains(said("why W1"), "which entry?"));
  CHECK(stepper.step() + 1 == 12);
}

TEST_CASE("wrong and run stop at a rule that was broken on purpose") {
  Stepped s;
  Op broken = sigmoid_op;
  broken.backward = sigmoid_without_one_minus_y;
  const int sigmoid = s.node_of(sigmoid_op);
  s.tape.nodes[sigmoid].op = &broken;
  TapeStepper stepper = s.stepper();
  const std::string page = stepper.run("wrong");
  CHECK(stepper.step() + 1 == 36);
  CHECK(contains(page, "check   WRONG: for "));
  CHECK(contains(page, "differences say"));
  CHECK(stepper.run("wrong") == "this is the only step that is wrong\n");
  CHECK(contains(stepper.run("check"), "the rule stands at core/autodiff/ops_activation.cpp:"));
  CHECK(count(stepper.run("list"), "WRONG") == 1);
  stepper.run("1");
  CHECK(stepper.run("run") == page);
  CHECK(contains(stepper.run("run"), "step 38 of 38"));
  CHECK(contains(stepper.run("wrong"), "no later one: from the beginning again\nstep 36"));
}

TEST_CASE("of a rule with several operands only the visit that is wrong is named") {
  Stepped s;
  Op broken = affine_op;
  broken.backward = affine_with_wrong_W;
  s.tape.nodes[s.node_of(affine_op)].op = &broken;
  TapeStepper stepper = s.stepper();
  stepper.run("wrong");
  CHECK(stepper.step() + 1 == 37);
  CHECK(contains(stepper.here(), "here    dW += Xᵀ dZ"));
  CHECK(count(stepper.run("list"), "WRONG") == 1);
  CHECK(contains(stepper.run("check"), "entry [0,0] of dW, the one that differs most"));
}

TEST_CASE("a rule that writes = for += is found, though it is right alone") {
  Parameter w("w", Tensor({2, 3}, {Real(0.2), Real(0.4), Real(0.3), Real(0.6), Real(0.5), Real(0.7)}), true);
  Tape tape;
  const Var H = scale(tape.parameter(w), Real(0.9));
  const Var kl = kl_sparsity(H, Real(0.1));
  const Var other = sum(square(H));  // its contribution arrives first and is lost
  Op broken = kl_sparsity_op;
  broken.backward = kl_that_overwrites;
  kl.node().op = &broken;
  TapeStepper stepper(tape, sum_of_terms({{"kl", kl}, {"squares", other}}), "by itself");
  CHECK(contains(stepper.run("wrong"), "the gradient that stood there is lost"));
  CHECK(contains(stepper.here(), "kl_sparsity"));
}

TEST_CASE("by hand: wrong stops at the first number that differs from the tape's") {
  Stepped s;
  ExplicitStepper stepper(s.subject.model, s.subject.batch, s.objective, "sparse");
  for (std::size_t k = 15; k < 17; ++k) stepper.steps[k].numbers[2] += Real(0.01);
  const std::string page = stepper.run("run");
  CHECK(stepper.step() == 15);
  CHECK(contains(page, "WRONG: differs from the tape"));
  CHECK(contains(unwrapped(page), "is the first that differs from the tape: entry [0,2] is "));
  CHECK(contains(stepper.run("check"), "the entry that differs most, [0,2]"));
  stepper.run("wrong");
  CHECK(stepper.step() == 16);
  CHECK_FALSE(contains(stepper.here(), "is the first that"));
  CHECK(contains(stepper.run("node 4"), "node 4 (sigmoid)"));
  CHECK(contains(stepper.run("op kl_sparsity"), "ρ̂"));
  CHECK(contains(stepper.run("param b1"), "db¹"));
  CHECK(number_in(stepper.run("print rho_hat[1]")) == doctest::Approx(double(stepper.steps[4].numbers[1])));
  CHECK(contains(stepper.run("print delta1"), "5×4"));
  CHECK(contains(stepper.run("print δ¹"), "5×4"));
  CHECK(contains(stepper.run("print W1[0,0]"), "W1[0,0] = "));
  CHECK(contains(error_of([&] { stepper.run("print Q"); }), "there is no 'Q' (z1, a1, "));
  stepper.debugged = "CASE=sparse ARGS='--backprop explicit'";
  CHECK(contains(stepper.run("gdb"),
                 "make gdb CASE=sparse ARGS='--backprop explicit'\n  and there: break "
                 "autoencoders/explicit_backprop.cpp:"));
  CHECK(contains(stepper.run("why W1[1,2]"), "by term"));
  CHECK(lines_of(stepper.run("list")).size() == stepper.size());
}

TEST_CASE("nan goes to the first number that is not finite, and names its source") {
  Stepped s;
  s.W1().value(1, 2) = std::numeric_limits<Real>::infinity();
  s.tape.replay();
  TapeStepper stepper = s.stepper();
  stepper.run("20");
  const std::string page = stepper.run("nan");
  CHECK(stepper.step() + 1 == 2);
  CHECK(contains(page, "the first value that is not finite is node 1, parameter encoder.0.W of 6×4"));
  CHECK(contains(page, "entry [1,2] is inf"));
  CHECK(contains(page, "     inf"));
  stepper.run("1");
  stepper.run("run");
  CHECK(stepper.step() + 1 == 2);
  stepper.run("run");
  CHECK(contains(stepper.here(), "node 3  affine"));
  CHECK(contains(stepper.run("list"), "NOT FINITE"));

  ExplicitStepper by_hand(s.subject.model, s.subject.batch, s.objective, "sparse");
  CHECK(contains(by_hand.run("nan"), "UNDECIDED: neither is finite"));
  CHECK(by_hand.step() == 0);  // z¹
  CHECK(contains(by_hand.here(), "z¹"));
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
  CHECK(contains(unwrapped(page), "(16 of 120000 entries checked, and all along 2 random directions)"));
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
  CHECK(block_of("A", Tensor({3}, {-inf, Real(0.00001), 1})).lines[0] == "    -inf  0.0000  1.0000");
  CHECK(block_of("A", Tensor({1}, Real(0.25))).lines[0] == " 0.25");
  CHECK(display_width("ρ̂ = ½") == 5);
  CHECK(shortened("Σ_rows dZ", 9) == "Σ_rows dZ");
  CHECK(shortened("Σ_rows dZ", 4) == "Σ_r…");
  CHECK(ascii_name("δ²: f′(z²)") == "delta2: f'(z2)");
  CHECK(clause_of(affine_op, 1) == "dW += Xᵀ dZ");
  CHECK(clause_of(half_mse_op, 1) == "dX −= dL (R − X)/m");
}

TEST_CASE("the program: commands from a pipe, echoed and plain; --do; a saved model") {
  const Program strata;
  const std::string commands = strata.file("commands");
  write_file(commands, "n\n\nfoo\nprint W1[1,2]\n");
  const Result piped = strata("step sparse < " + commands);
  CHECK(piped.status == 0);
  CHECK(piped.err.empty());
  CHECK(piped.out.find("sparse 6-4 on 5 examples: 18 forward and 20 backward steps (help lists the "
                       "commands)\n\nstep 1 of 38") == 0);
  CHECK(contains(piped.out, "\n(step 1) next\nstep 2 of 38"));
  CHECK(contains(piped.out, "\n(step 2) next\nstep 3 of 38"));
  CHECK(contains(piped.out, "\n(step 3) foo\nthere is no command 'foo'"));
  CHECK(contains(piped.out, "\n(step 3) print W1[1,2]\nW1[1,2] = -0.57866"));
  CHECK_FALSE(contains(piped.out, "\033"));
  write_file(commands, "q\nn\n");
  CHECK_FALSE(contains(strata("step sparse < " + commands).out, "step 2 of"));
  write_file(commands, "");
  CHECK(strata("step sparse < " + commands).status == 0);

  const Result done = strata("step sparse --do 'step 37; why W1[1,2]' < /dev/null");
  CHECK(done.status == 0);
  CHECK(done.out.find("step 37 of 38") == 0);
  CHECK(contains(done.out, "\n\ndW1[1,2] = "));
  CHECK(strata("step sparse --do 'nxt'").status == 2);
  CHECK(strata("step sparse --do 'print Q'").status == 1);
  CHECK(contains(strata("step sparse --seed 3 --do '30; gdb'").out, "make gdb CASE=sparse ARGS='--seed 3'"));
  CHECK(contains(strata("step sparse --backprop explicit --do run").out, "step 24 of 24  by hand  db²"));
  CHECK(contains(strata("step sparse --once").out, "visits"));

  const std::string model = strata.file("m.safetensors");
  REQUIRE(strata("train sparse --hidden 5 --epochs 1 --quiet --save " + model).status == 0);
  const Result of_model = strata("step " + model + " --rows 3:6 --do 'run; print X'");
  CHECK(of_model.status == 0);
  CHECK(contains(of_model.out, "step 38 of 38"));
  CHECK(contains(of_model.out, "3×64"));
}
